"""Composes and runs the ai service."""

from collections.abc import Sequence
from pathlib import Path

from smartstack_ai import api, consumers
from smartstack_chassis.runner import run
from smartstack_chassis.service import Service

service = Service(
    name="ai",
    root=Path(__file__).parents[2],
    routers=[api.router],
    handlers=consumers.handlers,
    description="Suggestions with evidence; people decide.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `serve` or `migrate`; return the exit status."""
    return run(service, argv)
