"""Fair turns: a bound for each key, and turns by key, so that one key's messages do not delay the others."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """At most `total` are at work, `share` of each key; keys that wait take turns, and each is first in, first out."""

    def __init__(self, total: int, share: int) -> None:
        self._free = total
        self._share = share
        self._at_work: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._opened = False

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        """Wait for the turn of `key`, and hold it for the block."""
        await self._take(key)
        try:
            yield
        finally:
            self._release(key)

    def open(self) -> None:
        """End all waiting, whatever the bounds: the subscriber stops, and what waits is returned."""
        self._opened = True
        for key in list(self._waiting):
            while key in self._waiting:
                self._start(key)

    async def _take(self, key: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(turn)
        self._start_next()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(key)
            else:
                self._forget(key, turn)
            raise

    def _start_next(self) -> None:
        while self._free > 0 or self._opened:
            key = next((key for key in self._waiting if self._opened or self._at_work[key] < self._share), None)
            if key is None:
                return
            self._start(key)

    def _start(self, key: str) -> None:
        waiting = self._waiting[key]
        turn = waiting.popleft()
        self._waiting.move_to_end(key)
        if not waiting:
            del self._waiting[key]
        # Cancelled, and its task has not run since.
        if turn.done():
            return
        turn.set_result(None)
        self._free -= 1
        self._at_work[key] += 1

    def _release(self, key: str) -> None:
        self._free += 1
        self._at_work[key] -= 1
        if not self._at_work[key]:
            del self._at_work[key]
        self._start_next()

    def _forget(self, key: str, turn: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(key)
        if waiting is None or turn not in waiting:
            return
        waiting.remove(turn)
        if not waiting:
            del self._waiting[key]
