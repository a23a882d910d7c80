"""The lag of the outbox: whether what was committed is also published."""

import asyncio
import logging
import time
from collections.abc import Iterable

from opentelemetry.metrics import CallbackOptions, Observation
from sqlalchemy import text

from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.telemetry.setup import meter
from smartstack_contracts import made_at

logger = logging.getLogger(__name__)

NAME = "smartstack.outbox.lag"

_OLDEST = text("SELECT id FROM outbox ORDER BY id LIMIT 1")


class OutboxLag:
    """How old the oldest event is that waits to be published; one look at an index for each export."""

    def __init__(self, uow: UnitOfWork, seconds: float) -> None:
        self._uow = uow
        self._seconds = seconds
        self._since: float | None = None
        self._known = False

    async def run(self) -> None:
        """Look every so many seconds, until cancelled."""
        meter.create_observable_gauge(
            NAME, [self.observe], unit="s", description="Age of the oldest event not yet published"
        )
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - outlives any outage; nothing is told until the next look
                self._known = False
                logger.debug("the outbox cannot be seen: %r", error)
            await asyncio.sleep(self._seconds)

    async def look(self) -> None:
        """Read which event is the oldest. Raises what the database raises."""
        async with self._uow.system() as session:
            oldest = await session.scalar(_OLDEST)
        self._since = None if oldest is None else made_at(oldest)
        self._known = True

    def observe(self, _: CallbackOptions | None = None) -> Iterable[Observation]:
        """Return the age in seconds, 0 when nothing waits; nothing while the database cannot be asked."""
        if self._known:
            yield Observation(0.0 if self._since is None else max(0.0, time.time() - self._since))
