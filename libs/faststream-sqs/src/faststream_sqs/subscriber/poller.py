"""Receives messages: as many long polls as the traffic needs, none cancelled while SQS may answer it."""

import asyncio
import random
from collections.abc import Awaitable
from typing import Any, Protocol

from faststream_sqs.exceptions import (
    AccessDeniedError,
    DestinationNotFoundError,
    NetworkError,
    OverLimitError,
    ServerError,
    TransportError,
)
from faststream_sqs.transport import WireMessage
from faststream_sqs.wire import BATCH_ENTRIES

from .permits import Permits

_FIRST_WAIT = 1
"""Seconds of the first long poll; it doubles while the queue is empty. So a consumer that is stopped shortly after
its start (tests, development) need not wait for a long one to end."""

_FIRST_IDLE = 0.02
_LONGEST_IDLE = 1.0
"""Seconds between empty polls that return immediately."""

_FIRST_BACKOFF = 0.1
_LONGEST_BACKOFF = 20.0
# An unreachable or failing service is polled again soon: messages that become visible meanwhile wait until then.
_LONGEST_OUTAGE_BACKOFF = 3.0
_FULL_BATCH_LINGER = 0.01


class Work(Protocol):
    """The owner of pollers, as they see it."""

    async def receive(self, count: int, wait_time: int) -> list[WireMessage]:
        """Receives up to `count` messages within `wait_time` seconds."""
        ...

    def start(self, messages: list[WireMessage]) -> int:
        """Starts the handling of messages; returns how many permits they hold."""
        ...

    async def repair(self) -> None:
        """The queue is gone: makes it again, if that is wanted."""
        ...

    def report(self, problem: str, *, fatal: bool) -> None:
        """Logs a problem (once), and its end."""
        ...


class Pollers:
    """A group of poll loops over one queue and one set of permits.

    Args:
        permits_per_poll: permits that one poll reserves at most.
        messages_per_permit: messages that one permit stands for (a batch subscriber's batch size, else 1).
        limit: loops at most. One runs always; another is added when polls come back full, and one ends when
            they come back empty.
    """

    def __init__(
        self,
        work: Work,
        permits: Permits,
        *,
        wait_time: int,
        permits_per_poll: int = BATCH_ENTRIES,
        messages_per_permit: int = 1,
        limit: int,
    ) -> None:
        self._work = work
        self._permits = permits
        self._wait_time = wait_time
        self._permits_per_poll = permits_per_poll
        self._messages_per_permit = messages_per_permit
        self._full_batch = permits_per_poll * messages_per_permit
        self._limit = limit
        self._loops: set[asyncio.Task[Any] | None] = set()
        self._receiving: set[asyncio.Task[Any] | None] = set()
        self._running = False
        self._resumed = asyncio.Event()
        self._resumed.set()
        self._failing = False

    @property
    def count(self) -> int:
        """Returns how many loops run."""
        return len(self._loops)

    def start(self) -> None:
        """Starts polling."""
        self._running = True
        self._add()

    def pause(self) -> None:
        """No new poll is started until `resume`."""
        self._resumed.clear()

    def resume(self) -> None:
        """Polls again after `pause`."""
        self._resumed.set()

    async def stop(self, deadline: float) -> None:
        """Lets running polls end by themselves until the event loop's time `deadline`.

        A cancelled long poll goes on at the server for its whole wait, and the next message goes to it, unseen
        by anybody until its visibility timeout (aws/aws-sdk-java-v2#1395).
        """
        self._running = False
        loops = {loop_task for loop_task in self._loops if loop_task is not None}
        for loop_task in loops - self._receiving:
            loop_task.cancel()
        if loops:
            timeout = max(deadline - asyncio.get_running_loop().time(), 0)
            _, late = await asyncio.wait(loops, timeout=timeout)
            for loop_task in late:
                loop_task.cancel()
            if late:
                await asyncio.wait(late)

    def _add(self) -> None:
        task = asyncio.create_task(self._loop())
        self._loops.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._loops.discard(task)
        if task.cancelled() or not self._running or (error := task.exception()) is None:
            return
        # a subscriber that silently stops receiving is worse than one that tries again
        self._work.report(f"polling failed: {type(error).__name__}: {error}", fatal=True)
        asyncio.get_running_loop().call_later(1.0, self._add_if_running)

    def _add_if_running(self) -> None:
        if self._running and not self._loops:
            self._add()

    async def _loop(self) -> None:
        wait_time = min(_FIRST_WAIT, self._wait_time)
        backoff = _FIRST_BACKOFF
        idle = _FIRST_IDLE
        while self._running:
            await self._resumed.wait()
            permits = await self._permits.reserve(self._permits_per_poll, linger=_FULL_BATCH_LINGER)
            used = 0
            began = asyncio.get_running_loop().time()
            try:
                messages = await self._receive(permits * self._messages_per_permit, wait_time)
                used = self._work.start(messages) if messages else 0
            except TransportError as error:
                backoff = await self._back_off(error, backoff)
                continue
            finally:
                if used < permits:
                    self._permits.release(permits - used)
            backoff = self._recovered()
            if messages:
                idle = _FIRST_IDLE
            elif len(self._loops) > 1:
                # remove now, or two idle loops could both exit
                self._loops.discard(asyncio.current_task())
                return
            else:
                idle = await self._rest(began, idle)
                wait_time = min(wait_time * 2, self._wait_time)
            if len(messages) == self._full_batch and len(self._loops) < self._limit and self._running:
                self._add()

    async def _receive(self, count: int, wait_time: int) -> list[WireMessage]:
        task = asyncio.current_task()
        self._receiving.add(task)
        try:
            return await self._work.receive(count, wait_time)
        finally:
            self._receiving.discard(task)

    async def _rest(self, began: float, idle: float) -> float:
        """Keeps empty polls that do not wait (`wait_time=0`, or a server that does not) from spinning."""
        if asyncio.get_running_loop().time() - began >= idle:
            return _FIRST_IDLE
        await asyncio.sleep(idle)
        return min(idle * 2, _LONGEST_IDLE)

    async def _back_off(self, error: TransportError, backoff: float) -> float:
        fatal = isinstance(error, AccessDeniedError)
        if not self._failing:
            self._failing = True
            self._work.report(f"cannot receive: {error}", fatal=fatal)
        if isinstance(error, DestinationNotFoundError):
            await _quietly(self._work.repair())
        longest = _LONGEST_BACKOFF if fatal or isinstance(error, OverLimitError) else backoff
        # full jitter spreads the consumers of a service that comes back
        await asyncio.sleep(random.uniform(_FIRST_BACKOFF / 2, longest))  # noqa: S311 - spreads load
        outage = isinstance(error, NetworkError | ServerError)
        return min(backoff * 2, _LONGEST_OUTAGE_BACKOFF if outage else _LONGEST_BACKOFF)

    def _recovered(self) -> float:
        if self._failing:
            self._failing = False
            self._work.report("receiving again", fatal=False)
        return _FIRST_BACKOFF


async def _quietly(call: Awaitable[None]) -> None:
    try:
        await call
    except TransportError:
        # the poll that follows fails again and reports it
        return
