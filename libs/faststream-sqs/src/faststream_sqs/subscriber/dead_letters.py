"""The copy of a rejected message that goes to the dead-letter queue."""

from faststream_sqs.claim_check import pointer_body
from faststream_sqs.message import SQSRawMessage
from faststream_sqs.wire import MAX_ATTRIBUTES, SQS_MAX_BYTES, Entry, string_attribute

REASON = "dlq-reason"
SOURCE = "dlq-source"
MESSAGE_ID = "dlq-message-id"
RECEIVE_COUNT = "dlq-receive-count"

_REASON_BYTES = 4096
_ILLEGAL = {code: " " for code in range(32) if code not in {9, 10, 13}}


def dead_letter_entry(raw: SQSRawMessage, reason: str, *, fifo: bool) -> Entry:
    """The message as it was received, with the reason and where it came from added as attributes.

    A message that already has ten attributes keeps those; then only as much of our own is added as fits, the
    reason first.
    """
    body = raw.body if raw.s3_pointer is None else pointer_body(*raw.s3_pointer)
    entry = Entry(body, dict(raw.message_attributes))
    extra = {
        REASON: reason,
        SOURCE: raw.queue,
        MESSAGE_ID: raw.message_id,
        RECEIVE_COUNT: str(raw.receive_count),
    }
    for name, value in extra.items():
        if name not in entry.attributes and len(entry.attributes) >= MAX_ATTRIBUTES:
            break
        room = min(SQS_MAX_BYTES - entry.size - len(name) - len("String"), _REASON_BYTES)
        if text := _cut(value, room):
            entry.attributes[name] = string_attribute(text)
    if fifo:
        entry.group_id = raw.group_id or "dead-letters"
        entry.deduplication_id = raw.message_id
    return entry


def _cut(text: str, size: int) -> str:
    legal = text.translate(_ILLEGAL).encode(errors="replace")
    return legal[: max(size, 0)].decode(errors="ignore")
