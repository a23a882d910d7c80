"""Limits: token buckets, bounded in number, and slots for requests in flight."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from smartstack_chassis.core.errors import TooMany
from smartstack_gateway.settings import GatewaySettings

CAPACITY = 50_000


class Buckets:
    """One bucket per key: a burst of `burst` requests, `per_second` more as time goes by.

    At most `capacity` buckets are held; the one that was used longest ago makes room, and is full when it comes back.
    """

    def __init__(
        self, burst: int, per_second: float, *, capacity: int = CAPACITY, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._capacity = capacity
        self._now = now
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many buckets are held."""
        return len(self._levels)

    def acquire(self, key: Hashable, cost: float = 1) -> None:
        """Withdraw one request, or its cost, from the bucket of `key`; a full bucket pays for any.

        Raises TooMany, with the seconds until the bucket holds enough.
        """
        cost = min(cost, self._burst)
        now = self._now()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._per_second)
        allowed = level >= cost
        self._levels[key] = (level - cost if allowed else level, now)
        if len(self._levels) > self._capacity:
            self._levels.popitem(last=False)
        if not allowed:
            wait = max(1, math.ceil((cost - level) / self._per_second))
            raise TooMany("rate_limited", f"Too many requests; try again in {wait} s.", retry_after=wait)


@dataclass(slots=True)
class _Slots:
    free: asyncio.Semaphore
    taken: int = 0


class InFlight:
    """At most `at_work` requests of one key are served concurrently; `waiting` more wait, further ones are refused."""

    def __init__(self, at_work: int, waiting: int) -> None:
        self._at_work = at_work
        self._most = at_work + waiting
        self._slots: dict[Hashable, _Slots] = {}

    def __len__(self) -> int:
        """Return how many keys have requests in flight."""
        return len(self._slots)

    def slot(self, key: Hashable) -> "_Slot":
        """Return a slot of `key` to hold for a block. Entering raises TooMany when too many wait already."""
        return _Slot(self, key)

    async def acquire(self, key: Hashable) -> None:
        """Wait for a slot of `key`. Raises TooMany when too many wait already."""
        slots = self._slots.get(key)
        if slots is None:
            slots = self._slots[key] = _Slots(asyncio.Semaphore(self._at_work))
        if slots.taken >= self._most:
            raise TooMany("too_many_in_flight", f"At most {self._most} requests at a time; retry.", retry_after=1)
        slots.taken += 1
        try:
            await slots.free.acquire()
        except BaseException:
            self._leave(key, slots)
            raise

    def release(self, key: Hashable) -> None:
        """Give back a slot of `key`."""
        slots = self._slots[key]
        slots.free.release()
        self._leave(key, slots)

    def _leave(self, key: Hashable, slots: _Slots) -> None:
        slots.taken -= 1
        if not slots.taken:
            del self._slots[key]


class _Slot:
    __slots__ = ("_in_flight", "_key")

    def __init__(self, in_flight: InFlight, key: Hashable) -> None:
        self._in_flight = in_flight
        self._key = key

    async def __aenter__(self) -> None:
        await self._in_flight.acquire(self._key)

    async def __aexit__(self, *_: object) -> None:
        self._in_flight.release(self._key)


@dataclass(frozen=True)
class EdgeLimits:
    """The rate limits of a principal, of a workspace, and of a network that sent no valid token.

    Portals have limits of their own, per client and per workspace: an engine reads each message that they send.
    `in_flight` bounds how many requests of a principal, and of its workspace, each service works on concurrently.
    """

    principal: Buckets
    workspace: Buckets
    portal: Buckets
    portal_bytes: Buckets
    portal_workspace: Buckets
    principal_in_flight: InFlight
    workspace_in_flight: InFlight
    address: Buckets

    @classmethod
    def of(cls, settings: GatewaySettings) -> "EdgeLimits":
        """Return empty buckets of the sizes in the settings."""
        return cls(
            principal=Buckets(settings.principal_burst, settings.principal_per_second),
            workspace=Buckets(settings.workspace_burst, settings.workspace_per_second),
            portal=Buckets(settings.portal_burst, settings.portal_per_second),
            portal_bytes=Buckets(settings.portal_burst_bytes, settings.portal_bytes_per_second),
            portal_workspace=Buckets(settings.portal_workspace_burst, settings.portal_workspace_per_second),
            principal_in_flight=InFlight(settings.principal_in_flight, 4 * settings.principal_in_flight),
            workspace_in_flight=InFlight(settings.workspace_in_flight, 4 * settings.workspace_in_flight),
            address=Buckets(settings.address_burst, settings.address_per_second),
        )
