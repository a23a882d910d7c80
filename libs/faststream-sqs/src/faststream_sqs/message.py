"""Messages as handlers see them: the content, and the ways to settle it."""

import sys
from collections.abc import Awaitable, Iterable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from faststream.exceptions import HandlerException
from faststream.message import StreamMessage

from .transport.protocol import WireMessage
from .wire import Attribute

_BOTO_NAMES = {
    "MessageId": "message_id",
    "ReceiptHandle": "receipt_handle",
    "Body": "body",
    "Attributes": "attributes",
    "MessageAttributes": "message_attributes",
}


class Lease(StrEnum):
    """The state of a received message."""

    HELD = "held"
    """Hidden from others, not settled."""
    DELETED = "deleted"
    """Acknowledged or copied to the dead-letter queue; its delete is on the way."""
    RETURNED = "returned"
    """Given back for another attempt."""
    LOST = "lost"
    """The visibility timeout passed, or another consumer deleted it: it can no longer be settled here."""


class Settler(Protocol):
    """Settles the messages of one queue."""

    def ack(self, raw: "SQSRawMessage") -> Awaitable[None] | None:
        """Deletes the message, together with others. The result, if any, is to be awaited."""
        ...

    async def nack(self, raw: "SQSRawMessage", delay: float | None, error: BaseException | None) -> bool:
        """Gives the message back; False when it was rejected instead (the error is one never to retry)."""
        ...

    async def reject(self, raw: "SQSRawMessage", reason: str) -> None:
        """Copies the message to the dead-letter queue, then deletes it."""
        ...


class SQSRawMessage:
    """A message as received.

    Attributes:
        message_id: SQS's id, a UUID.
        receipt_handle: what settles this delivery.
        body: the text on the wire.
        attributes: SQS's own attributes (`ApproximateReceiveCount`, `SentTimestamp` …).
        message_attributes: the sender's attributes in SQS's JSON form.
        queue: the name of the queue it came from.
        lease: where it stands.
        received_at: the event loop's time of the receive, in seconds.
        s3_pointer: (bucket, key) of the body, when it was kept in S3.
    """

    __slots__ = (
        "attributes",
        "body",
        "lease",
        "message_attributes",
        "message_id",
        "queue",
        "receipt_handle",
        "received_at",
        "s3_pointer",
        "settler",
    )

    def __init__(
        self, wire: WireMessage, *, queue: str, settler: Settler | None = None, received_at: float = 0.0
    ) -> None:
        self.message_id: str = wire["MessageId"]
        self.receipt_handle: str = wire["ReceiptHandle"]
        self.body: str = wire.get("Body", "")
        self.attributes: dict[str, str] = wire.get("Attributes") or {}
        self.message_attributes: dict[str, Attribute] = wire.get("MessageAttributes") or {}
        self.queue = queue
        self.lease = Lease.HELD
        self.received_at = received_at
        self.s3_pointer: tuple[str, str] | None = None
        self.settler = settler

    @property
    def receive_count(self) -> int:
        """Returns how often SQS has handed this message out, this time included."""
        return int(self.attributes.get("ApproximateReceiveCount", 1))

    @property
    def group_id(self) -> str | None:
        """The message group (FIFO order, fair queues)."""
        return self.attributes.get("MessageGroupId")

    def __getitem__(self, name: str) -> Any:
        """A part under the name it has in boto3's answers, for instance `raw["Body"]`."""
        return getattr(self, _BOTO_NAMES[name])

    def __setitem__(self, name: str, value: Any) -> None:
        """Replaces a part under its boto3 name."""
        setattr(self, _BOTO_NAMES[name], value)

    def __repr__(self) -> str:
        return f"SQSRawMessage(queue={self.queue!r}, message_id={self.message_id!r}, lease={self.lease.value!r})"


class SQSMessage(StreamMessage[SQSRawMessage]):
    """A message in a handler.

    `ack` deletes it, `nack` returns it for another attempt, `reject` moves it to the dead-letter queue. The first
    of them counts; later calls do nothing.
    """

    @property
    def receive_count(self) -> int:
        """Returns how often SQS has handed this message out, this time included."""
        return self.raw_message.receive_count

    @property
    def group_id(self) -> str | None:
        """The message group (FIFO order, fair queues)."""
        return self.raw_message.group_id

    async def ack(self) -> None:
        """Deletes the message. The delete is sent together with others within the subscriber's `ack_linger`."""
        raw = self.raw_message
        if self.committed is None and raw.settler is not None and (pending := raw.settler.ack(raw)):
            await pending
        await super().ack()

    async def nack(self, delay: float | None = None) -> None:
        """Returns the message for another attempt.

        Args:
            delay: seconds until it is visible again. None: the subscriber's `retry` decides by receive count.
        """
        settler = self.raw_message.settler
        if (
            self.committed is None
            and settler is not None
            and not await settler.nack(self.raw_message, delay, sys.exception())
        ):
            await super().reject()
        await super().nack()

    async def reject(self, reason: str | None = None) -> None:
        """Moves the message to the dead-letter queue (or deletes it, by the subscriber's `on_reject`).

        Args:
            reason: kept as an attribute of the copy. None: the exception being handled, if any.

        Raises:
            TransportError: the copy could not be sent; the message is not deleted.
        """
        settler = self.raw_message.settler
        if self.committed is None and settler is not None:
            await settler.reject(self.raw_message, reason or describe_failure(sys.exception()))
        await super().reject()


class SQSBatchMessage(StreamMessage[Sequence[SQSRawMessage]]):
    """The messages of one receive in a batch handler. `ack` deletes all but those marked by `fail`."""

    def __init__(self, raw_message: Sequence[SQSRawMessage], body: Any, **options: Any) -> None:
        super().__init__(raw_message, body, **options)
        self._failed: dict[int, str | None] = {}

    def fail(self, *indexes: int, reason: str | None = None) -> None:
        """Marks messages (by position) as failed: they are returned, the others are deleted.

        In a FIFO queue everything behind a failed message of the same group is returned too.
        """
        for index in indexes:
            if not 0 <= index < len(self.raw_message):
                raise IndexError(f"the batch has {len(self.raw_message)} messages, there is no {index}")
            self._failed[index] = reason

    async def ack(self) -> None:
        """Deletes the messages that did not fail and returns the others."""
        if self.committed is None:
            failed = self._with_followers()
            await self._each(i for i in range(len(self.raw_message)) if i not in failed)
            await self._nack(failed, None)
        await super().ack()

    async def nack(self, delay: float | None = None) -> None:
        """Returns all messages for another attempt (see `SQSMessage.nack`)."""
        if self.committed is None:
            await self._nack(range(len(self.raw_message)), delay)
        await super().nack()

    async def reject(self, reason: str | None = None) -> None:
        """Moves all messages to the dead-letter queue (see `SQSMessage.reject`)."""
        if self.committed is None:
            text = reason or describe_failure(sys.exception())
            for raw in self.raw_message:
                if raw.settler is not None:
                    await raw.settler.reject(raw, text)
        await super().reject()

    async def _each(self, indexes: Iterable[int]) -> None:
        pending = []
        for index in indexes:
            raw = self.raw_message[index]
            if raw.settler is not None and (waiting := raw.settler.ack(raw)):
                pending.append(waiting)
        for waiting in pending:
            await waiting

    async def _nack(self, indexes: Iterable[int], delay: float | None) -> None:
        error = sys.exception()
        for index in indexes:
            raw = self.raw_message[index]
            if raw.settler is not None:
                await raw.settler.nack(raw, delay, error)

    def _with_followers(self) -> list[int]:
        failed: list[int] = []
        stopped_groups: set[str] = set()
        for index, raw in enumerate(self.raw_message):
            group = raw.group_id if raw.queue.endswith(".fifo") else None
            if index in self._failed or group in stopped_groups:
                failed.append(index)
                if group is not None:
                    stopped_groups.add(group)
        return failed


def describe_failure(error: BaseException | None) -> str:
    """The reason that a failure leaves in the dead-letter queue."""
    if isinstance(error, HandlerException):
        # "Message was rejected" says nothing; what led to it may
        error = error.__cause__ or error.__context__
    return f"{type(error).__name__}: {error}" if error is not None else "rejected"
