"""Events about suggestions -> tasks."""

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_tasks.tasks import commands

handlers = EventHandlers("tasks")


@handlers.on(SuggestionAccepted)
async def on_suggestion_accepted(transaction: Transaction, event: Envelope[SuggestionAccepted]) -> None:
    """Create the proposed task."""
    await commands.create_suggested_task(transaction, event.data)
