"""Consumers of the events that open pages show."""

from collections.abc import Callable
from typing import Any

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import LIVE, Envelope
from smartstack_gateway.live import commands


def register(handlers: EventHandlers, nudge: Callable[[], None]) -> None:
    """Record what open pages should hear of; `nudge` is called after each commit of that."""

    @handlers.on(*LIVE)
    async def on_live_event(transaction: Transaction, event: Envelope[Any]) -> None:
        """Let open pages know."""
        await commands.record_live_event(transaction, event)
        transaction.after_commit(nudge)
