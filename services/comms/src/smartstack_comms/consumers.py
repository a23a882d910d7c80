"""What the comms service does about the events of others."""

from smartstack_chassis.auth.revocations import store_revocations
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_comms import commands
from smartstack_contracts import Envelope
from smartstack_contracts.events.gateway import WorkspaceCreated

handlers = EventHandlers("comms")
store_revocations(handlers)


@handlers.on(WorkspaceCreated, copy="workspaces")
async def on_workspace_created(transaction: Transaction, event: Envelope[WorkspaceCreated]) -> None:
    """Keep the workspace's name."""
    await commands.record_workspace(transaction, event.data.workspace_name, event.sequence)
