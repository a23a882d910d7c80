"""Fixtures for every test in the repository."""

import pytest

# Loaded by name and not collected: without this a failing assertion in them would show no values.
pytest.register_assert_rewrite("smartstack_chassis.testing.conformance")

pytest_plugins = ["smartstack_cli.testing", "pytester"]
