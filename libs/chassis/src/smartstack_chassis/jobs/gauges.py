"""Gauges: the numbers of due and parked jobs, and the lateness of the oldest."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy import text

from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.telemetry.setup import meter

logger = logging.getLogger(__name__)

DUE, LAG, PARKED = "smartstack.jobs.due", "smartstack.jobs.lag", "smartstack.jobs.parked"

# A leased job is in hand: it is neither due nor late.
_COUNT = text(
    "SELECT count(*) FILTER (WHERE waits) AS due, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked, "
    "coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE waits)), 0) AS lag FROM (SELECT due_at, parked_at, "
    "parked_at IS NULL AND (leased_until IS NULL OR leased_until < now()) AS waits FROM jobs "
    "WHERE finished_at IS NULL AND (due_at <= now() OR parked_at IS NOT NULL)) AS counted"
)


class JobGauges:
    """Counts once for each export."""

    def __init__(self, uow: UnitOfWork, seconds: float) -> None:
        self._uow = uow
        self._seconds = seconds
        self._known: Mapping[str, float] = {}

    async def run(self) -> None:
        """Count every so many seconds, until cancelled."""
        for name, field, unit, about in (
            (DUE, "due", "{job}", "Jobs that are due and not in hand"),
            (LAG, "lag", "s", "How late the oldest of these is"),
            (PARKED, "parked", "{job}", "Jobs that failed for good and wait for an operator"),
        ):
            meter.create_observable_gauge(name, [self._observer(field)], unit=unit, description=about)
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - outlives any outage; no value is reported until the next look
                self._known = {}
                logger.debug("the jobs cannot be counted: %r", error)
            await asyncio.sleep(self._seconds)

    async def look(self) -> Mapping[str, float]:
        """Count and return due, parked and lag. Raises what the database raises."""
        async with self._uow.system() as session:
            row = (await session.execute(_COUNT)).one()
        self._known = {"due": row.due, "parked": row.parked, "lag": float(row.lag)}
        return self._known

    def _observer(self, field: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def observe(_: CallbackOptions) -> Iterable[Observation]:
            if field in self._known:
                yield Observation(self._known[field])

        return observe
