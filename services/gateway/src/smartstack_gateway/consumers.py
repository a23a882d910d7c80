"""What the gateway does about the events of the services."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event as sqlalchemy_event

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import LIVE, Envelope
from smartstack_contracts.events import comms
from smartstack_gateway.commands import live, share_links
from smartstack_gateway.commands.share_links import KnownClient


def handlers(nudge: Callable[[], None]) -> EventHandlers:
    """Return the handlers; `nudge` is called after each commit that open pages should hear of."""
    registered = EventHandlers("gateway")

    @registered.on(*LIVE)
    async def on_live_event(transaction: Transaction, event: Envelope[Any]) -> None:
        """Let open pages know."""
        await live.record_live_event(transaction, event)
        sqlalchemy_event.listen(transaction.session.sync_session, "after_commit", lambda _: nudge(), once=True)

    @registered.on(comms.ClientUpdated)
    async def on_client_updated(transaction: Transaction, event: Envelope[comms.ClientUpdated]) -> None:
        """Greet a client by the name that it has now."""
        client = KnownClient(event.data.client_id, event.data.client_name, event.sequence)
        await share_links.rename_client(transaction, client)

    return registered
