"""Events about clients -> copies."""

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_tasks.clients import commands

handlers = EventHandlers("tasks")


@handlers.on(ClientCreated, copy="clients")
async def on_client_created(transaction: Transaction, event: Envelope[ClientCreated]) -> None:
    """Keep the client's name."""
    await commands.project_client(transaction, event.data.client_id, event.data.client_name, event.sequence)


@handlers.on(ClientUpdated, copy="clients")
async def on_client_updated(transaction: Transaction, event: Envelope[ClientUpdated]) -> None:
    """Keep the client's new name."""
    await commands.project_client(transaction, event.data.client_id, event.data.client_name, event.sequence)
