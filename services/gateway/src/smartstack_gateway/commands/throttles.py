"""Slowing down those who fail: one counter per account, device and network, in the database for all processes.

Each failure raises a level that sinks as time goes by. From `free` on, each further failure doubles the time for which
the counter's attempts are refused unseen. An attempt counts as a failure before it is judged, so that many at the same
time do not pass together; `give_back` takes that back for one that succeeded.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from smartstack_chassis.core.errors import TooMany
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_gateway.domain import digest


@dataclass(frozen=True, slots=True)
class Throttle:
    """A kind of counter. Times in seconds; one failure is forgotten every `forgets`, the delay ends at `longest`.

    Under steady attack the delay settles at `forgets`, so that it lets 86400 / `forgets` attempts a day through.
    """

    kind: str
    free: int
    forgets: float
    first: float = 1.0
    longest: float = 900.0

    def of(self, subject: str) -> "Counter":
        """Return the counter of an account, a device or a network."""
        return Counter(digest(f"{self.kind}\n{subject}"), self)


@dataclass(frozen=True, slots=True)
class Counter:
    """One row. The subject is kept as a digest: the table tells no addresses."""

    key: bytes
    throttle: Throttle


_LEVEL = (
    "greatest(0, held.level - extract(epoch FROM clock_timestamp() - held.updated_at)::float8"
    " / CAST(:forgets AS float8)) + 1"
)
# Half a failure of tolerance: a level sinks a little between any two failures.
_DELAY = (
    "CASE WHEN {level} < CAST(:free AS float8) - 0.5 THEN 0 ELSE least(CAST(:longest AS float8),"
    " CAST(:first AS float8) * power(2::float8, least(greatest({level} - CAST(:free AS float8), 0), 30))) END"
)
# Of many at the same time the row's lock lets one after the other through, and each sees what the former one wrote.
_TAKE = text(
    "INSERT INTO throttles AS held (key, level, updated_at, blocked_until) "  # noqa: S608 - constants
    "VALUES (:key, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => "
    f"{_DELAY.format(level='1')})) ON CONFLICT (key) DO UPDATE SET level = {_LEVEL}, updated_at = clock_timestamp(), "
    f"blocked_until = clock_timestamp() + make_interval(secs => {_DELAY.format(level=f'({_LEVEL})')}) "
    "WHERE held.blocked_until <= clock_timestamp() RETURNING held.level"
)
_WAIT = text(
    "SELECT ceil(extract(epoch FROM blocked_until - clock_timestamp()))::integer FROM throttles WHERE key = :key"
)
_GIVE_BACK = text(
    "UPDATE throttles SET level = greatest(0, level - 1), blocked_until = least(blocked_until, clock_timestamp()) "
    "WHERE key = :key"
)


async def take(uow: UnitOfWork, counters: Iterable[Counter]) -> None:
    """Count a failure on each counter. Raises TooMany, and counts nothing, when one of them refuses attempts now."""
    async with uow.system() as session:
        # Always in the same order: two attempts never wait for one another.
        for counter in sorted(counters, key=lambda each: each.key):
            limits = counter.throttle
            bounds = {
                "free": limits.free,
                "forgets": limits.forgets,
                "first": limits.first,
                "longest": limits.longest,
            }
            if (await session.execute(_TAKE, {"key": counter.key, **bounds})).first() is None:
                wait = max(1, (await session.execute(_WAIT, {"key": counter.key})).scalar_one_or_none() or 1)
                raise TooMany(
                    "too_many_failures", f"Too many attempts have failed; try again in {wait} s.", retry_after=wait
                )


async def give_back(uow: UnitOfWork, counters: Iterable[Counter]) -> None:
    """Take back what `take` counted: the attempt was not a failure."""
    async with uow.system() as session:
        for counter in sorted(counters, key=lambda each: each.key):
            await session.execute(_GIVE_BACK, {"key": counter.key})
