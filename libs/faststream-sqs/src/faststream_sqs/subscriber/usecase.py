"""A subscriber: its life, and how a received message becomes a handler's call."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from faststream.message import StreamMessage
from faststream.middlewares import AckPolicy

from faststream_sqs._internal import (
    CallsCollection,
    PublisherProto,
    SubscriberSpecification,
    SubscriberUsecase,
    process_msg,
)
from faststream_sqs.configs import Connection, SQSBrokerConfig
from faststream_sqs.exceptions import InvalidMessageError, TransportError
from faststream_sqs.message import Lease, SQSRawMessage, describe_failure
from faststream_sqs.parser import SQSParser
from faststream_sqs.publisher.fake import SQSFakePublisher
from faststream_sqs.schemas import Queue, Topic
from faststream_sqs.topology import QueueInfo
from faststream_sqs.transport import WireMessage
from faststream_sqs.wire import BATCH_ENTRIES

from .config import SQSSubscriberConfig
from .fifo import GroupQueues
from .permits import Permits
from .poller import Pollers
from .settlement import Settlement, SettlementOptions

_FLUSH_SECONDS = 5.0
"""How long the final flush may take after the handlers have ended."""

_CANCEL_SECONDS = 2.0
"""How long a cancelled handler may take to end."""


class SQSSubscriber(SubscriberUsecase[Any]):
    """Consumes one queue. `SQSBatchSubscriber` consumes it in batches."""

    _outer_config: SQSBrokerConfig

    def __init__(
        self,
        config: SQSSubscriberConfig,
        specification: SubscriberSpecification[Any, Any],
        calls: CallsCollection[Any],
    ) -> None:
        self._set_parser(config)
        super().__init__(config, specification, calls)
        self._options = config
        self._queue = config.queue
        self._topics = tuple(config.topics)
        self._tasks: set[asyncio.Task[None]] = set()
        self._permits = Permits(config.max_workers)
        self._groups: GroupQueues | None = None
        self._pollers: Pollers | None = None
        self._settlement: Settlement | None = None
        self._info: QueueInfo | None = None
        self._connection: Connection | None = None
        self._resumed = asyncio.Event()
        self._resumed.set()
        self._stopping: asyncio.Future[None] | None = None

    @property
    def queue(self) -> Queue:
        """The queue under its full name."""
        return self._queue.add_prefix(self._outer_config.prefix)

    @property
    def topics(self) -> list[Topic]:
        """The topics it is subscribed to, under their full names."""
        return [topic.add_prefix(self._outer_config.prefix) for topic in self._topics]

    @property
    def paused(self) -> bool:
        """Whether `pause` holds."""
        return not self._resumed.is_set()

    async def start(self) -> None:
        """Declares the queue and starts to consume it."""
        if self._settlement is not None:
            return
        await super().start()
        connection = self._outer_config.connection
        if not connection.offline:
            await self._prepare(connection)
            if self.calls:
                self._start_polling()
        self._post_start()

    def pause(self) -> None:
        """Stops receiving; handlers at work go on.

        What a poll under way still brings is kept (its visibility extended) and handled after `resume`, so that
        a pause costs no receive count.
        """
        self._resumed.clear()
        if self._pollers is not None:
            self._pollers.pause()

    def resume(self) -> None:
        """Receives again after `pause`."""
        self._resumed.set()
        if self._pollers is not None:
            self._pollers.resume()

    async def stop(self) -> None:
        """Stops in this order: no new polls, polls under way end, handlers drain, late ones are cancelled and
        their messages returned, acknowledgements are flushed.

        The first two and the draining share the broker's `graceful_timeout`.
        """
        self.running = False
        if self._stopping is not None:
            # a handler's StopConsume and the broker's stop may meet; the handler must not wait for itself
            if asyncio.current_task() not in self._tasks:
                await asyncio.wait({self._stopping})
            return
        if self._settlement is None:
            return
        self._stopping = asyncio.get_running_loop().create_future()
        try:
            await self._stop()
        finally:
            self._stopping.set_result(None)
            self._stopping = None

    async def get_one(self, *, timeout: float = 5.0) -> StreamMessage[Any] | None:  # noqa: ASYNC109
        """Receives one message, or None after `timeout` seconds. It is the caller's to settle."""
        assert not self.calls, "You can't use `get_one` method if subscriber has registered handlers."
        raw = await self._receive_one(timeout)
        return await self._parse_outside(raw) if raw is not None else None

    async def __aiter__(self) -> AsyncIterator[StreamMessage[Any]]:  # type: ignore[override]
        """Receives messages one by one. Each is the caller's to settle."""
        assert not self.calls, "You can't use iterator if subscriber has registered handlers."
        while True:
            raw = await self._receive_one(float(self.wait_time))
            if raw is not None and (message := await self._parse_outside(raw)) is not None:
                yield message

    def get_log_context(self, message: StreamMessage[Any] | None) -> dict[str, str]:
        """The queue and the message id for log records."""
        return {"queue": self.queue.name, "message_id": getattr(message, "message_id", "")}

    # what pollers call

    async def receive(self, count: int, wait_time: int) -> list[WireMessage]:
        """See `Work.receive`."""
        connection, info = self.prepared
        return await connection.transport.receive(info.url, max_messages=count, wait_time=wait_time)

    def start_messages(self, messages: list[WireMessage]) -> int:
        """Starts one task per message (or FIFO group); returns the permits they hold."""
        raws = self._take(messages)
        if self._groups is not None:
            for raw in self._groups.add(raws):
                self._spawn(self._run_group(raw), permits=0)
        else:
            for raw in raws:
                self._spawn(self._run(raw), permits=1)
        return len(raws)

    async def repair(self) -> None:
        """See `Work.repair`."""
        connection, info = self.prepared
        if connection.topology.creates:
            connection.topology.forget(info.name)
            connection.topology.forget(self.queue.dlq_name or "")
            self._info = await connection.topology.ensure_queue(self.queue)
            await connection.topology.subscribe(self._info, self.topics)

    def report(self, problem: str, *, fatal: bool) -> None:
        """See `Work.report`."""
        self._log_problem(problem, logging.CRITICAL if fatal else logging.WARNING)

    # parts of the life

    def _set_parser(self, config: SQSSubscriberConfig) -> None:
        parser = SQSParser()
        config.parser = parser.parse_message
        config.decoder = parser.decode_message

    @property
    def wait_time(self) -> int:
        """Seconds of a long poll, its own or the broker's."""
        own = self._options.wait_time
        return own if own is not None else self._outer_config.wait_time

    @property
    def prepared(self) -> tuple[Connection, QueueInfo]:
        """The open connection and the queue as it is."""
        assert self._connection is not None, "started"
        assert self._info is not None, "started"
        return self._connection, self._info

    async def _prepare(self, connection: Connection) -> None:
        self._connection = connection
        self._info = await connection.topology.ensure_queue(self.queue)
        await connection.topology.subscribe(self._info, self.topics)
        options = self._options
        self._settlement = Settlement(
            self._info,
            SettlementOptions(
                ack_linger=options.ack_linger,
                extend=options.extend_visibility,
                retry=options.retry,
                on_reject=options.on_reject,
                reject_on=options.reject_on,
                ack_first=self.ack_policy is AckPolicy.ACK_FIRST,
            ),
            transport=connection.transport,
            claim_check=connection.claim_check,
            log=self._log_problem,
        )

    def _start_polling(self) -> None:
        self._permits = Permits(self._options.max_workers)
        self._groups = GroupQueues() if self.queue.fifo else None
        self._pollers = self._make_pollers()
        if self.paused:
            self._pollers.pause()
        self._pollers.start()

    def _make_pollers(self) -> Pollers:
        workers = self._options.max_workers
        return Pollers(
            SubscriberWork(self),
            self._permits,
            wait_time=self.wait_time,
            permits_per_poll=min(BATCH_ENTRIES, workers),
            limit=-(-workers // BATCH_ENTRIES),
        )

    async def _stop(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self._outer_config.graceful_timeout or 0)
        # what a pause keeps is returned now, not handled
        self._resumed.set()
        if self._pollers is not None:
            self._pollers.resume()
            await self._pollers.stop(deadline)
            self._pollers = None
        own_task = asyncio.current_task()
        others = {task for task in self._tasks if task is not own_task}
        if others:
            _, late = await asyncio.wait(others, timeout=max(deadline - loop.time(), 0))
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_CANCEL_SECONDS)
        if self._settlement is not None:
            await self._settlement.close(loop.time() + _FLUSH_SECONDS)
            self._settlement = None

    def _take(self, messages: Sequence[WireMessage]) -> list[SQSRawMessage]:
        assert self._settlement is not None, "started"
        assert self._info is not None, "started"
        now = asyncio.get_running_loop().time()
        name = self._info.name
        raws = []
        for wire in messages:
            raw = SQSRawMessage(wire, queue=name, settler=self._settlement, received_at=now)
            self._settlement.hold(raw)
            raws.append(raw)
        return raws

    def _spawn(self, work: Any, *, permits: int) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done if permits else self._tasks.discard)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._permits.release()

    async def _run(self, raw: SQSRawMessage) -> None:
        """Handles one message; whatever happens, it is settled, returned or (manual) left to its owner."""
        settlement = self._settlement
        assert settlement is not None, "started"
        try:
            if not self._resumed.is_set():
                await self._resumed.wait()
            if self.running and await self._fetch_body(raw):
                await self.consume(raw)
            elif raw.lease is Lease.HELD:
                settlement.give_back(raw)
        except asyncio.CancelledError:
            settlement.give_back(raw)
            raise
        if raw.lease is Lease.HELD:
            await self._settle_late(settlement, raw)

    async def _settle_late(self, settlement: Settlement, raw: SQSRawMessage) -> None:
        if self.ack_policy is AckPolicy.MANUAL:
            settlement.let_go(raw)
        else:
            # the acknowledgement itself failed, for instance the copy to the dead-letter queue
            await settlement.nack(raw, None, None)

    async def _run_group(self, group: str) -> None:
        """Handles the messages of one FIFO group in order, until one fails or none is left."""
        groups, settlement = self._groups, self._settlement
        assert groups is not None, "FIFO"
        assert settlement is not None, "started"
        raw: SQSRawMessage | None = None
        try:
            while (raw := groups.next(group)) is not None:
                try:
                    await self._run(raw)
                finally:
                    self._permits.release()
                if raw.lease in {Lease.RETURNED, Lease.LOST}:
                    # what follows must not overtake it; returned at once, it blocks the group no longer than it
                    self._drop_group(groups, settlement, group)
        finally:
            self._drop_group(groups, settlement, group)

    def _drop_group(self, groups: GroupQueues, settlement: Settlement, group: str) -> None:
        for follower in groups.clear(group):
            settlement.give_back(follower)
            self._permits.release()

    async def _fetch_body(self, raw: SQSRawMessage) -> bool:
        """Whether the body is there, fetched from S3 if need be."""
        connection, _ = self.prepared
        if not raw.message_attributes or not connection.claim_check.is_pointer(raw):
            return True
        assert self._settlement is not None, "started"
        try:
            await connection.claim_check.fetch(raw)
        except InvalidMessageError as error:
            await self._settlement.reject(raw, describe_failure(error))
            return False
        except TransportError as error:
            self._log_problem(f"the body of message {raw.message_id} cannot be fetched: {error}")
            await self._settlement.nack(raw, None, None)
            return False
        return True

    async def _receive_one(self, timeout: float) -> SQSRawMessage | None:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            # a long poll is whole seconds and must not be cancelled: short ones fill the rest
            whole_seconds = min(max(int(deadline - loop.time()), 0), 20)
            messages = await self.receive(1, whole_seconds)
            if messages:
                (raw,) = self._take(messages)
                if await self._fetch_body(raw):
                    return raw
                continue
            left = deadline - loop.time()
            if left <= 0:
                return None
            await asyncio.sleep(min(0.05, left))

    async def _parse_outside(self, raw: Any) -> StreamMessage[Any] | None:
        context = self._outer_config.context
        async_parser, async_decoder = self._get_parser_and_decoder()
        message: StreamMessage[Any] | None = await process_msg(
            msg=raw,
            middlewares=(m(raw, context=context) for m in self._broker_middlewares),
            parser=async_parser,
            decoder=async_decoder,
        )
        if message is not None and self.ack_policy is AckPolicy.ACK_FIRST:
            await message.ack()
        return message

    def _make_response_publisher(self, message: StreamMessage[Any]) -> Sequence[PublisherProto]:
        return (SQSFakePublisher(self._outer_config.producer, queue=message.reply_to),)

    def _log_problem(self, problem: str, level: int = logging.WARNING) -> None:
        self._log(level, problem, extra=self.get_log_context(None))


class SubscriberWork:
    """A subscriber as its pollers see it."""

    def __init__(self, subscriber: SQSSubscriber) -> None:
        self.receive = subscriber.receive
        self.start: Callable[[list[WireMessage]], int] = subscriber.start_messages
        self.repair = subscriber.repair
        self.report = subscriber.report
