"""Events that the ai service reacts to."""

from smartstack_ai import commands
from smartstack_ai.engines.offline import OfflineEngine
from smartstack_chassis.consumer import EventHandlers
from smartstack_chassis.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_contracts.events.comms import MessageReceived, MessageSent
from smartstack_contracts.events.gateway import WorkspaceCreated

handlers = EventHandlers("ai")
_engine = OfflineEngine()


@handlers.on(WorkspaceCreated, copy="workspaces")
async def on_workspace_created(transaction: Transaction, event: Envelope[WorkspaceCreated]) -> None:
    """Learn the workspace's zone."""
    await commands.remember_workspace(transaction, _engine, event.data.timezone)


@handlers.on(MessageReceived, MessageSent)
async def on_message(transaction: Transaction, event: Envelope[MessageReceived] | Envelope[MessageSent]) -> None:
    """Look for work asked for, or promised."""
    await commands.suggest(transaction, _engine, event)
