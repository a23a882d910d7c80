"""Screens that need data from several services."""
