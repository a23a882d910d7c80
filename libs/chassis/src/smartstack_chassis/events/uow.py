"""The unit of work: one transaction for one actor, rows and outbox together, committed before anybody is answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from opentelemetry import trace
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from smartstack_chassis.core import deadline, failpoints
from smartstack_chassis.core.actors import Actor
from smartstack_chassis.database.engine import STATEMENT_SECONDS
from smartstack_chassis.database.statements import Row, Statement
from smartstack_chassis.database.transactions import OpenTransaction, Reader, opened, opening, transaction_of
from smartstack_chassis.events.spans import create_span
from smartstack_chassis.telemetry import baggage
from smartstack_contracts import EVENT_TYPES, Envelope, EventData, encode, new_id, topology

# The log of what was published costs writers nothing: see outbox.py.
_OUTBOX = "INSERT INTO outbox (id, workspace_id, type, traceparent, body) VALUES ($1, $2, $3, $4, $5)"


@dataclass(slots=True)
class Transaction:
    """An open transaction. Commands read and write through it, or through `session`, and announce facts with `emit`."""

    _open: OpenTransaction
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None = None
    wakes_jobs: bool = False
    _pending: list[tuple[UUID, UUID, str, str | None, str]] = field(default_factory=list)
    _callbacks: list[Callable[[], None]] = field(default_factory=list)

    @property
    def session(self) -> AsyncSession:
        """Return a session in this transaction."""
        return self._open.session

    @property
    def workspace_id(self) -> UUID:
        """Return the workspace that this transaction may see."""
        return self.actor.workspace_id

    def emit(self, data: EventData, *, subject: UUID, sequence: int) -> None:
        """Record that something happened; it is published if and only if this transaction commits.

        `subject` is the aggregate's id, `sequence` its version after the change (1 for a new one).
        Raises ValueError for an event that the catalog does not have: consumers could not read it.
        """
        event_id = new_id()
        if EVENT_TYPES.get(data.type()) is not type(data):
            raise ValueError(f"{data.type()} is not in the catalog of events")
        topic = topology.topic_name(data.service)
        envelope: Envelope[Any] = Envelope.of(
            data,
            event_id=event_id,
            subject=subject,
            sequence=sequence,
            workspace_id=self.workspace_id,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            auth_id=self.actor.auth_id,
            traceparent=create_span(
                topic, data, event_id, self.workspace_id, subject, self.correlation_id, self.causation_id
            ),
        )
        body = encode(envelope).decode()
        self._pending.append((event_id, self.workspace_id, envelope.type, envelope.traceparent, body))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` when this transaction has been committed; a rollback forgets it. It must not raise."""
        self._callbacks.append(callback)

    @property
    def emitted(self) -> bool:
        """Tell whether there is anything to publish."""
        return bool(self._pending)

    async def write_outbox(self) -> None:
        """Store what was emitted, in one round trip."""
        if self._pending:
            await self._open.execute(_OUTBOX, self._pending)

    async def fetch(self, what: Statement, **values: Any) -> list[Row]:
        """Return the rows of a statement. It does not see what the session has not flushed."""
        return await self._open.fetch(what, **values)

    async def first(self, what: Statement, **values: Any) -> Row | None:
        """Return the first row of a statement, or None. It does not see what the session has not flushed."""
        return await self._open.first(what, **values)


class UnitOfWork:
    """Opens transactions. One per process.

    `after_commit` runs when a transaction that emitted something is through, `after_jobs` when one that set a job is.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.after_commit: Callable[[], None] = _nothing
        self.after_jobs: Callable[[], None] = _nothing

    @asynccontextmanager
    async def begin(
        self, actor: Actor, *, correlation_id: UUID | None = None, causation_id: UUID | None = None
    ) -> AsyncIterator[Transaction]:
        """Open a transaction that sees the actor's workspace alone.

        Leaving the block commits rows and outbox together and then wakes the relay; an exception rolls all back.
        """
        async with opened(self._engine, opening(actor.workspace_id, _statement_milliseconds())) as open_transaction:
            _name_workspace(actor)
            correlation = correlation_id or baggage.correlation_id() or new_id()
            transaction = Transaction(open_transaction, actor, correlation, causation_id)
            yield transaction
            await open_transaction.flush()
            await transaction.write_outbox()
            failpoints.reach("before_commit")
        failpoints.reach("after_commit")
        self.wake(transaction)

    def wake(self, transaction: Transaction) -> None:
        """Wake what continues the work of a transaction that is committed."""
        if transaction.emitted:
            self.after_commit()
        if transaction.wakes_jobs:
            self.after_jobs()
        for callback in transaction._callbacks:
            callback()

    @asynccontextmanager
    async def narrow(
        self, session: AsyncSession, actor: Actor, correlation_id: UUID | None = None
    ) -> AsyncIterator[Transaction]:
        """Let an open system transaction go on as one of the actor's: it sees that workspace alone until it ends.

        Leaving the block writes the outbox; the caller commits, and then calls `wake`.
        """
        open_transaction = transaction_of(session)
        await open_transaction.narrow(actor.workspace_id)
        transaction = Transaction(open_transaction, actor, correlation_id or new_id())
        yield transaction
        await open_transaction.flush()
        await transaction.write_outbox()
        failpoints.reach("before_commit")

    @asynccontextmanager
    async def read(self, actor: Actor) -> AsyncIterator[Reader]:
        """Open a transaction that sees the actor's workspace alone and writes nothing.

        Raises TimeoutError when the deadline has passed.
        """
        async with opened(
            self._engine, opening(actor.workspace_id, _statement_milliseconds(), read_only=True)
        ) as reader:
            _name_workspace(actor)
            yield reader

    @asynccontextmanager
    async def system(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction without a workspace, for what must look across them (log in, outbox relay)."""
        async with opened(self._engine, opening(None, _statement_milliseconds())) as transaction:
            yield transaction.session


def _name_workspace(actor: Actor) -> None:
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attribute(baggage.WORKSPACE_ID, str(actor.workspace_id))


def _statement_milliseconds() -> int | None:
    """Return how long a statement may take by the deadline; None without one. Raises TimeoutError when it passed."""
    left = deadline.remaining()
    if left is None:
        return None
    milliseconds = int(min(left, STATEMENT_SECONDS) * 1000)
    if not milliseconds:
        # Postgres would take 0 for "as long as it likes".
        raise TimeoutError("the deadline passed before the transaction began")
    return milliseconds


def _nothing() -> None:
    """Stand in until a relay wants to be woken."""
