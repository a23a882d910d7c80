"""The composition root of the comms service."""

from collections.abc import Sequence
from pathlib import Path

from smartstack_chassis.auth.revocations import store_revocations
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.process.runner import run
from smartstack_chassis.process.service import Service
from smartstack_comms.clients import api as clients
from smartstack_comms.clients.queries import show_activity
from smartstack_comms.conversations import api as conversations
from smartstack_comms.conversations.queries import last_message_at_of
from smartstack_comms.messages import api as messages
from smartstack_comms.portal import api as portal
from smartstack_comms.workspaces import consumers as workspaces

handlers = EventHandlers("comms")
store_revocations(handlers)
handlers.include(workspaces.handlers)

show_activity(last_message_at_of)

service = Service(
    name="comms",
    root=Path(__file__).parents[2],
    routers=[clients.router, conversations.router, messages.router, portal.router],
    handlers=handlers,
    description="Clients, conversations and messages.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` names (serve or migrate) and return the exit status."""
    return run(service, argv)
