"""The composition root of the tasks service."""

from collections.abc import Sequence
from pathlib import Path

from smartstack_chassis.auth.revocations import store_revocations
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.process.runner import run
from smartstack_chassis.process.service import Service
from smartstack_tasks.clients import consumers as clients
from smartstack_tasks.labels import api as labels
from smartstack_tasks.projects import api as projects
from smartstack_tasks.tasks import api as tasks
from smartstack_tasks.tasks import consumers as suggestions

handlers = EventHandlers("tasks")
store_revocations(handlers)
handlers.include(clients.handlers)
handlers.include(suggestions.handlers)

service = Service(
    name="tasks",
    root=Path(__file__).parents[2],
    routers=[labels.router, projects.router, tasks.router],
    handlers=handlers,
    description="Projects, tasks, their labels, and what is due.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names (serve or migrate) and return the exit status."""
    return run(service, argv)
