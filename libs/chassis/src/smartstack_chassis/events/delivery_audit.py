"""The audit of deliveries: which published events a subscriber has not handled a while after they were made.

Services share one database and read only their own schema. The role `auditor` reads of every schema the ids of events
and nothing else; this module is what it runs. An event is undelivered while one of its subscriber's registered handlers
has no inbox row for it. Events that wait in a queue or as dead letters are undelivered too.
"""

# ruff: noqa: S608 - the names of schemas come from the topology

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from smartstack_chassis.telemetry.setup import meter
from smartstack_contracts import first_id, made_at, topology
from smartstack_contracts.envelope import Service

logger = logging.getLogger(__name__)

UNDELIVERED = "smartstack.events.undelivered"
AGE = "smartstack.events.undelivered.age"
SUBSCRIBER = "smartstack.subscriber"

# What one statement reads at most: an hour of the log, and so many events of the subscribed types.
SLICE_SECONDS = 3600
PAGE = 2000
# Undelivered events of one pair that are remembered: with so many, the count says "at least".
MOST = 10_000
LOGGED = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """A producer, a subscriber, and the types that the one publishes and the other subscribes to."""

    producer: Service
    subscriber: Service
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Undelivered:
    """One event that `subscriber` has not handled."""

    id: UUID
    subscriber: str
    producer: str
    type: str

    @property
    def made_at(self) -> datetime:
        """Return when the event was made."""
        return datetime.fromtimestamp(made_at(self.id), UTC)


def pairs() -> list[Pair]:
    """Return every producer and subscriber that the topology connects."""
    types: dict[tuple[Service, Service], list[str]] = {}
    for subscriber in topology.SERVICES:
        for model in topology.consumed(subscriber):
            types.setdefault((model.service, subscriber), []).append(model.type())
    return [Pair(producer, subscriber, tuple(sorted(kinds))) for (producer, subscriber), kinds in sorted(types.items())]


async def undelivered(engine: AsyncEngine, pair: Pair, since: UUID, before: UUID) -> list[Undelivered]:
    """Return the undelivered events of a pair with ids from `since` on and below `before`, at most MOST, oldest first.

    `engine` signs in as the auditor. Raises what the database raises.
    """
    progress = _Progress(since)
    await progress.look(engine, pair, since, before)
    return progress.found(pair)


class DeliveryAudit:
    """Looks every so many seconds at what is new, and again at what was undelivered before."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        after_seconds: float,
        days: int,
        every_seconds: float,
        between: Sequence[Pair] | None = None,
    ) -> None:
        self._engine = engine
        self._pairs = pairs() if between is None else between
        self._after_seconds = after_seconds
        self._days = days
        self._every_seconds = every_seconds
        self._progress: dict[Pair, _Progress] = {}
        self._known = False

    async def run(self) -> None:
        """Look until cancelled; a database that fails is asked again at the next look."""
        meter.create_observable_gauge(
            UNDELIVERED, [self.observe], unit="{event}", description="Published events that a subscriber lacks"
        )
        meter.create_observable_gauge(
            AGE, [self.observe_age], unit="s", description="Age of the oldest event that a subscriber lacks"
        )
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - outlives any outage; no value is reported until the next look
                self._known = False
                logger.warning("deliveries cannot be audited: %r", error)
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> None:
        """Look at every pair once. Raises what the database raises."""
        now = time.time()
        oldest, before = first_id(now - self._days * 86400), first_id(now - self._after_seconds)
        for pair in self._pairs:
            progress = self._progress.setdefault(pair, _Progress(oldest))
            known = set(progress.missing)
            await progress.look(self._engine, pair, oldest, before)
            _log(pair, [each for each in progress.found(pair) if each.id not in known])
        self._known = True

    @property
    def found(self) -> list[Undelivered]:
        """Return what the last look left undelivered, oldest first."""
        return sorted(each for pair, progress in self._progress.items() for each in progress.found(pair))

    def observe(self, _: CallbackOptions | None = None) -> Iterable[Observation]:
        """Return how many events each subscriber lacks; nothing while the database cannot be asked."""
        for subscriber, made in self._by_subscriber():
            yield Observation(len(made), {SUBSCRIBER: subscriber})

    def observe_age(self, _: CallbackOptions | None = None) -> Iterable[Observation]:
        """Return the age in seconds of the oldest event that each subscriber lacks, 0 when it lacks none."""
        for subscriber, made in self._by_subscriber():
            yield Observation(max(0.0, time.time() - min(made)) if made else 0.0, {SUBSCRIBER: subscriber})

    def _by_subscriber(self) -> Iterator[tuple[str, list[float]]]:
        made: Mapping[str, list[float]] = {pair.subscriber: [] for pair in self._progress}
        for each in self.found:
            made[each.subscriber].append(made_at(each.id))
        if self._known:
            yield from made.items()


def _log(pair: Pair, fresh: Sequence[Undelivered]) -> None:
    for each in fresh[:LOGGED]:
        logger.warning("undelivered: %s published %s %s, %s", pair.producer, each.type, each.id, pair.subscriber)
    if len(fresh) > LOGGED:
        logger.warning("undelivered: %s more from %s, %s", len(fresh) - LOGGED, pair.producer, pair.subscriber)


@dataclass(slots=True)
class _Progress:
    """How far a pair is looked at: below `cursor` everything is delivered but `missing` (type by id)."""

    cursor: UUID
    missing: dict[UUID, str] = field(default_factory=dict)

    def found(self, pair: Pair) -> list[Undelivered]:
        return [
            Undelivered(event_id, pair.subscriber, pair.producer, kind)
            for event_id, kind in sorted(self.missing.items())
        ]

    async def look(self, engine: AsyncEngine, pair: Pair, oldest: UUID, before: UUID) -> None:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await self._look_again(connection, pair, oldest)
            self.cursor = max(self.cursor, oldest)
            while self.cursor < before and len(self.missing) < MOST:
                start, bound = await _bounds(connection, pair, self.cursor, before)
                if start is None or start >= bound:
                    self.cursor = max(self.cursor, bound)
                    return
                self.cursor = await self._slice(connection, pair, start, min(bound, _later(start)))

    async def _look_again(self, connection: AsyncConnection, pair: Pair, oldest: UUID) -> None:
        """Forget what was delivered meanwhile, and what is too old to be asked about."""
        asked = {each: kind for each, kind in self.missing.items() if each >= oldest}
        self.missing = {}
        if asked:
            values = {"ids": list(asked), "kinds": list(asked.values())}
            rows = await connection.execute(text(_AGAIN.format(subscriber=pair.subscriber)), values)
            self.missing = {row.id: asked[row.id] for row in rows}

    async def _slice(self, connection: AsyncConnection, pair: Pair, start: UUID, end: UUID) -> UUID:
        """Look at one page; return where the next one starts."""
        query = text(_SLICE.format(producer=pair.producer, subscriber=pair.subscriber))
        values = {"start": start, "end": end, "types": list(pair.types), "page": PAGE}
        rows = (await connection.execute(query, values)).all()
        self.missing |= {row.id: row.type for row in rows if row.missing}
        return UUID(int=rows[-1].id.int + 1) if rows and rows[-1].size == PAGE else end


async def _bounds(connection: AsyncConnection, pair: Pair, start: UUID, before: UUID) -> tuple[UUID | None, UUID]:
    """Return the first logged event from `start` on, and below which id every committed event is in the log.

    An event gets its id before it commits and enters the log only when it is published. So nothing from the oldest
    event of the outbox on is looked at yet: a late one would land behind the cursor.
    """
    query = text(_BOUNDS.format(producer=pair.producer))
    row = (await connection.execute(query, {"start": start, "before": before})).one()
    return row.first, row.bound


def _later(event_id: UUID) -> UUID:
    return first_id(made_at(event_id) + SLICE_SECONDS)


_BOUNDS = """
SELECT LEAST(CAST(:before AS uuid), (SELECT id FROM {producer}.outbox ORDER BY id LIMIT 1)) AS bound,
    (SELECT id FROM {producer}.event_log WHERE id >= CAST(:start AS uuid) ORDER BY id LIMIT 1) AS first
"""
_MISSING = """
EXISTS (
    SELECT FROM {subscriber}.registered_handlers AS wanted
    WHERE wanted.type = event.type AND wanted.since <= event.id AND NOT EXISTS (
        SELECT FROM {subscriber}.inbox WHERE inbox.event_id = event.id AND inbox.handler = wanted.handler
    )
)
"""
# The last row comes along even when it is delivered: it says where the page ended.
_SLICE = f"""
WITH event AS MATERIALIZED (
    SELECT id, type FROM {{producer}}.event_log
    WHERE id >= CAST(:start AS uuid) AND id < CAST(:end AS uuid) AND type = ANY(:types) ORDER BY id LIMIT :page
), seen AS (
    SELECT id, type, {_MISSING} AS missing, count(*) OVER () AS size, row_number() OVER (ORDER BY id DESC) AS place
    FROM event
)
SELECT id, type, missing, size FROM seen WHERE missing OR place = 1 ORDER BY id
"""
_AGAIN = f"""
SELECT id FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[])) AS event(id, type) WHERE {_MISSING}
"""
