"""The outbox relay: publishes what transactions recorded, at least once, in batches.

Claim and move: rows are locked with SKIP LOCKED, published, and moved to the event log in the same transaction when the
broker has acknowledged them. A crash frees the locks and another relay takes the rows; no lease, no leader. At any
moment a committed event is in the outbox or in the log.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from smartstack_chassis.core import failpoints
from smartstack_chassis.events.uow import UnitOfWork

logger = logging.getLogger(__name__)

_CLAIM = text(
    "SELECT id, workspace_id, type, traceparent, body FROM outbox ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_DELETE = text(
    "WITH published AS (DELETE FROM outbox WHERE id = ANY(:ids) RETURNING id, workspace_id, type, body) "
    "INSERT INTO event_log (id, workspace_id, type, body) SELECT id, workspace_id, type, body FROM published"
)


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One recorded event, encoded."""

    id: UUID
    workspace_id: UUID
    type: str
    traceparent: str | None
    body: str


Publish = Callable[[Sequence[OutboxMessage]], Awaitable[Sequence[bool]]]
"""Publishes messages; returns one flag each: did the broker acknowledge it."""


class OutboxRelay:
    """Drains the outbox when nudged, and once a second for rows that a crashed sibling left."""

    def __init__(self, uow: UnitOfWork, publish: Publish, *, claim: int = 500, sweep_seconds: float = 1.0) -> None:
        self._uow = uow
        self._publish = publish
        self._claim = claim
        self._sweep = sweep_seconds
        self._wake = asyncio.Event()

    def nudge(self) -> None:
        """Ask for a drain now; called after a commit in this process."""
        self._wake.set()

    async def run(self) -> None:
        """Drain until cancelled. A failing database or broker is logged and tried again with growing pauses."""
        pause = self._sweep
        while True:
            # Not wait_for: before Python 3.12 it swallows a cancellation that arrives together with the nudge.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            try:
                complete = await self.drain()
                pause = self._sweep if complete else min(pause * 2, 15.0)
            except Exception:
                logger.warning("outbox drain failed; trying again in %.0f s", pause, exc_info=True)
                pause = min(pause * 2, 15.0)

    async def drain(self) -> bool:
        """Publish all that is there; returns False when the broker refused some of it."""
        while True:
            claimed, published = await self._drain_once()
            if published < claimed:
                return False
            if claimed < self._claim:
                return True

    async def _drain_once(self) -> tuple[int, int]:
        async with self._uow.system() as session:
            rows = (await session.execute(_CLAIM, {"limit": self._claim})).all()
            if not rows:
                return 0, 0
            failpoints.reach("after_claim")
            messages = [OutboxMessage(*row) for row in rows]
            acknowledged = await self._publish(messages)
            failpoints.reach("after_publish")
            done = [message.id for message, ok in zip(messages, acknowledged, strict=True) if ok]
            if done:
                await session.execute(_DELETE, {"ids": done})
            failpoints.reach("after_delete")
        failpoints.reach("after_drain")
        return len(messages), len(done)
