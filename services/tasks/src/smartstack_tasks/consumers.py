"""What the tasks service does about the events of others."""

from smartstack_chassis.auth.revocations import store_revocations
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_tasks import commands

handlers = EventHandlers("tasks")
store_revocations(handlers)


@handlers.on(ClientCreated, copy="clients")
async def on_client_created(transaction: Transaction, event: Envelope[ClientCreated]) -> None:
    """Keep the client's name."""
    await commands.record_client(transaction, event.data.client_id, event.data.client_name, event.sequence)


@handlers.on(ClientUpdated, copy="clients")
async def on_client_updated(transaction: Transaction, event: Envelope[ClientUpdated]) -> None:
    """Keep the client's new name."""
    await commands.record_client(transaction, event.data.client_id, event.data.client_name, event.sequence)


@handlers.on(SuggestionAccepted)
async def on_suggestion_accepted(transaction: Transaction, event: Envelope[SuggestionAccepted]) -> None:
    """Create the task that was proposed."""
    await commands.create_suggested_task(transaction, event.data)
