"""Limits: token buckets, bounded in number, and places for requests in flight."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from smartstack_chassis.core.errors import TooMany

CAPACITY = 50_000


class Buckets:
    """One bucket per key: `burst` requests at once, `per_second` more as time goes by.

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

    def take(self, key: Hashable, cost: float = 1) -> None:
        """Take one request, or what it costs, from the bucket of `key`; a full bucket pays for any.

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
class _Places:
    free: asyncio.Semaphore
    taken: int = 0


class InFlight:
    """At most `at_work` requests of one key are served concurrently; `waiting` more wait, further ones are refused."""

    def __init__(self, at_work: int, waiting: int) -> None:
        self._at_work = at_work
        self._most = at_work + waiting
        self._places: dict[Hashable, _Places] = {}

    def __len__(self) -> int:
        """Return how many keys have requests in flight."""
        return len(self._places)

    @asynccontextmanager
    async def place(self, key: Hashable) -> AsyncIterator[None]:
        """Hold a place of `key` for the block. Raises TooMany when too many wait already."""
        places = self._places.setdefault(key, _Places(asyncio.Semaphore(self._at_work)))
        if places.taken >= self._most:
            raise TooMany("too_many_in_flight", f"At most {self._most} requests at a time; retry.", retry_after=1)
        places.taken += 1
        try:
            async with places.free:
                yield
        finally:
            places.taken -= 1
            if not places.taken:
                del self._places[key]
