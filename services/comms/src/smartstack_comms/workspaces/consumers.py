"""Events about workspaces -> copies."""

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_comms.workspaces import commands
from smartstack_contracts import Envelope
from smartstack_contracts.events.gateway import WorkspaceCreated

handlers = EventHandlers("comms")


@handlers.on(WorkspaceCreated, copy="workspaces")
async def on_workspace_created(transaction: Transaction, event: Envelope[WorkspaceCreated]) -> None:
    """Keep the workspace's name."""
    await commands.project_workspace(transaction, event.data.workspace_name, event.sequence)
