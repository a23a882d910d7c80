"""The transport over aiobotocore."""

from collections.abc import Sequence
from typing import Any, Final

from faststream_sqs.exceptions import ServerError, TransportError
from faststream_sqs.schemas import is_fifo
from faststream_sqs.wire import Entry

from .clients import Clients
from .errors import from_code, from_exception
from .protocol import EntryOutcome, WireMessage

_SYSTEM_ATTRIBUTES: Final = ("ApproximateReceiveCount", "SentTimestamp", "AWSTraceHeader", "MessageGroupId")
_UNMENTIONED: Final = ServerError("the answer does not mention this entry")
_FIFO_ATTRIBUTES: Final = (*_SYSTEM_ATTRIBUTES, "MessageDeduplicationId", "SequenceNumber")


class BotocoreTransport:
    """Implements `Transport` with the clients of one broker."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def receive(
        self, queue_url: str, *, max_messages: int, wait_time: int, attempt_id: str | None = None
    ) -> list[WireMessage]:
        """See `Transport.receive`."""
        request: dict[str, Any] = {
            "QueueUrl": queue_url,
            "MaxNumberOfMessages": max_messages,
            "WaitTimeSeconds": wait_time,
            "MessageSystemAttributeNames": _FIFO_ATTRIBUTES if is_fifo(queue_url) else _SYSTEM_ATTRIBUTES,
            "MessageAttributeNames": ("All",),
        }
        if attempt_id is not None:
            request["ReceiveRequestAttemptId"] = attempt_id
        try:
            answer = await self._clients.polling.receive_message(**request)
        except Exception as error:
            raise from_exception(error) from error
        messages: list[WireMessage] = answer.get("Messages", [])  # type: ignore[assignment]
        return messages

    async def send(self, queue_url: str, entry: Entry) -> str:
        """See `Transport.send`."""
        try:
            answer = await self._clients.sqs.send_message(QueueUrl=queue_url, **_sqs_entry(entry))
            return answer["MessageId"]
        except Exception as error:
            raise from_exception(error) from error

    async def send_batch(self, queue_url: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """See `Transport.send_batch`."""
        numbered: Any = [{"Id": str(i), **_sqs_entry(entry)} for i, entry in enumerate(entries)]
        try:
            answer = await self._clients.sqs.send_message_batch(QueueUrl=queue_url, Entries=numbered)
        except Exception as error:
            raise from_exception(error) from error
        return _outcomes(len(entries), answer)

    async def delete_batch(self, queue_url: str, receipt_handles: Sequence[str]) -> list[TransportError | None]:
        """See `Transport.delete_batch`."""
        entries: Any = [{"Id": str(i), "ReceiptHandle": handle} for i, handle in enumerate(receipt_handles)]
        try:
            answer = await self._clients.settling.delete_message_batch(QueueUrl=queue_url, Entries=entries)
        except Exception as error:
            raise from_exception(error) from error
        return _failures(len(entries), answer)

    async def visibility_batch(self, queue_url: str, changes: Sequence[tuple[str, int]]) -> list[TransportError | None]:
        """See `Transport.visibility_batch`."""
        entries: Any = [
            {"Id": str(i), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for i, (handle, seconds) in enumerate(changes)
        ]
        try:
            answer = await self._clients.settling.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
        except Exception as error:
            raise from_exception(error) from error
        return _failures(len(entries), answer)

    async def publish(self, topic_arn: str, entry: Entry) -> str:
        """See `Transport.publish`."""
        sns = await self._clients.sns()
        try:
            answer = await sns.publish(TopicArn=topic_arn, **_sns_entry(entry))
            return answer["MessageId"]
        except Exception as error:
            raise from_exception(error) from error

    async def publish_batch(self, topic_arn: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """See `Transport.publish_batch`."""
        sns = await self._clients.sns()
        numbered: Any = [{"Id": str(i), **_sns_entry(entry)} for i, entry in enumerate(entries)]
        try:
            answer = await sns.publish_batch(TopicArn=topic_arn, PublishBatchRequestEntries=numbered)
        except Exception as error:
            raise from_exception(error) from error
        return _outcomes(len(entries), answer)


def _sqs_entry(entry: Entry) -> dict[str, Any]:
    request: dict[str, Any] = {"MessageBody": entry.body}
    if entry.delay is not None:
        request["DelaySeconds"] = entry.delay
    return _with_common(request, entry)


def _sns_entry(entry: Entry) -> dict[str, Any]:
    request: dict[str, Any] = {"Message": entry.body}
    if entry.subject:
        request["Subject"] = entry.subject
    return _with_common(request, entry)


def _with_common(request: dict[str, Any], entry: Entry) -> dict[str, Any]:
    if entry.attributes:
        request["MessageAttributes"] = entry.attributes
    if entry.group_id is not None:
        request["MessageGroupId"] = entry.group_id
    if entry.deduplication_id is not None:
        request["MessageDeduplicationId"] = entry.deduplication_id
    return request


def _outcomes(count: int, answer: Any) -> list[EntryOutcome]:
    # an entry that the answer does not name at all was not accepted either
    outcomes = [EntryOutcome(error=_UNMENTIONED)] * count
    for success in answer.get("Successful", ()):
        outcomes[int(success["Id"])] = EntryOutcome(message_id=success["MessageId"])
    for failure in answer.get("Failed", ()):
        outcomes[int(failure["Id"])] = EntryOutcome(error=_entry_error(failure))
    return outcomes


def _failures(count: int, answer: Any) -> list[TransportError | None]:
    # an entry that the answer does not name at all was not changed either
    failures: list[TransportError | None] = [_UNMENTIONED] * count
    for success in answer.get("Successful", ()):
        failures[int(success["Id"])] = None
    for failure in answer.get("Failed", ()):
        failures[int(failure["Id"])] = _entry_error(failure)
    return failures


def _entry_error(failure: Any) -> TransportError:
    status = 400 if failure.get("SenderFault", True) else 500
    return from_code(failure.get("Code", "Unknown"), failure.get("Message", ""), status=status)
