"""Copies of the workspaces' names, which the gateway owns."""
