"""Fixtures of the ops service's tests."""

from smartstack_ops.testing import make_ops, ops, queues

__all__ = ["make_ops", "ops", "queues"]
