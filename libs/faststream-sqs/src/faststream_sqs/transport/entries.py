"""The parts of requests and answers that both transports share."""

from collections.abc import Sequence
from typing import Any, Final

from faststream_sqs.exceptions import ServerError, TransportError
from faststream_sqs.schemas import is_fifo
from faststream_sqs.wire import Entry

from .errors import from_code
from .protocol import EntryOutcome

_SYSTEM_ATTRIBUTES: Final = ("ApproximateReceiveCount", "SentTimestamp", "AWSTraceHeader", "MessageGroupId")
_FIFO_ATTRIBUTES: Final = (*_SYSTEM_ATTRIBUTES, "MessageDeduplicationId", "SequenceNumber")
_UNMENTIONED: Final = ServerError("the answer does not mention this entry")


def receive_request(queue_url: str, max_messages: int, wait_time: int, attempt_id: str | None) -> dict[str, Any]:
    """The parameters of ReceiveMessage."""
    request: dict[str, Any] = {
        "QueueUrl": queue_url,
        "MaxNumberOfMessages": max_messages,
        "WaitTimeSeconds": wait_time,
        "MessageSystemAttributeNames": _FIFO_ATTRIBUTES if is_fifo(queue_url) else _SYSTEM_ATTRIBUTES,
        "MessageAttributeNames": ("All",),
    }
    if attempt_id is not None:
        request["ReceiveRequestAttemptId"] = attempt_id
    return request


def sqs_entry(entry: Entry) -> dict[str, Any]:
    """A message in the form of SendMessage."""
    request: dict[str, Any] = {"MessageBody": entry.body}
    if entry.delay is not None:
        request["DelaySeconds"] = entry.delay
    return _with_common(request, entry)


def sns_entry(entry: Entry) -> dict[str, Any]:
    """A message in the form of Publish."""
    request: dict[str, Any] = {"Message": entry.body}
    if entry.subject:
        request["Subject"] = entry.subject
    return _with_common(request, entry)


def delete_entries(receipt_handles: Sequence[str]) -> list[dict[str, Any]]:
    """The entries of DeleteMessageBatch."""
    return [{"Id": str(i), "ReceiptHandle": handle} for i, handle in enumerate(receipt_handles)]


def visibility_entries(changes: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """The entries of ChangeMessageVisibilityBatch."""
    return [
        {"Id": str(i), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
        for i, (handle, seconds) in enumerate(changes)
    ]


def outcomes(count: int, answer: Any) -> list[EntryOutcome]:
    """Returns the outcomes of the entries of a sent batch."""
    # an entry that the answer does not name at all was not accepted either
    found = [EntryOutcome(error=_UNMENTIONED)] * count
    for success in answer.get("Successful") or ():
        found[int(success["Id"])] = EntryOutcome(message_id=success["MessageId"])
    for failure in answer.get("Failed") or ():
        found[int(failure["Id"])] = EntryOutcome(error=_entry_error(failure))
    return found


def failures(count: int, answer: Any) -> list[TransportError | None]:
    """Returns the errors of the entries of a batch of changes; None for each success."""
    # an entry that the answer does not name at all was not changed either
    found: list[TransportError | None] = [_UNMENTIONED] * count
    for success in answer.get("Successful") or ():
        found[int(success["Id"])] = None
    for failure in answer.get("Failed") or ():
        found[int(failure["Id"])] = _entry_error(failure)
    return found


def _with_common(request: dict[str, Any], entry: Entry) -> dict[str, Any]:
    if entry.attributes:
        request["MessageAttributes"] = entry.attributes
    if entry.group_id is not None:
        request["MessageGroupId"] = entry.group_id
    if entry.deduplication_id is not None:
        request["MessageDeduplicationId"] = entry.deduplication_id
    return request


def _entry_error(failure: Any) -> TransportError:
    status = 400 if failure.get("SenderFault", True) else 500
    return from_code(failure.get("Code", "Unknown"), failure.get("Message") or "", status=status)
