"""The queue on which a broker receives answers to its own requests."""

import asyncio
from collections import deque
from contextlib import suppress
from uuid import uuid4

from faststream_sqs.configs import Connection
from faststream_sqs.exceptions import DestinationNotFoundError, TransportError
from faststream_sqs.message import SQSRawMessage
from faststream_sqs.transport import WireMessage
from faststream_sqs.transport.errors import from_exception
from faststream_sqs.wire import CORRELATION_ID

_RETENTION = 300
"""Seconds. A late reply has no reader."""

_WAIT_TIME = 1


class ReplyInbox:
    """One temporary queue per broker, made at the first request, polled while answers are expected."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._name = f"faststream-reply-{uuid4()}"
        self._url: str | None = None
        self._creating = asyncio.Lock()
        self._expected: dict[str, deque[asyncio.Future[SQSRawMessage]]] = {}
        self._poller: asyncio.Task[None] | None = None

    async def address(self) -> str:
        """The name of the reply queue; the first call makes it."""
        async with self._creating:
            if self._url is None:
                try:
                    answer = await self._connection.clients.sqs.create_queue(
                        QueueName=self._name, Attributes={"MessageRetentionPeriod": str(_RETENTION)}
                    )
                except Exception as error:
                    raise from_exception(error) from error
                self._url = answer["QueueUrl"]
        return self._name

    def expect(self, correlation_id: str) -> asyncio.Future[SQSRawMessage]:
        """A future for the next answer with this correlation id."""
        answer: asyncio.Future[SQSRawMessage] = asyncio.get_running_loop().create_future()
        self._expected.setdefault(correlation_id, deque()).append(answer)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        return answer

    def forget(self, correlation_id: str, answer: asyncio.Future[SQSRawMessage]) -> None:
        """Stops waiting for an answer."""
        waiting = self._expected.get(correlation_id)
        if waiting is not None:
            with suppress(ValueError):
                waiting.remove(answer)
            if not waiting:
                del self._expected[correlation_id]

    async def close(self) -> None:
        """Stops polling and deletes the queue."""
        self._expected.clear()
        if self._poller is not None:
            # the queue is deleted on stop, so a message lost to a cancelled poll has no reader
            self._poller.cancel()
            with suppress(asyncio.CancelledError):
                await self._poller
        if self._url is not None:
            with suppress(Exception):
                await self._connection.clients.sqs.delete_queue(QueueUrl=self._url)
            self._url = None

    async def _poll(self) -> None:
        transport = self._connection.transport
        while self._expected and (url := self._url) is not None:
            try:
                received = await transport.receive(url, max_messages=10, wait_time=_WAIT_TIME)
                if received:
                    await transport.delete_batch(url, [wire["ReceiptHandle"] for wire in received])
            except DestinationNotFoundError as error:
                self._fail(error)
                return
            except TransportError:
                await asyncio.sleep(0.2)
                continue
            for wire in received:
                self._deliver(wire)

    def _deliver(self, wire: WireMessage) -> None:
        attribute = (wire.get("MessageAttributes") or {}).get(CORRELATION_ID)
        waiting = self._expected.get(attribute["StringValue"]) if attribute else None
        if waiting:
            answer = waiting.popleft()
            if not answer.done():
                answer.set_result(SQSRawMessage(wire, queue=self._name))

    def _fail(self, error: TransportError) -> None:
        self._url = None
        for waiting in self._expected.values():
            for answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
