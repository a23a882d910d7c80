"""Consumers of the services' events that keep share links current."""

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_contracts.events import comms
from smartstack_gateway.share_links import commands
from smartstack_gateway.share_links.commands import KnownClient


def register(handlers: EventHandlers) -> None:
    """Handle what share links need to hear of."""

    @handlers.on(comms.ClientUpdated)
    async def on_client_updated(transaction: Transaction, event: Envelope[comms.ClientUpdated]) -> None:
        """Greet a client by the name that it has now."""
        client = KnownClient(event.data.client_id, event.data.client_name, event.sequence)
        await commands.project_client(transaction, client)
