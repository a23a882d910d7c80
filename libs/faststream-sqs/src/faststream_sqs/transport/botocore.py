"""The transport over aiobotocore."""

from collections.abc import Sequence
from typing import Any

from faststream_sqs.exceptions import TransportError
from faststream_sqs.wire import Entry

from .clients import Clients
from .entries import (
    delete_entries,
    failures,
    outcomes,
    receive_request,
    sns_entry,
    sqs_entry,
    visibility_entries,
)
from .errors import from_exception
from .protocol import EntryOutcome, WireMessage


class BotocoreTransport:
    """Implements `Transport` with the clients of one broker."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @classmethod
    async def open(cls, clients: Clients) -> "BotocoreTransport":
        """A transport over open clients."""
        return cls(clients)

    async def close(self) -> None:
        """Has nothing of its own to close."""

    async def receive(
        self, queue_url: str, *, max_messages: int, wait_time: int, attempt_id: str | None = None
    ) -> list[WireMessage]:
        """See `Transport.receive`."""
        request = receive_request(queue_url, max_messages, wait_time, attempt_id)
        try:
            answer = await self._clients.polling.receive_message(**request)
        except Exception as error:
            raise from_exception(error) from error
        messages: list[WireMessage] = answer.get("Messages", [])  # type: ignore[assignment]
        return messages

    async def send(self, queue_url: str, entry: Entry) -> str:
        """See `Transport.send`."""
        try:
            answer = await self._clients.sqs.send_message(QueueUrl=queue_url, **sqs_entry(entry))
            return answer["MessageId"]
        except Exception as error:
            raise from_exception(error) from error

    async def send_batch(self, queue_url: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """See `Transport.send_batch`."""
        numbered: Any = [{"Id": str(i), **sqs_entry(entry)} for i, entry in enumerate(entries)]
        try:
            answer = await self._clients.sqs.send_message_batch(QueueUrl=queue_url, Entries=numbered)
        except Exception as error:
            raise from_exception(error) from error
        return outcomes(len(entries), answer)

    async def delete_batch(self, queue_url: str, receipt_handles: Sequence[str]) -> list[TransportError | None]:
        """See `Transport.delete_batch`."""
        entries: Any = delete_entries(receipt_handles)
        try:
            answer = await self._clients.settling.delete_message_batch(QueueUrl=queue_url, Entries=entries)
        except Exception as error:
            raise from_exception(error) from error
        return failures(len(entries), answer)

    async def visibility_batch(self, queue_url: str, changes: Sequence[tuple[str, int]]) -> list[TransportError | None]:
        """See `Transport.visibility_batch`."""
        entries: Any = visibility_entries(changes)
        try:
            answer = await self._clients.settling.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
        except Exception as error:
            raise from_exception(error) from error
        return failures(len(entries), answer)

    async def publish(self, topic_arn: str, entry: Entry) -> str:
        """See `Transport.publish`."""
        sns = await self._clients.sns()
        try:
            answer = await sns.publish(TopicArn=topic_arn, **sns_entry(entry))
            return answer["MessageId"]
        except Exception as error:
            raise from_exception(error) from error

    async def publish_batch(self, topic_arn: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """See `Transport.publish_batch`."""
        sns = await self._clients.sns()
        numbered: Any = [{"Id": str(i), **sns_entry(entry)} for i, entry in enumerate(entries)]
        try:
            answer = await sns.publish_batch(TopicArn=topic_arn, PublishBatchRequestEntries=numbered)
        except Exception as error:
            raise from_exception(error) from error
        return outcomes(len(entries), answer)
