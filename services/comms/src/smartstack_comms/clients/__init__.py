"""Clients: paying accounts, companies or persons."""
