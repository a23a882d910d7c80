"""The composition root of the tasks service."""

from collections.abc import Sequence
from pathlib import Path

from smartstack_chassis.process.runner import run
from smartstack_chassis.process.service import Service
from smartstack_tasks import api, consumers

service = Service(
    name="tasks",
    root=Path(__file__).parents[2],
    routers=[api.router],
    handlers=consumers.handlers,
    description="Projects, tasks and what is due.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names (serve or migrate) and return the exit status."""
    return run(service, argv)
