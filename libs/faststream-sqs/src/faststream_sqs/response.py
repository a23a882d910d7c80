"""Outgoing messages: commands for the producer, responses of handlers, items and results of batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Union

from faststream.exceptions import SetupError
from faststream.response import BatchPublishCommand, PublishCommand, PublishType, Response

from ._internal import SendableMessage
from .exceptions import TransportError


class DestinationType(StrEnum):
    """The destination of a message."""

    QUEUE = "queue"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The outcome of one message of a batch.

    Attributes:
        index: its position in the call.
        message_id: the id SQS or SNS gave it, None when it was not accepted.
        error: why it was not accepted, None when it was.
    """

    index: int
    message_id: str | None = None
    error: TransportError | None = None

    @property
    def ok(self) -> bool:
        """Returns whether it was accepted."""
        return self.error is None


class SQSResponse(Response):
    """A handler's return value when the reply needs more than a body.

    Args:
        body: the reply.
        headers: message attributes.
        correlation_id: by default that of the request.
        group_id: message group (required by FIFO queues and topics).
        deduplication_id: FIFO: equal ids within five minutes are one message.
        delay: seconds until it is visible (standard queues, at most 900).
        subject: SNS subject.
    """

    def __init__(
        self,
        body: SendableMessage = None,
        *,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        delay: int | None = None,
        subject: str | None = None,
    ) -> None:
        super().__init__(body, headers=headers, correlation_id=correlation_id)
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.delay = delay
        self.subject = subject

    def as_publish_command(self) -> "SQSPublishCommand":
        """The command for the producer; a publisher fills in the destination."""
        return SQSPublishCommand(
            self.body,
            headers=self.headers,
            correlation_id=self.correlation_id,
            group_id=self.group_id,
            deduplication_id=self.deduplication_id,
            delay=self.delay,
            subject=self.subject,
            _publish_type=PublishType.PUBLISH,
        )


class SQSPublishItem(SQSResponse):
    """One message of a `publish_batch` with attributes of its own.

    Args:
        body: bytes are sent as they are; anything else is encoded as usual.
        attributes: message attributes (headers) of this message, on top of the batch's.
        content_type: replaces the one that the body's type would get.
        correlation_id, group_id, deduplication_id, delay, subject: as in `SQSResponse`.
    """

    def __init__(
        self,
        body: SendableMessage = None,
        *,
        attributes: dict[str, Any] | None = None,
        content_type: str | None = None,
        correlation_id: str | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        delay: int | None = None,
        subject: str | None = None,
    ) -> None:
        super().__init__(
            body,
            headers=attributes,
            correlation_id=correlation_id,
            group_id=group_id,
            deduplication_id=deduplication_id,
            delay=delay,
            subject=subject,
        )
        self.content_type = content_type


class SQSPublishCommand(BatchPublishCommand):
    """One call of the producer."""

    def __init__(
        self,
        message: SendableMessage = None,
        /,
        *messages: SendableMessage,
        _publish_type: PublishType,
        queue: str | None = None,
        topic: str | None = None,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        reply_to: str = "",
        group_id: str | None = None,
        deduplication_id: str | None = None,
        delay: int | None = None,
        subject: str | None = None,
        timeout: float | None = 30.0,
        raise_on_failure: bool = True,
    ) -> None:
        super().__init__(
            message,
            *messages,
            _publish_type=_publish_type,
            headers=headers,
            correlation_id=correlation_id,
            reply_to=reply_to,
        )
        self.destination_type = DestinationType.QUEUE
        if queue or topic:
            self.set_destination(queue=queue, topic=topic)
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.delay = delay
        self.subject = subject
        self.timeout = timeout
        self.raise_on_failure = raise_on_failure

    def set_destination(self, *, queue: str | None = None, topic: str | None = None) -> None:
        """Names the queue or the topic.

        Raises:
            SetupError: both or neither are given.
        """
        if bool(queue) == bool(topic):
            raise SetupError("A message goes to a queue or to a topic: give exactly one of `queue` and `topic`.")
        self.destination_type = DestinationType.QUEUE if queue else DestinationType.TOPIC
        self.destination = queue or topic or ""

    @property
    def is_topic(self) -> bool:
        """Returns whether the destination is a topic."""
        return self.destination_type is DestinationType.TOPIC

    @classmethod
    def from_cmd(cls, cmd: Union["PublishCommand", "SQSPublishCommand"], *, batch: bool = False) -> "SQSPublishCommand":
        """The same command with this broker's options."""
        if isinstance(cmd, SQSPublishCommand):
            return cmd
        body, extra = cls._parse_bodies(cmd.body, batch=batch)
        return cls(
            body,
            *extra,
            queue=cmd.destination or None,
            headers=cmd.headers,
            correlation_id=cmd.correlation_id,
            reply_to=cmd.reply_to,
            _publish_type=cmd.publish_type,
        )


class BatchFailures(Response):
    """A batch handler returns this to say which of its messages (by position) failed.

    They are returned for another attempt; the others are deleted. A reply or a publisher gets `body`.
    """

    def __init__(self, failed: Sequence[int], body: SendableMessage = None) -> None:
        super().__init__(body)
        self.failed = tuple(failed)
