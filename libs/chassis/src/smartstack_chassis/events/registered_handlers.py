"""Tells the audit of deliveries which handlers this service has: an event is delivered once all of them handled it."""

import asyncio
import logging
import time

from sqlalchemy import text

from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_contracts import first_id

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
RETRY_SECONDS = 5.0

_PRESENT = "SELECT * FROM unnest(CAST(:types AS text[]), CAST(:handlers AS text[]))"
_FORGET = text(f"DELETE FROM registered_handlers WHERE (type, handler) NOT IN ({_PRESENT})")  # noqa: S608 - a constant
_REGISTER = text(
    "INSERT INTO registered_handlers (type, handler, since) "
    "SELECT type, handler, CAST(:since AS uuid) "
    "FROM unnest(CAST(:types AS text[]), CAST(:handlers AS text[])) AS present (type, handler) ON CONFLICT DO NOTHING"
)


class HandlerRegistry:
    """Keeps the table `registered_handlers`. Any number may run at once.

    A new handler is expected to handle what is published from now on. What its name is not registered for, because it
    is new or renamed, is not undelivered: sending that again could cause the effect a second time.
    """

    def __init__(self, uow: UnitOfWork, handlers: EventHandlers) -> None:
        self._uow = uow
        self._handlers = handlers

    async def run(self) -> None:
        """Register every hour until cancelled: an older release that ran meanwhile removed what it does not know."""
        while True:
            try:
                await self.register()
                pause = EVERY_SECONDS
            except Exception:
                logger.warning("handlers are not registered; trying again", exc_info=True)
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)

    async def register(self) -> None:
        """Do it once. Raises what the database raises."""
        rows = [(kind, name) for kind in sorted(self._handlers.types) for name in self._handlers.names(kind)]
        present = {"types": [kind for kind, _ in rows], "handlers": [name for _, name in rows]}
        async with self._uow.system() as session:
            await session.execute(_FORGET, present)
            await session.execute(_REGISTER, present | {"since": first_id(time.time())})
