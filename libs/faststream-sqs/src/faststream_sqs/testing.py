"""Runs handlers in memory, without SQS."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast, overload
from unittest.mock import MagicMock
from uuid import uuid4

import anyio
from faststream.exceptions import SubscriberNotFound

from ._internal import (
    DefaultCodec,
    EnterType,
    ParserComposition,
    TestBroker,
    change_producer,
)
from .broker.broker import SQSBroker
from .configs import Connection
from .filter_policy import matches
from .message import SQSRawMessage
from .parser import SQSParser
from .publisher import SQSProducer, SQSPublisher
from .response import PublishResult, SQSPublishCommand
from .schemas import FIFO_SUFFIX, Queue, Topic
from .subscriber import SQSBatchSubscriber, SQSSubscriber
from .wire import Entry

__all__ = ("FakeProducer", "TestSQSBroker")

_BATCH = 10


class TestSQSBroker(TestBroker[SQSBroker, EnterType], broker=SQSBroker):
    """Hands published messages directly to the subscribers of the queue, or of queues subscribed to the topic.

    With `with_real=True` the broker's real connection is used and only the calls are recorded.
    """

    @overload
    def __init__(
        self: "TestSQSBroker[SQSBroker]",
        broker: SQSBroker,
        /,
        *,
        with_real: bool = False,
        connect_only: bool | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: "TestSQSBroker[tuple[SQSBroker, ...]]",
        *brokers: SQSBroker,
        with_real: bool = False,
        connect_only: bool | None = None,
    ) -> None: ...

    def __init__(self, *brokers: SQSBroker, with_real: bool = False, connect_only: bool | None = None) -> None:
        super().__init__(*brokers, with_real=with_real, connect_only=connect_only)

    def create_publisher_fake_subscriber(self, broker: SQSBroker, publisher: Any) -> tuple[SQSSubscriber, bool]:
        """The subscriber that receives what a publisher sends, and whether it is the application's own."""
        own = cast("SQSPublisher", publisher)
        destination = own.destination
        for subscriber in _subscribers(self.brokers):
            if _receives(subscriber, destination):
                return subscriber, True
        if isinstance(destination, Topic):
            name = destination.name.rpartition(":")[2].removesuffix(FIFO_SUFFIX)
            queue = Queue(f"{name}-test{FIFO_SUFFIX if destination.fifo else ''}")
            return broker.subscriber(queue, topics=[Topic(destination.name)], persistent=False), False
        return broker.subscriber(destination, batch=own.batch, persistent=False), False

    @contextmanager
    def _patch_producer(self, broker: SQSBroker) -> Generator[None, None, None]:
        with change_producer(broker.config.broker_config, FakeProducer(broker, self.brokers)):
            yield

    @contextmanager
    def _patch_broker(self, broker: SQSBroker) -> Generator[None, None, None]:
        config = broker.config.broker_config
        before = config.current_connection
        config.current_connection = _offline()
        try:
            with super()._patch_broker(broker):
                yield
        finally:
            config.current_connection = before

    async def _fake_connect(self, broker: SQSBroker, *_: Any, **__: Any) -> Any:
        return broker.config.broker_config.connection


class FakeProducer(SQSProducer):
    """Calls the matching subscribers instead of sending."""

    def __init__(self, broker: SQSBroker, brokers: Sequence[SQSBroker]) -> None:
        super().__init__(None, None, id_generator=broker.config.id_generator)
        default = SQSParser()
        self._parser = ParserComposition(broker._parser, default.parse_message)
        self._decoder = ParserComposition(broker._decoder, default.decode_message)
        self.broker = broker
        self.brokers = brokers
        self.codec = broker.config.broker_codec or DefaultCodec()
        self.serializer = broker.config.fd_config._serializer

    async def publish(self, cmd: SQSPublishCommand) -> str:
        """Runs the handlers of every queue that gets the message."""
        (entry,) = await self._encode(cmd, (cmd.body,))
        message_id = str(uuid4())
        for subscriber in self._receivers(cmd, entry):
            await _deliver(subscriber, [_raw(entry, subscriber.queue.name, message_id)])
        return message_id

    async def publish_batch(self, cmd: SQSPublishCommand) -> list[PublishResult]:
        """Runs the handlers for every message, batch handlers for ten at a time."""
        entries = await self._encode(cmd, cmd.batch_bodies, batch=True)
        for subscriber in _subscribers(self.brokers):
            raws = [
                _raw(entry, subscriber.queue.name, str(uuid4()))
                for entry in entries
                if _accepts(subscriber, cmd, entry)
            ]
            if raws:
                await _deliver(subscriber, raws)
        return [PublishResult(index, str(uuid4())) for index in range(len(entries))]

    async def request(self, cmd: SQSPublishCommand) -> SQSRawMessage:
        """Runs the first matching handler and returns its result."""
        (entry,) = await self._encode(cmd, (cmd.body,))
        for subscriber in self._receivers(cmd, entry):
            raw: Any = _raw(entry, subscriber.queue.name, str(uuid4()))
            if isinstance(subscriber, SQSBatchSubscriber):
                raw = [raw]
            with anyio.fail_after(cmd.timeout):
                result = await subscriber.process_message(raw)
            answer = SQSPublishCommand.from_cmd(result.as_publish_command())
            (reply,) = await self._encode(answer, (answer.body,))
            return _raw(reply, subscriber.queue.name, str(uuid4()))
        raise SubscriberNotFound

    def _receivers(self, cmd: SQSPublishCommand, entry: Entry) -> Iterator[SQSSubscriber]:
        seen: set[str] = set()
        for subscriber in _subscribers(self.brokers):
            # several subscribers of one queue share its messages
            if subscriber.queue.name not in seen and _accepts(subscriber, cmd, entry):
                seen.add(subscriber.queue.name)
                yield subscriber


def _subscribers(brokers: Iterable[SQSBroker]) -> list[SQSSubscriber]:
    return [cast("SQSSubscriber", subscriber) for broker in brokers for subscriber in broker.subscribers]


def _receives(subscriber: SQSSubscriber, destination: Queue | Topic) -> bool:
    if isinstance(destination, Topic):
        return any(topic.name == destination.name for topic in subscriber.topics)
    return subscriber.queue.name == destination.name


def _accepts(subscriber: SQSSubscriber, cmd: SQSPublishCommand, entry: Entry) -> bool:
    if not cmd.is_topic:
        return subscriber.queue.name == cmd.destination
    return any(topic.name == cmd.destination and matches(topic, entry) for topic in subscriber.topics)


async def _deliver(subscriber: SQSSubscriber, raws: list[SQSRawMessage]) -> None:
    if isinstance(subscriber, SQSBatchSubscriber):
        for start in range(0, len(raws), _BATCH):
            await subscriber.process_message(raws[start : start + _BATCH])
        return
    for raw in raws:
        await subscriber.process_message(raw)


def _raw(entry: Entry, queue: str, message_id: str) -> SQSRawMessage:
    attributes = {"ApproximateReceiveCount": "1"}
    if entry.group_id is not None:
        attributes["MessageGroupId"] = entry.group_id
    wire = {
        "MessageId": message_id,
        "ReceiptHandle": message_id,
        "Body": entry.body,
        "Attributes": attributes,
        "MessageAttributes": dict(entry.attributes),
    }
    return SQSRawMessage(wire, queue=queue)


def _offline() -> Connection:
    return Connection(
        clients=MagicMock(), transport=MagicMock(), topology=MagicMock(), claim_check=MagicMock(), offline=True
    )
