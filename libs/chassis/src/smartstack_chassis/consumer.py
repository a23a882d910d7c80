"""Consuming events: decode, dedupe through the inbox, handle, commit; all in one transaction per handler.

The wire delivers at least once; the inbox row, keyed by event and handler, makes the effect happen once. Inbox rows are
dropped by day (see partitions.py): what is older than they are kept is refused rather than handled twice.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from smartstack_chassis.errors import DomainError
from smartstack_chassis.partitions import INBOX_DAYS
from smartstack_chassis.tenancy import ServiceActor
from smartstack_chassis.uow import Transaction, UnitOfWork
from smartstack_contracts import Envelope, EventData, UndecodableEventError, decode

logger = logging.getLogger(__name__)

D = TypeVar("D", bound=EventData)
Handler = Callable[[Transaction, Envelope[Any]], Awaitable[None]]

_REMEMBER = text(
    "INSERT INTO inbox (event_id, handler, workspace_id) VALUES (:event_id, :handler, :workspace_id) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


class PermanentEventError(Exception):
    """This event can never be handled: dead-letter it at once, with this reason."""


@dataclass(frozen=True, slots=True)
class EventHandlers:
    """The handlers of one service, by event type."""

    service: str
    _by_type: dict[str, list[Handler]] = field(default_factory=dict)
    _models: dict[str, type[EventData]] = field(default_factory=dict)

    def on(self, *models: type[D]) -> Callable[[Handler], Handler]:
        """Register a handler for these events. It gets the open transaction and the envelope, and may emit events.

        Several handlers of one type each have their own transaction and inbox row.
        """

        def register(handler: Handler) -> Handler:
            for model in models:
                self._models[model.type()] = model
                self._by_type.setdefault(model.type(), []).append(handler)
            return handler

        return register

    @property
    def types(self) -> frozenset[str]:
        """Return the event types that have a handler."""
        return frozenset(self._by_type)

    async def dispatch(self, body: bytes | str, uow: UnitOfWork) -> None:
        """Handle one delivery. Returns when every effect is committed (or was committed before).

        Raises PermanentEventError when trying again cannot help; anything else that is raised may be tried again.
        """
        try:
            envelope = decode(body, self._models)
        except UndecodableEventError as error:
            raise PermanentEventError(f"undecodable: {error}") from error
        if envelope.time < datetime.now(UTC) - timedelta(days=INBOX_DAYS):
            raise PermanentEventError(f"too old: the inbox remembers {INBOX_DAYS} days, so this may have been handled")
        for handler in self._by_type[envelope.type]:
            await self._handle_once(handler, envelope, uow)

    async def _handle_once(self, handler: Handler, envelope: Envelope[EventData], uow: UnitOfWork) -> None:
        actor = ServiceActor(envelope.workspaceid, envelope.authid)
        name = getattr(handler, "__name__", repr(handler))
        try:
            async with uow.begin(actor, correlation_id=envelope.correlationid, causation_id=envelope.id) as transaction:
                if await _is_new(transaction, envelope.id, name):
                    await handler(transaction, envelope)
        except DomainError as error:
            if error.retryable:
                raise
            raise PermanentEventError(f"{name}: {error.code}: {error.detail}") from error


async def _is_new(transaction: Transaction, event_id: UUID, handler: str) -> bool:
    row = {"event_id": event_id, "handler": handler, "workspace_id": transaction.workspace_id}
    return (await transaction.session.execute(_REMEMBER, row)).first() is not None
