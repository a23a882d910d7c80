"""Copies of the workspaces that the gateway owns."""
