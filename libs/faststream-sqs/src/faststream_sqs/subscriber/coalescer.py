"""Collects items and hands them on in groups, by number or by time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Coalescer(Generic[T]):
    """Calls `send` with up to `size` items: when that many are together, or `linger` seconds after the
    first. `send` must handle its own errors; what it raises is lost."""

    def __init__(self, send: Callable[[list[T]], Awaitable[None]], *, size: int, linger: float) -> None:
        self._send = send
        self._size = size
        self._linger = linger
        self._items: list[T] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, item: T) -> None:
        """Adds an item; it is sent within the linger."""
        items = self._items
        items.append(item)
        if len(items) >= self._size:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._linger, self.flush)

    def flush(self) -> None:
        """Starts sending what is there."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._items:
            items, self._items = self._items, []
            task = asyncio.ensure_future(self._send(items))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def drain(self, deadline: float) -> int:
        """Sends everything, until the event loop's time `deadline`. Returns the number of abandoned sends."""
        loop = asyncio.get_running_loop()
        while self._items or self._tasks:
            self.flush()
            if not self._tasks:
                continue
            _, open_tasks = await asyncio.wait(self._tasks, timeout=max(deadline - loop.time(), 0))
            if open_tasks and loop.time() >= deadline:
                for task in open_tasks:
                    task.cancel()
                await asyncio.wait(open_tasks)
                return len(open_tasks)
        return 0
