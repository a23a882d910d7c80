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

from smartstack_chassis.core import failpoints
from smartstack_chassis.core.actors import ServiceActor
from smartstack_chassis.core.errors import DomainError, Unavailable
from smartstack_chassis.events.partitions import INBOX_DAYS
from smartstack_chassis.events.spans import enter_event
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_contracts import Envelope, EventData, UndecodableEventError, decode

logger = logging.getLogger(__name__)

D = TypeVar("D", bound=EventData)
Handler = Callable[..., Awaitable[None]]
Prepare = Callable[[Transaction, Envelope[Any]], Awaitable[Callable[[], Awaitable[Any]]]]
Receiver = Callable[[bytes, UnitOfWork], Awaitable[None]]
"""Handles one body of a queue that carries no events, in transactions of its own; it may get a body more than once."""
PREPARATIONS = 5

_REMEMBER = text(
    "INSERT INTO inbox (event_id, handler, workspace_id) VALUES (:event_id, :handler, :workspace_id) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)
_REMEMBERED = text("SELECT event_id FROM inbox WHERE event_id = :event_id AND handler = :handler")


class PermanentEventError(Exception):
    """This event can never be handled: dead-letter it at once, with this reason."""


class OutdatedPreparationError(Exception):
    """What was prepared no longer fits what the handler's transaction finds: prepare again."""


@dataclass(frozen=True, slots=True)
class _Registered:
    handler: Handler
    copy: str | None
    prepare: Prepare | None

    @property
    def name(self) -> str:
        return str(getattr(self.handler, "__name__", self.handler))


@dataclass(frozen=True, slots=True)
class EventHandlers:
    """The handlers of one service, or of one of its capabilities, by event type."""

    service: str
    _by_type: dict[str, list[_Registered]] = field(default_factory=dict)
    _models: dict[str, type[EventData]] = field(default_factory=dict)

    def on(
        self, *models: type[D], copy: str | None = None, prepare: Prepare | None = None
    ) -> Callable[[Handler], Handler]:
        """Register a handler for these events. It gets the open transaction and the envelope, and may emit events.

        Several handlers of one type each have their own transaction and inbox row. `copy` names the table in which this
        handler keeps what another service owns: it can be emptied and filled again from that service's event log.

        `prepare` is for what takes long and must not hold a transaction, such as a call to a model. In a transaction of
        its own it reads what it needs and returns the work, which then runs outside of any; the handler gets the result
        as its third argument. An event that was handled before is not prepared. Two deliveries at once may both
        prepare, but one handles; a handler that finds the result outdated raises OutdatedPreparationError.
        """

        def register(handler: Handler) -> Handler:
            for model in models:
                self._models[model.type()] = model
                self._by_type.setdefault(model.type(), []).append(_Registered(handler, copy, prepare))
            return handler

        return register

    def include(self, capability: "EventHandlers") -> None:
        """Register the handlers of one capability after those that are registered so far."""
        for kind, handlers in capability._by_type.items():
            self._by_type.setdefault(kind, []).extend(handlers)
        self._models.update(capability._models)

    @property
    def types(self) -> frozenset[str]:
        """Return the event types that have a handler."""
        return frozenset(self._by_type)

    def names(self, kind: str) -> list[str]:
        """Return the names of the handlers of an event type, in the order in which they run."""
        return [item.name for item in self._by_type.get(kind, ())]

    def types_of_copy(self, table: str) -> frozenset[str]:
        """Return the event types that fill this copy; none when no handler keeps it."""
        return frozenset(kind for kind, each in self._by_type.items() if any(item.copy == table for item in each))

    async def dispatch(self, body: bytes | str, uow: UnitOfWork, rebuild: str | None = None) -> None:
        """Handle one delivery. Returns when every effect is committed (or was committed before).

        `rebuild`, `<table>@<name>`, marks an event that is told again to fill that copy: the handlers of the copy alone
        see it, however old it is and whatever the inbox remembers of it, once for each name.
        Raises PermanentEventError when trying again cannot help; anything else that is raised may be tried again.
        """
        try:
            envelope = decode(body, self._models)
        except UndecodableEventError as error:
            raise PermanentEventError(f"undecodable: {error}") from error
        enter_event(envelope)
        if rebuild is None and envelope.time < datetime.now(UTC) - timedelta(days=INBOX_DAYS):
            raise PermanentEventError(f"too old: the inbox remembers {INBOX_DAYS} days, so this may have been handled")
        copy, suffix = (None, "") if rebuild is None else (rebuild.partition("@")[0], f"@{rebuild}")
        for item in self._by_type[envelope.type]:
            if copy in (None, item.copy):
                await self._handle_once(item, item.name + suffix, envelope, uow)
        failpoints.reach("before_ack")

    async def discard(self, event_id: UUID, kind: str, workspace_id: UUID, uow: UnitOfWork) -> None:
        """Record an event as handled by every handler of its type, without handling it: an operator discarded it."""
        async with uow.begin(ServiceActor(workspace_id, "service:discard")) as transaction:
            for name in self.names(kind):
                await _is_new(transaction, event_id, name)

    async def _handle_once(self, item: _Registered, name: str, envelope: Envelope[EventData], uow: UnitOfWork) -> None:
        try:
            for _ in range(PREPARATIONS):
                try:
                    return await _handle(item, name, envelope, uow)
                except OutdatedPreparationError:
                    continue
            raise Unavailable("preparation_outdated", "What this needs keeps changing; try again in a moment.")
        except DomainError as error:
            if error.retryable:
                raise
            raise PermanentEventError(f"{name}: {error.code}: {error.detail}") from error


async def _handle(item: _Registered, name: str, envelope: Envelope[EventData], uow: UnitOfWork) -> None:
    actor = ServiceActor(envelope.workspaceid, envelope.authid)
    prepared = []
    if item.prepare is not None:
        async with uow.begin(actor) as transaction:
            if await _was_handled(transaction, envelope.id, name):
                return
            work = await item.prepare(transaction, envelope)
        prepared = [await work()]
    async with uow.begin(actor, correlation_id=envelope.correlationid, causation_id=envelope.id) as transaction:
        if await _is_new(transaction, envelope.id, name):
            failpoints.reach("before_handler")
            await item.handler(transaction, envelope, *prepared)
            failpoints.reach("after_handler")


async def _was_handled(transaction: Transaction, event_id: UUID, handler: str) -> bool:
    row = {"event_id": event_id, "handler": handler}
    return (await transaction.session.execute(_REMEMBERED, row)).first() is not None


async def _is_new(transaction: Transaction, event_id: UUID, handler: str) -> bool:
    row = {"event_id": event_id, "handler": handler, "workspace_id": transaction.workspace_id}
    return (await transaction.session.execute(_REMEMBER, row)).first() is not None
