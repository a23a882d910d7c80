"""The live stream inside one process: reads new rows, hands them to the connections that may see them.

Rows are written by the consumer, of this process or of a sibling. A commit here wakes the reader; a sweep each second
finds what siblings wrote.
"""

import asyncio
import contextlib
import logging
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from smartstack_chassis.auth.revocations import revocation_id
from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.actors import PortalClient
from smartstack_chassis.core.errors import TooMany
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_gateway.live import queries
from smartstack_gateway.live.domain import LiveEvent, may_see

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
QUEUED = 200


class Subscription:
    """One connection's queue. A reader that falls behind is cut off, and catches up when it connects again."""

    def __init__(self, principal: Principal, address: str = "") -> None:
        self.principal = principal
        self.address = address
        self.closed = False
        self._events: deque[LiveEvent] = deque()
        self._wake = asyncio.Event()

    def push(self, event: LiveEvent) -> None:
        """Queue an event, or close when too many wait."""
        if len(self._events) >= QUEUED:
            self.close()
            return
        self._events.append(event)
        self._wake.set()

    def close(self) -> None:
        """End the connection."""
        self.closed = True
        self._wake.set()

    async def next(self, seconds: float) -> LiveEvent | None:
        """Return the next event, or None when there was none for `seconds` or the connection is closed."""
        if not self._events and not self.closed:
            self._wake.clear()
            await _wait(self._wake, seconds)
        return self._events.popleft() if self._events and not self.closed else None


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Limits on streams: of one principal, and of one client from one address, since many people share a link."""

    total: int
    portal_per_address: int = sys.maxsize


class LiveFeed:
    """All connections of this process."""

    def __init__(self) -> None:
        self._subscriptions: dict[UUID, set[Subscription]] = {}
        self._counts: Counter[str] = Counter()
        # Those of a principal that are not being closed, the oldest first.
        self._served: dict[str, dict[Subscription, None]] = {}
        self._wake = asyncio.Event()
        self._horizon: int | None = None
        self._seen: set[int] = set()

    def nudge(self) -> None:
        """Look for new rows now."""
        self._wake.set()

    @contextlib.contextmanager
    def subscribe(self, principal: Principal, limits: StreamLimits, address: str = "") -> Iterator[Subscription]:
        """Hear of what the principal may see, until the block ends. Over the total the oldest connection is closed.

        Raises TooMany over a client's connections from one address, and while as many again are still closing.
        """
        self._make_room(principal, limits, address)
        subscription = Subscription(principal, address)
        of_workspace = self._subscriptions.setdefault(principal.workspace_id, set())
        of_workspace.add(subscription)
        self._counts[principal.auth_id] += 1
        served = self._served.setdefault(principal.auth_id, {})
        served[subscription] = None
        try:
            yield subscription
        finally:
            of_workspace.discard(subscription)
            if not of_workspace:
                self._subscriptions.pop(principal.workspace_id, None)
            served.pop(subscription, None)
            self._counts[principal.auth_id] -= 1
            if not self._counts[principal.auth_id]:
                del self._counts[principal.auth_id], self._served[principal.auth_id]

    def _make_room(self, principal: Principal, limits: StreamLimits, address: str) -> None:
        served = self._served.get(principal.auth_id, {})
        if isinstance(principal, PortalClient):
            same = sum(each.address == address for each in served)
            if same >= limits.portal_per_address:
                raise _too_many(limits.portal_per_address)
        if self._counts[principal.auth_id] >= 2 * limits.total:
            raise _too_many(limits.total)
        while len(served) >= limits.total:
            oldest = next(iter(served))
            del served[oldest]
            oldest.close()

    def close_revoked(self, revoked: UUID) -> None:
        """Close the connections that came of this session or share link."""
        for subscription in self._all():
            if revocation_id(subscription.principal) == revoked:
                subscription.close()

    def close_all(self) -> None:
        """Close every connection: the process stops."""
        for subscription in self._all():
            subscription.close()

    async def run(self, uow: UnitOfWork) -> None:
        """Read and hand out until cancelled; an outage of the database is waited out."""
        while True:
            try:
                await self.poll(uow)
            except Exception as error:  # noqa: BLE001 - outlives any outage; the next sweep tries again
                logger.warning("could not read live events: %r", error)
                await asyncio.sleep(SWEEP_SECONDS)
            await _wait(self._wake, SWEEP_SECONDS)
            self._wake.clear()

    async def poll(self, uow: UnitOfWork) -> None:
        """Hand out what was committed since the last time. Raises what the database raises.

        Everything from transactions that were still running the last time is read again, and what was handed out
        then is passed over: so nothing is missed, however late a transaction commits.
        """
        workspaces = list(self._subscriptions)
        async with uow.system() as session:
            horizon = await queries.live_horizon(session)
            known = self._horizon is not None and workspaces
            rows = await queries.live_since(session, self._horizon or 0, workspaces) if known else []
        for _, event in rows:
            if event.id not in self._seen:
                self._hand_out(event)
        self._seen = {event.id for txid, event in rows if txid >= horizon}
        self._horizon = horizon

    def _hand_out(self, event: LiveEvent) -> None:
        for subscription in tuple(self._subscriptions.get(event.workspace_id, ())):
            if may_see(subscription.principal, event):
                subscription.push(event)

    def _all(self) -> list[Subscription]:
        return [each for of_workspace in self._subscriptions.values() for each in of_workspace]


def _too_many(limit: int) -> TooMany:
    return TooMany("too_many_streams", f"At most {limit} live connections; close one first.", retry_after=5)


async def close_streams(feed: LiveFeed, stopping: asyncio.Event) -> None:
    """Close every connection when the process stops: the server waits for open requests before it stops."""
    await stopping.wait()
    feed.close_all()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for `event`, at most `seconds`. Before Python 3.12 wait_for swallows a cancellation that comes with it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(0, seconds)):
            await event.wait()
