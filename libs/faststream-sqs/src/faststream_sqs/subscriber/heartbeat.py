"""Keeps messages hidden while they are being handled."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from faststream_sqs.exceptions import LeaseLostError, RetryableError, TransportError
from faststream_sqs.message import Lease, SQSRawMessage
from faststream_sqs.schemas import MAX_VISIBILITY, Extend
from faststream_sqs.transport import Transport
from faststream_sqs.wire import BATCH_ENTRIES

# messages due within this part of the interval are extended together
_TOGETHER = 0.2


class Heartbeat:
    """Extends the visibility of one queue's messages in batches.

    All messages wait equally long between extensions, so a dict in insertion order is the timer wheel: the first
    key is always the next one due.
    """

    def __init__(
        self,
        transport: Transport,
        queue_url: str,
        *,
        visibility: int,
        extend: Extend,
        log: Callable[[str], None],
    ) -> None:
        self._transport = transport
        self._queue_url = queue_url
        self._visibility = visibility
        self._interval = visibility * extend.at
        self._upto = extend.upto
        self._log = log
        self._due: dict[SQSRawMessage, float] = {}
        self._busy: dict[SQSRawMessage, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, raw: SQSRawMessage) -> None:
        """Starts extending a message."""
        self._due[raw] = raw.received_at + self._interval
        if self._timer is None:
            self._arm(self._due[raw])

    def forget(self, raw: SQSRawMessage) -> None:
        """Stops extending a message."""
        self._due.pop(raw, None)

    async def quiet(self, raws: Iterable[SQSRawMessage]) -> None:
        """Waits for extensions of these messages that are on their way: a later change must not be overtaken."""
        tasks = {task for raw in raws if (task := self._busy.get(raw)) is not None}
        if tasks:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Stops all extending."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        tasks = set(self._busy.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _arm(self, when: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(when, self._tick)

    def _tick(self) -> None:
        self._timer = None
        limit = asyncio.get_running_loop().time() + self._interval * _TOGETHER
        due: list[SQSRawMessage] = []
        for raw, when in self._due.items():
            if when > limit:
                break
            due.append(raw)
        for raw in due:
            del self._due[raw]
        for start in range(0, len(due), BATCH_ENTRIES):
            self._start(due[start : start + BATCH_ENTRIES])
        if self._due:
            self._arm(next(iter(self._due.values())))

    def _start(self, raws: list[SQSRawMessage]) -> None:
        task = asyncio.ensure_future(self._extend(raws))
        for raw in raws:
            self._busy[raw] = task

    async def _extend(self, raws: list[SQSRawMessage]) -> None:
        try:
            now = asyncio.get_running_loop().time()
            changes = [(raw, seconds) for raw in raws if (seconds := self._seconds(raw, now)) > 0]
            if changes:
                await self._send(changes, now)
        finally:
            for raw in raws:
                self._busy.pop(raw, None)

    async def _send(self, changes: Sequence[tuple[SQSRawMessage, int]], now: float) -> None:
        try:
            failures = await self._transport.visibility_batch(
                self._queue_url, [(raw.receipt_handle, seconds) for raw, seconds in changes]
            )
        except TransportError as error:
            failures = [error] * len(changes)
        for (raw, _), failure in zip(changes, failures, strict=True):
            if raw.lease is not Lease.HELD:
                continue
            if failure is None:
                self._again(raw, now + self._interval)
            elif isinstance(failure, LeaseLostError):
                raw.lease = Lease.LOST
                self._log(f"lost the lease on message {raw.message_id}: {failure}")
            elif isinstance(failure, RetryableError):
                self._again(raw, now + min(1.0, self._interval / 4))
            else:
                self._log(f"cannot extend the visibility of message {raw.message_id}: {failure}")

    def _again(self, raw: SQSRawMessage, when: float) -> None:
        self._due[raw] = when
        if self._timer is None:
            self._arm(when)

    def _seconds(self, raw: SQSRawMessage, now: float) -> int:
        held = now - raw.received_at
        # SQS refuses more than 12 hours in all
        if held >= self._upto or held + self._visibility > MAX_VISIBILITY:
            self._log(f"message {raw.message_id} has been at work for {held:.0f} s: not extended any further")
            return 0
        return self._visibility
