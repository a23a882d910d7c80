"""Encodes commands and hands them to the transport."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from faststream.exceptions import IncorrectState, SetupError
from faststream.message import gen_cor_id

from faststream_sqs._internal import (
    CodecProto,
    CustomCallable,
    DefaultCodec,
    IdGenerator,
    ParserComposition,
    ProducerProto,
)
from faststream_sqs.configs import Connection
from faststream_sqs.exceptions import DestinationNotFoundError, PublishBatchError, TransportError
from faststream_sqs.message import SQSRawMessage
from faststream_sqs.parser import SQSParser
from faststream_sqs.response import PublishResult, SQSPublishCommand
from faststream_sqs.schemas import SendBatch, Topic, is_fifo
from faststream_sqs.transport import EntryOutcome
from faststream_sqs.wire import SNS_MAX_BYTES, SQS_MAX_BYTES, Entry, chunk

from .encoding import encode_bodies
from .linger import LingeringSender
from .replies import ReplyInbox

if TYPE_CHECKING:
    from fast_depends.library.serializer import SerializerProto

_CHUNKS_AT_ONCE = 16
_NOT_CONNECTED = "The producer is not connected. Call `connect()` or `start()` of the broker first."


class SQSProducer(ProducerProto[SQSPublishCommand]):
    """Sends to queues and topics."""

    def __init__(
        self,
        parser: CustomCallable | None,
        decoder: CustomCallable | None,
        *,
        send: SendBatch | None = None,
        id_generator: IdGenerator = gen_cor_id,
    ) -> None:
        default = SQSParser()
        self._parser = ParserComposition(parser, default.parse_message)
        self._decoder = ParserComposition(decoder, default.decode_message)
        self.codec: CodecProto = DefaultCodec()
        self.serializer: SerializerProto | None = None
        self.id_generator = id_generator
        self._send = send
        self._sender: LingeringSender | None = None
        self._connection: Connection | None = None
        self._replies: ReplyInbox | None = None

    def connect(
        self, connection: Connection, *, serializer: "SerializerProto | None", codec: CodecProto | None
    ) -> None:
        """Binds the producer to an open connection."""
        self._connection = connection
        self.serializer = serializer
        self.codec = codec or DefaultCodec()
        self._replies = ReplyInbox(connection)
        if self._send is not None:
            self._sender = LingeringSender(self._send_chunk, self._send.linger)

    async def disconnect(self) -> None:
        """Sends what waits for company and closes the reply queue."""
        if self._sender is not None:
            await self._sender.close()
            self._sender = None
        if self._replies is not None:
            await self._replies.close()
            self._replies = None
        self._connection = None

    async def publish(self, cmd: SQSPublishCommand) -> str:
        """Sends one message; returns its id.

        Raises:
            TransportError: it was not accepted.
        """
        (entry,) = await self._encode(cmd, (cmd.body,))
        await self._connected.claim_check.store(entry, is_topic=cmd.is_topic)
        target = await self._address(cmd)
        if self._sender is not None and not is_fifo(target):
            return await self._sender.send((cmd.is_topic, target), entry)
        try:
            return await self._send_one(cmd.is_topic, target, entry)
        except DestinationNotFoundError:
            # a queue that was deleted since: its address is looked up (or it is made) once more
            self._connected.topology.forget(cmd.destination)
            return await self._send_one(cmd.is_topic, await self._address(cmd), entry)

    async def publish_batch(self, cmd: SQSPublishCommand) -> list[PublishResult]:
        """Sends messages in batches of ten; one result per message, in order.

        Raises:
            PublishBatchError: some were not accepted (unless the command asks for the results instead).
        """
        bodies = cmd.batch_bodies
        if not bodies:
            return []
        entries = await self._encode(cmd, bodies, batch=True)
        for entry in entries:
            await self._connected.claim_check.store(entry, is_topic=cmd.is_topic)
        target = await self._address(cmd)
        limit = SNS_MAX_BYTES if cmd.is_topic else SQS_MAX_BYTES
        chunks = chunk(list(enumerate(entries)), limit)
        if is_fifo(target):
            results = await self._send_in_order(cmd.is_topic, target, chunks)
        else:
            results = await self._send_at_once(cmd.is_topic, target, chunks)
        if cmd.raise_on_failure and any(result.error for result in results):
            raise PublishBatchError(results)
        return results

    async def request(self, cmd: SQSPublishCommand) -> SQSRawMessage:
        """Sends one message and waits for its answer.

        Raises:
            TimeoutError: no answer within the command's timeout.
        """
        replies = self._replies
        if replies is None:
            raise IncorrectState(_NOT_CONNECTED)
        correlation_id = cmd.correlation_id or self.id_generator()
        cmd.correlation_id = correlation_id
        async with asyncio.timeout(cmd.timeout):
            # a timeout that has passed already must not send anything
            await asyncio.sleep(0)
            cmd.reply_to = await replies.address()
            answer = replies.expect(correlation_id)
            try:
                await self.publish(cmd)
                raw = await answer
                if self._connected.claim_check.is_pointer(raw):
                    await self._connected.claim_check.fetch(raw)
                return raw
            finally:
                replies.forget(correlation_id, answer)

    @property
    def _connected(self) -> Connection:
        if self._connection is None:
            raise IncorrectState(_NOT_CONNECTED)
        return self._connection

    async def _address(self, cmd: SQSPublishCommand) -> str:
        topology = self._connected.topology
        if not cmd.destination:
            raise SetupError("A message goes to a queue or to a topic: give `queue` or `topic`.")
        if cmd.is_topic:
            return await topology.topic_arn(Topic(cmd.destination))
        return await topology.queue_url(cmd.destination)

    async def _encode(self, cmd: SQSPublishCommand, bodies: Sequence[Any], *, batch: bool = False) -> list[Entry]:
        return await encode_bodies(cmd, bodies, codec=self.codec, serializer=self.serializer, batch=batch)

    async def _send_one(self, is_topic: bool, target: str, entry: Entry) -> str:
        transport = self._connected.transport
        return await (transport.publish(target, entry) if is_topic else transport.send(target, entry))

    async def _send_chunk(self, where: tuple[bool, str], entries: Sequence[Entry]) -> list[EntryOutcome]:
        is_topic, target = where
        transport = self._connected.transport
        try:
            if is_topic:
                return await transport.publish_batch(target, entries)
            return await transport.send_batch(target, entries)
        except TransportError as error:
            return [EntryOutcome(error=error)] * len(entries)

    async def _send_numbered(
        self, is_topic: bool, target: str, numbered: Sequence[tuple[int, Entry]]
    ) -> list[PublishResult]:
        outcomes = await self._send_chunk((is_topic, target), [entry for _, entry in numbered])
        return [
            PublishResult(index, outcome.message_id, outcome.error)
            for (index, _), outcome in zip(numbered, outcomes, strict=True)
        ]

    async def _send_at_once(
        self, is_topic: bool, target: str, chunks: list[list[tuple[int, Entry]]]
    ) -> list[PublishResult]:
        if len(chunks) == 1:
            return await self._send_numbered(is_topic, target, chunks[0])
        gate = asyncio.Semaphore(_CHUNKS_AT_ONCE)

        async def send(numbered: list[tuple[int, Entry]]) -> list[PublishResult]:
            async with gate:
                return await self._send_numbered(is_topic, target, numbered)

        parts = await asyncio.gather(*(send(numbered) for numbered in chunks))
        return [result for part in parts for result in part]

    async def _send_in_order(
        self, is_topic: bool, target: str, chunks: list[list[tuple[int, Entry]]]
    ) -> list[PublishResult]:
        results: list[PublishResult] = []
        failure: TransportError | None = None
        for numbered in chunks:
            if failure is not None:
                # later messages must not overtake a failed one
                skipped = TransportError(f"not sent, because an earlier message of the batch failed: {failure}")
                results += [PublishResult(index, error=skipped) for index, _ in numbered]
                continue
            part = await self._send_numbered(is_topic, target, numbered)
            results += part
            failure = next((result.error for result in part if result.error is not None), None)
        return results
