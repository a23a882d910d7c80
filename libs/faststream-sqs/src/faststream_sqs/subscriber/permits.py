"""Counts how many messages may be at work, so that none is received before it can be started."""

import asyncio
from collections import deque


class Permits:
    """A counter of free places. Reserve first, receive that many, release one per message done."""

    def __init__(self, total: int) -> None:
        self.free = total
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def reserve(self, at_most: int, *, linger: float = 0.0) -> int:
        """Takes 1 to `at_most` permits.

        With a `linger` a caller that finds fewer waits that many seconds for more: a batch of ten costs as much
        as a batch of one.
        """
        while True:
            while self.free <= 0:
                await self._wait()
            if self.free < at_most and linger > 0:
                await asyncio.sleep(linger)
            if self.free > 0:
                taken = min(self.free, at_most)
                self.free -= taken
                return taken

    def release(self, count: int = 1) -> None:
        """Gives permits back."""
        self.free += count
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    async def _wait(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and self.free > 0:
                # woken and cancelled together: pass the wake-up to another waiter
                self.release(0)
            raise
