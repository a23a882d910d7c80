"""Rate limits: token buckets, bounded in number."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from smartstack_chassis.errors import TooMany

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

    def take(self, key: Hashable) -> None:
        """Take one request from the bucket of `key`. Raises TooMany, with the seconds until there is one again."""
        now = self._now()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._per_second)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > self._capacity:
            self._levels.popitem(last=False)
        if not allowed:
            wait = max(1, math.ceil((1 - level) / self._per_second))
            raise TooMany("rate_limited", f"Too many requests; try again in {wait} s.", retry_after=wait)
