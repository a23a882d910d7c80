"""Everything between one queue and its handlers while a subscriber runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from faststream_sqs.configs import Connection
from faststream_sqs.exceptions import InvalidMessageError, NetworkError, TransportError
from faststream_sqs.message import Lease, SQSRawMessage, describe_failure
from faststream_sqs.schemas import Fair, Queue, Topic
from faststream_sqs.topology import QueueInfo
from faststream_sqs.transport import WireMessage
from faststream_sqs.wire import BATCH_ENTRIES

from .permits import Permits
from .poller import Pollers
from .settlement import Settlement, SettlementOptions
from .turns import Turns

_FLUSH_SECONDS = 5.0
"""The limit of the final flush after the handlers have ended."""

_CANCEL_SECONDS = 2.0
"""The limit of a cancelled handler to end."""

_LONGEST_WAIT = 20
"""Seconds. SQS allows no longer poll."""


class Log(Protocol):
    """Writes a record."""

    def __call__(self, problem: str, level: int = logging.WARNING) -> None:
        """Writes a record."""
        ...


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """Consuming options of a subscriber; see `SQSRegistrator.subscriber`."""

    max_workers: int
    wait_time: int
    batch_size: int
    manual_ack: bool
    settlement: SettlementOptions
    fair: Fair | None = None


class Intake:
    """Receives messages and runs one task for each.

    Args:
        connection: the open connection.
        queue, topics: the declaration, to make it again should the queue vanish.
        info: the queue as it is.
        options: how to consume.
        handle: what to do with a message (in a batch intake: with a list of them); it must not raise.
        log: writes a record.
    """

    def __init__(
        self,
        connection: Connection,
        queue: Queue,
        topics: Sequence[Topic],
        info: QueueInfo,
        options: IntakeOptions,
        *,
        handle: Callable[[Any], Awaitable[Any]],
        log: Log,
    ) -> None:
        self._connection = connection
        self._queue = queue
        self._topics = topics
        self._info = info
        self._options = options
        self._handle = handle
        self._log = log
        self.settlement = Settlement(
            info,
            options.settlement,
            transport=connection.transport,
            claim_check=connection.claim_check,
            log=log,
        )
        fair = options.fair
        self._permits = Permits(fair.held if fair is not None else options.max_workers)
        self._turns = Turns(options.max_workers, fair.share) if fair is not None else None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lost_attempts: list[str] = []
        self._accepting = True
        self._resumed = asyncio.Event()
        self._resumed.set()
        self.pollers = self._make_pollers()

    @property
    def busy(self) -> int:
        """Returns how many handlers (FIFO: groups, else messages or batches) are at work."""
        return len(self._tasks)

    def owns(self, task: "asyncio.Task[Any] | None") -> bool:
        """Returns whether a task belongs to a handler."""
        return task in self._tasks

    def pause(self) -> None:
        """See `SQSSubscriber.pause`."""
        self._resumed.clear()
        self.pollers.pause()

    def resume(self) -> None:
        """See `SQSSubscriber.resume`."""
        self._resumed.set()
        self.pollers.resume()

    async def stop(self, graceful_timeout: float) -> None:
        """See `SQSSubscriber.stop`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + graceful_timeout
        self._accepting = False
        # messages kept by a pause are returned now, not handled
        self.resume()
        if self._turns is not None:
            self._turns.open()
        await self.pollers.stop(deadline)
        # a handler may be the one that stops the subscriber; it cannot wait for itself
        others = self._tasks - {asyncio.current_task()}
        if others:
            _, late = await asyncio.wait(others, timeout=max(deadline - loop.time(), 0))
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_CANCEL_SECONDS)
        await self.settlement.close(loop.time() + _FLUSH_SECONDS)

    async def receive(self, count: int, wait_time: int) -> list[WireMessage]:
        """See `Work.receive`."""
        transport, url = self._connection.transport, self._info.url
        if not self._queue.fifo:
            return await transport.receive(url, max_messages=count, wait_time=wait_time)
        # under the id of an attempt whose answer was lost SQS gives the same messages again, which would
        # otherwise hold up their groups until the visibility timeout
        attempt_id = self._lost_attempts.pop() if self._lost_attempts else uuid4().hex
        try:
            return await transport.receive(url, max_messages=count, wait_time=wait_time, attempt_id=attempt_id)
        except NetworkError:
            self._lost_attempts.append(attempt_id)
            raise

    def start(self, messages: list[WireMessage]) -> int:
        """See `Work.start`: one task per message."""
        raws = self.take(messages)
        for raw in raws:
            self._spawn(self._run(raw), self._ended)
        return len(raws)

    async def repair(self) -> None:
        """See `Work.repair`."""
        topology = self._connection.topology
        if topology.creates:
            topology.forget(self._queue.name)
            topology.forget(self._queue.dlq_name or "")
            info = await topology.ensure_queue(self._queue)
            for topic in self._topics:
                topology.forget(topic.name)
            await topology.subscribe(info, self._topics)

    def report(self, problem: str, *, fatal: bool) -> None:
        """See `Work.report`."""
        self._log(problem, logging.CRITICAL if fatal else logging.WARNING)

    def take(self, messages: Sequence[WireMessage]) -> list[SQSRawMessage]:
        """Takes received messages into care: from now on their visibility is extended."""
        now = asyncio.get_running_loop().time()
        raws = []
        for wire in messages:
            raw = SQSRawMessage(wire, queue=self._info.name, settler=self.settlement, received_at=now)
            self.settlement.hold(raw)
            raws.append(raw)
        return raws

    async def receive_one(self, timeout: float) -> SQSRawMessage | None:  # noqa: ASYNC109 - FastStream's name
        """One message, or None after `timeout` seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            # a long poll is whole seconds and must not be cancelled: short ones fill the rest
            whole_seconds = min(max(int(deadline - loop.time()), 0), _LONGEST_WAIT)
            messages = await self.receive(1, whole_seconds)
            if messages:
                (raw,) = self.take(messages)
                if await self.fetch_body(raw):
                    return raw
                continue
            left = deadline - loop.time()
            if left <= 0:
                return None
            await asyncio.sleep(min(0.05, left))

    async def fetch_body(self, raw: SQSRawMessage) -> bool:
        """Returns whether the body is there, fetched from S3 if need be. If not, the message has been settled."""
        claim_check = self._connection.claim_check
        if not raw.message_attributes or not claim_check.is_pointer(raw):
            return True
        try:
            await claim_check.fetch(raw)
        except InvalidMessageError as error:
            await self.settlement.reject(raw, describe_failure(error))
            return False
        except TransportError as error:
            self._log(f"the body of message {raw.message_id} cannot be fetched: {error}")
            await self.settlement.nack(raw, None, None)
            return False
        return True

    def _make_pollers(self) -> Pollers:
        workers = self._options.max_workers
        return Pollers(
            self,
            self._permits,
            wait_time=self._options.wait_time,
            permits_per_poll=min(BATCH_ENTRIES, workers),
            limit=-(-workers // BATCH_ENTRIES),
        )

    def _spawn(self, work: Coroutine[Any, Any, None], ended: Callable[["asyncio.Task[None]"], None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._permits.release()

    async def _run(self, raw: SQSRawMessage) -> None:
        """Handles one message. Whatever happens, it is settled, returned or (manual) left to its owner."""
        try:
            async with self._turn(raw):
                if not self._resumed.is_set():
                    await self._resumed.wait()
                if not self._accepting:
                    self.settlement.give_back(raw)
                elif await self.fetch_body(raw):
                    await self._handle(raw)
        except asyncio.CancelledError:
            await self._return_cancelled(raw)
            raise
        if raw.lease is Lease.HELD:
            await self._settle_late(raw)

    def _turn(self, raw: SQSRawMessage) -> AbstractAsyncContextManager[None]:
        if self._turns is None or self._options.fair is None:
            return nullcontext()
        attribute = raw.message_attributes.get(self._options.fair.attribute, {})
        return self._turns.of(attribute.get("StringValue") or "")

    async def _return_cancelled(self, raw: SQSRawMessage) -> None:
        if self._accepting:
            # the handler cancelled itself: that is a failure like others
            await self.settlement.nack(raw, None, None)
        else:
            self.settlement.give_back(raw)

    async def _settle_late(self, raw: SQSRawMessage) -> None:
        if self._options.manual_ack:
            self.settlement.let_go(raw)
        else:
            # the acknowledgement itself failed, for instance the copy to the dead-letter queue
            await self.settlement.nack(raw, None, None)


class BatchIntake(Intake):
    """Runs one task for all messages of a receive."""

    def start(self, messages: list[WireMessage]) -> int:
        """See `Work.start`: one task and one permit for the batch."""
        self._spawn(self._run_batch(self.take(messages)), self._ended)
        return 1

    def _make_pollers(self) -> Pollers:
        return Pollers(
            self,
            self._permits,
            wait_time=self._options.wait_time,
            permits_per_poll=1,
            messages_per_permit=self._options.batch_size,
            limit=self._options.max_workers,
        )

    async def _run_batch(self, raws: list[SQSRawMessage]) -> None:
        try:
            await self._resumed.wait()
            ready = [raw for raw in raws if await self.fetch_body(raw)] if self._accepting else []
            if ready:
                await self._handle(ready)
            elif not self._accepting:
                for raw in raws:
                    self.settlement.give_back(raw)
        except asyncio.CancelledError:
            for raw in raws:
                await self._return_cancelled(raw)
            raise
        for raw in raws:
            if raw.lease is Lease.HELD:
                await self._settle_late(raw)
