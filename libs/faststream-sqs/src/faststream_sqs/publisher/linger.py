"""Groups single sends to one destination into batches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from faststream_sqs.exceptions import TransportError
from faststream_sqs.transport import EntryOutcome
from faststream_sqs.wire import BATCH_ENTRIES, SNS_MAX_BYTES, Entry

Where: TypeAlias = tuple[bool, str]
"""True for a topic, and the ARN or URL."""

_Waiting: TypeAlias = tuple[Entry, "asyncio.Future[str]"]


class LingeringSender:
    """Holds messages until ten are together or the linger has passed; each caller learns of its own message."""

    def __init__(self, send: Callable[[Where, Sequence[Entry]], Awaitable[list[EntryOutcome]]], linger: float) -> None:
        self._send = send
        self._linger = linger
        self._waiting: dict[Where, list[_Waiting]] = {}
        self._sizes: dict[Where, int] = {}
        self._timers: dict[Where, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, where: Where, entry: Entry) -> str:
        """Sends a message with others; returns its id.

        Raises:
            TransportError: this message was not accepted.
        """
        size = entry.size
        # 256 KiB is SNS's limit for a whole batch; for SQS it only means smaller batches of large messages
        if self._sizes.get(where, 0) + size > SNS_MAX_BYTES:
            self._flush(where)
        loop = asyncio.get_running_loop()
        accepted: asyncio.Future[str] = loop.create_future()
        waiting = self._waiting.setdefault(where, [])
        waiting.append((entry, accepted))
        self._sizes[where] = self._sizes.get(where, 0) + size
        if len(waiting) == BATCH_ENTRIES:
            self._flush(where)
        elif len(waiting) == 1:
            self._timers[where] = loop.call_later(self._linger, self._flush, where)
        return await accepted

    async def close(self) -> None:
        """Sends what waits and returns when everything has an outcome."""
        for where in list(self._waiting):
            self._flush(where)
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _flush(self, where: Where) -> None:
        if (timer := self._timers.pop(where, None)) is not None:
            timer.cancel()
        self._sizes.pop(where, None)
        if waiting := self._waiting.pop(where, None):
            task = asyncio.create_task(self._send_batch(where, waiting))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send_batch(self, where: Where, waiting: list[_Waiting]) -> None:
        outcomes: Sequence[EntryOutcome]
        try:
            outcomes = await self._send(where, [entry for entry, _ in waiting])
        except BaseException as error:
            failure = EntryOutcome(error=TransportError(f"{type(error).__name__}: {error}"))
            outcomes = [failure] * len(waiting)
            if not isinstance(error, Exception):
                raise
        finally:
            for (_, accepted), outcome in zip(waiting, outcomes, strict=True):
                _resolve(accepted, outcome)


def _resolve(accepted: "asyncio.Future[str]", outcome: EntryOutcome) -> None:
    # the caller may have been cancelled
    if accepted.done():
        return
    if outcome.error is not None:
        accepted.set_exception(outcome.error)
    else:
        accepted.set_result(outcome.message_id or "")
