"""A subscriber as FastStream sees it: options, life, messages by hand."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from faststream.exceptions import IncorrectState
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
from faststream_sqs.parser import SQSParser
from faststream_sqs.publisher.fake import SQSFakePublisher
from faststream_sqs.schemas import Queue, Topic

from .config import SQSSubscriberConfig
from .fifo import FifoIntake
from .intake import Intake, IntakeOptions
from .settlement import SettlementOptions


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
        self._intake: Intake | None = None
        self._full_name: str | None = None
        self._paused = False
        self._stopped: asyncio.Future[None] | None = None

    @property
    def queue(self) -> Queue:
        """The queue under its full name."""
        return self._options.queue.add_prefix(self._outer_config.prefix)

    @property
    def topics(self) -> list[Topic]:
        """The topics it is subscribed to, under their full names."""
        return [topic.add_prefix(self._outer_config.prefix) for topic in self._options.topics]

    @property
    def paused(self) -> bool:
        """Returns whether `pause` holds."""
        return self._paused

    @property
    def busy(self) -> int:
        """Returns how many handlers are at work."""
        return self._intake.busy if self._intake is not None else 0

    async def start(self) -> None:
        """Declares the queue and its subscriptions and starts to consume."""
        if self._intake is not None:
            return
        self._full_name = self.queue.name
        await super().start()
        connection = self._outer_config.connection
        if not connection.offline:
            self._intake = await self._open_intake(connection)
        self._post_start()
        if self._intake is not None and self.calls:
            if self._paused:
                self._intake.pause()
            self._intake.pollers.start()

    def pause(self) -> None:
        """Stops receiving, for instance while the database behind the handler is away; handlers at work go on.

        What a poll under way still brings is kept (its visibility is extended) and handled after `resume`, so
        that a pause costs no receive count.
        """
        self._paused = True
        if self._intake is not None:
            self._intake.pause()

    def resume(self) -> None:
        """Receives again after `pause`."""
        self._paused = False
        if self._intake is not None:
            self._intake.resume()

    async def stop(self) -> None:
        """Stops in this order: no new polls; polls under way end; handlers drain; late ones are cancelled and
        their messages returned; acknowledgements are flushed.

        Polls and handlers share the broker's `graceful_timeout`.
        """
        self.running = False
        intake = self._intake
        if intake is None:
            return
        if self._stopped is not None:
            # StopConsume in a handler and the broker's stop may meet; the handler must not wait for itself
            if not intake.owns(asyncio.current_task()):
                await asyncio.wait({self._stopped})
            return
        self._stopped = asyncio.get_running_loop().create_future()
        try:
            await intake.stop(self._outer_config.graceful_timeout or 0)
        finally:
            self._intake = None
            self._stopped.set_result(None)
            self._stopped = None

    async def get_one(self, *, timeout: float = 5.0) -> StreamMessage[Any] | None:  # noqa: ASYNC109 - FastStream's
        """Receives one message, or None after `timeout` seconds. It is the caller's to settle."""
        intake = self._by_hand("get_one")
        raw = await intake.receive_one(timeout)
        return await self._parse(raw) if raw is not None else None

    async def __aiter__(self) -> AsyncIterator[StreamMessage[Any]]:
        """Receives messages one by one. Each is the caller's to settle."""
        intake = self._by_hand("iteration")
        while True:
            raw = await intake.receive_one(float(self._wait_time))
            if raw is not None and (message := await self._parse(raw)) is not None:
                yield message

    def get_log_context(self, message: StreamMessage[Any] | None) -> dict[str, str]:
        """The queue and the message id for log records."""
        # asked for every message; before the start routers may still add prefixes
        queue = self._full_name or self.queue.name
        return {"queue": queue, "message_id": message.message_id if message is not None else ""}

    def _set_parser(self, config: SQSSubscriberConfig) -> None:
        parser = SQSParser()
        config.parser = parser.parse_message
        config.decoder = parser.decode_message

    @property
    def _intake_class(self) -> type[Intake]:
        return FifoIntake if self.queue.fifo else Intake

    @property
    def _wait_time(self) -> int:
        own = self._options.wait_time
        return own if own is not None else self._outer_config.wait_time

    async def _open_intake(self, connection: Connection) -> Intake:
        info = await connection.topology.ensure_queue(self.queue)
        await connection.topology.subscribe(info, self.topics)
        options = self._options
        return self._intake_class(
            connection,
            self.queue,
            self.topics,
            info,
            IntakeOptions(
                max_workers=options.max_workers,
                fair=options.fair,
                wait_time=self._wait_time,
                batch_size=options.batch_size,
                manual_ack=self.ack_policy is AckPolicy.MANUAL,
                settlement=SettlementOptions(
                    ack_linger=options.ack_linger,
                    extend=options.extend_visibility,
                    retry=options.retry,
                    on_reject=options.on_reject,
                    reject_on=options.reject_on,
                    ack_first=self.ack_policy is AckPolicy.ACK_FIRST,
                ),
            ),
            handle=self.consume,
            log=self._log_problem,
        )

    def _by_hand(self, what: str) -> Intake:
        # FastStream's brokers answer with an AssertionError here, and callers may rely on it
        if self.calls:
            raise AssertionError(f"You can't use {what} if the subscriber has registered handlers.")
        if self._intake is None:
            raise IncorrectState("The subscriber is not started.")
        return self._intake

    async def _parse(self, raw: Any) -> StreamMessage[Any] | None:
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
