"""Slowing down those who fail: one counter per account, device and network, in the database for all processes.

Each failure raises a level that sinks as time goes by. From `free` on, each further failure doubles the time for which
the counter's attempts are refused unseen. An attempt counts as a failure before it is judged, so that many at the same
time do not pass together; `release` takes that back for one that succeeded.
"""

from collections.abc import Iterable

from sqlalchemy import text

from smartstack_chassis.core.errors import TooMany
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_gateway.throttles.domain import Counter

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
_ACQUIRE = text(
    "INSERT INTO throttles AS held (key, level, updated_at, blocked_until) "  # noqa: S608 - constants
    "VALUES (:key, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => "
    f"{_DELAY.format(level='1')})) ON CONFLICT (key) DO UPDATE SET level = {_LEVEL}, updated_at = clock_timestamp(), "
    f"blocked_until = clock_timestamp() + make_interval(secs => {_DELAY.format(level=f'({_LEVEL})')}) "
    "WHERE held.blocked_until <= clock_timestamp() RETURNING held.level"
)
_WAIT = text(
    "SELECT ceil(extract(epoch FROM blocked_until - clock_timestamp()))::integer FROM throttles WHERE key = :key"
)
_RELEASE = text(
    "UPDATE throttles SET level = greatest(0, level - 1), blocked_until = least(blocked_until, clock_timestamp()) "
    "WHERE key = :key"
)


async def acquire(uow: UnitOfWork, counters: Iterable[Counter]) -> None:
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
            if (await session.execute(_ACQUIRE, {"key": counter.key, **bounds})).first() is None:
                wait = max(1, (await session.execute(_WAIT, {"key": counter.key})).scalar_one_or_none() or 1)
                raise TooMany(
                    "too_many_failures", f"Too many attempts have failed; try again in {wait} s.", retry_after=wait
                )


async def release(uow: UnitOfWork, counters: Iterable[Counter]) -> None:
    """Take back what `acquire` counted: the attempt was not a failure."""
    async with uow.system() as session:
        for counter in sorted(counters, key=lambda each: each.key):
            await session.execute(_RELEASE, {"key": counter.key})
