"""Fixtures for every test in the repository."""

pytest_plugins = ["smartstack_cli.testing", "pytester"]
