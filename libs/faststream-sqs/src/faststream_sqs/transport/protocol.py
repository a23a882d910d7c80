"""The seven operations that carry the traffic.

Everything that happens per message goes through these; what happens once (declaring queues, finding ARNs) uses
the AWS clients directly. An implementation raises only errors of `faststream_sqs.exceptions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from faststream_sqs.exceptions import TransportError
from faststream_sqs.wire import Entry

WireMessage: TypeAlias = dict[str, Any]
"""A received message in SQS's JSON form: MessageId, ReceiptHandle, Body, Attributes, MessageAttributes."""


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """The outcome of one entry of a batch: its message id, or the error."""

    message_id: str | None = None
    error: TransportError | None = None


class Transport(Protocol):
    """The traffic between us and SQS/SNS. Queues are given by URL, topics by ARN, times in seconds."""

    async def receive(
        self, queue_url: str, *, max_messages: int, wait_time: int, attempt_id: str | None = None
    ) -> list[WireMessage]:
        """Waits up to `wait_time` for up to ten messages; an empty list when none came."""
        ...

    async def send(self, queue_url: str, entry: Entry) -> str:
        """Sends one message and returns its id."""
        ...

    async def send_batch(self, queue_url: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """Sends up to ten messages. Raises only when none was accepted; else one outcome per entry."""
        ...

    async def delete_batch(self, queue_url: str, receipt_handles: Sequence[str]) -> list[TransportError | None]:
        """Deletes up to ten messages; None for each that is gone."""
        ...

    async def visibility_batch(self, queue_url: str, changes: Sequence[tuple[str, int]]) -> list[TransportError | None]:
        """Hides up to ten messages (receipt handle, seconds from now); None for each that was changed."""
        ...

    async def publish(self, topic_arn: str, entry: Entry) -> str:
        """Publishes one message and returns its id."""
        ...

    async def publish_batch(self, topic_arn: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """Publishes up to ten messages. Raises only when none was accepted; else one outcome per entry."""
        ...

    async def close(self) -> None:
        """Closes its connections. No operation is under way any more."""
        ...
