"""The form a message has between two processes.

SQS and SNS carry a body of XML characters and at most ten typed attributes. Headers become attributes; those
that do not fit (too many, values without a wire type, empty values, names AWS refuses) travel together in one
JSON attribute. Bodies that are not legal text are base64, empty ones a single space, both marked.

Limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Attribute: TypeAlias = dict[str, Any]
"""One message attribute in SQS's JSON form: DataType with StringValue or BinaryValue."""

CONTENT_TYPE: Final = "content-type"
CORRELATION_ID: Final = "correlation-id"
REPLY_TO: Final = "reply-to"
ENCODING: Final = "content-encoding"
OVERFLOW: Final = "faststream-headers"
PAYLOAD_SIZE: Final = "ExtendedPayloadSize"

MAX_ATTRIBUTES: Final = 10
SQS_MAX_BYTES: Final = 1_048_576
SNS_MAX_BYTES: Final = 262_144
BATCH_ENTRIES: Final = 10

_ILLEGAL_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LEGAL_NAME = re.compile(r"(?!(?:aws|amazon)\.)(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)\Z", re.IGNORECASE)

_OWN_NAMES = frozenset({CONTENT_TYPE, CORRELATION_ID, REPLY_TO, ENCODING, OVERFLOW, PAYLOAD_SIZE})

# the names of these headers in FastStream's own brokers
_HEADER_NAMES = {CORRELATION_ID: "correlation_id", REPLY_TO: "reply_to"}


@dataclass(slots=True)
class Entry:
    """One message ready to be sent.

    `attributes` are in SQS's JSON form; `delay` is in seconds and only for queues.
    """

    body: str
    attributes: dict[str, Attribute]
    group_id: str | None = None
    deduplication_id: str | None = None
    delay: int | None = None
    subject: str | None = None

    @property
    def size(self) -> int:
        """Bytes that count against the limits: body, attribute names, types and values."""
        return byte_length(self.body) + attributes_size(self.attributes)


def byte_length(text: str) -> int:
    """Bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def attributes_size(attributes: Mapping[str, Attribute]) -> int:
    """Bytes of attribute names, types and values."""
    size = 0
    for name, attribute in attributes.items():
        value = attribute.get("StringValue")
        size += len(name) + len(attribute["DataType"])
        size += byte_length(value) if value is not None else len(attribute.get("BinaryValue", b""))
    return size


def string_attribute(value: str) -> Attribute:
    """A String attribute."""
    return {"DataType": "String", "StringValue": value}


def encode_body(body: bytes) -> tuple[str, str | None]:
    """The text that carries a body, and the content encoding to mark it with (None: it is the body itself)."""
    if not body:
        return " ", "empty"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"
    if _ILLEGAL_TEXT.search(text):
        return base64.b64encode(body).decode(), "base64"
    return text, None


def decode_body(text: str, encoding: str | None) -> bytes:
    """The body a text carries. An unknown encoding belongs to the application and is left alone."""
    if encoding == "base64":
        return base64.b64decode(text)
    if encoding == "empty":
        return b""
    return text.encode()


def encode_entry(
    body: bytes,
    *,
    content_type: str | None,
    correlation_id: str | None,
    reply_to: str | None,
    headers: Mapping[str, Any],
) -> Entry:
    """Puts a body and its headers into wire form."""
    text, encoding = encode_body(body)
    attributes: dict[str, Attribute] = {}
    if content_type:
        attributes[CONTENT_TYPE] = string_attribute(content_type)
    if correlation_id:
        attributes[CORRELATION_ID] = string_attribute(correlation_id)
    if reply_to:
        attributes[REPLY_TO] = string_attribute(reply_to)
    if encoding:
        attributes[ENCODING] = string_attribute(encoding)
    if headers:
        _add_headers(attributes, headers)
    return Entry(text, attributes)


def _add_headers(attributes: dict[str, Attribute], headers: Mapping[str, Any]) -> None:
    overflow: dict[str, Any] = {}
    # one place is kept for the overflow itself
    room = MAX_ATTRIBUTES - len(attributes) - 1
    for name, value in headers.items():
        if name in attributes:
            continue
        attribute = _as_attribute(value) if _LEGAL_NAME.match(name) else None
        if attribute is None or room <= 0:
            overflow[name] = value
        else:
            attributes[name] = attribute
            room -= 1
    if len(overflow) == 1 and len(attributes) < MAX_ATTRIBUTES:
        (name, value), *_ = overflow.items()
        attribute = _as_attribute(value) if _LEGAL_NAME.match(name) else None
        if attribute is not None:
            attributes[name] = attribute
            return
    if overflow:
        attributes[OVERFLOW] = string_attribute(json.dumps(overflow, default=_json_default))


def make_room(attributes: dict[str, Attribute]) -> None:
    """Moves headers into the overflow until another attribute fits."""
    movable = [name for name in attributes if name not in _OWN_NAMES]
    while len(attributes) >= MAX_ATTRIBUTES and movable:
        name = movable.pop()
        overflow = json.loads(attributes[OVERFLOW]["StringValue"]) if OVERFLOW in attributes else {}
        overflow[name] = _attribute_value(attributes.pop(name))
        attributes[OVERFLOW] = string_attribute(json.dumps(overflow, default=_json_default))


def _as_attribute(value: Any) -> Attribute | None:
    """The attribute a value has a wire type for, or None: it then travels as JSON."""
    if isinstance(value, str):
        return string_attribute(value) if value and not _ILLEGAL_TEXT.search(value) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return {"DataType": "Number", "StringValue": repr(value)}
    if isinstance(value, bytes | bytearray) and value:
        return {"DataType": "Binary", "BinaryValue": bytes(value)}
    return None


def _json_default(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes | bytearray) else str(value)


def decode_headers(attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """Headers from attributes, under the names FastStream's own brokers use."""
    headers: dict[str, Any] = {}
    for name, attribute in attributes.items():
        if name == OVERFLOW:
            headers.update(json.loads(attribute["StringValue"]))
        else:
            headers[_HEADER_NAMES.get(name, name)] = _attribute_value(attribute)
    return headers


def _attribute_value(attribute: Attribute) -> Any:
    kind: str = attribute["DataType"]
    if kind.startswith("String"):
        return attribute["StringValue"]
    if kind.startswith("Number"):
        text = attribute["StringValue"]
        try:
            return int(text)
        except ValueError:
            return float(text)
    return attribute.get("BinaryValue", b"")


def open_envelope(body: str) -> tuple[str, dict[str, Attribute]] | None:
    """The message inside SNS's JSON envelope, or None for any other body.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    """
    if not body.startswith("{") or '"TopicArn"' not in body:
        return None
    try:
        envelope = json.loads(body)
    except ValueError:
        return None
    if envelope.get("Type") != "Notification" or not isinstance(envelope.get("Message"), str):
        return None
    attributes: dict[str, Attribute] = {}
    for name, value in (envelope.get("MessageAttributes") or {}).items():
        kind = value["Type"]
        if kind.startswith("Binary"):
            attributes[name] = {"DataType": kind, "BinaryValue": base64.b64decode(value["Value"])}
        else:
            attributes[name] = {"DataType": kind, "StringValue": value["Value"]}
    return envelope["Message"], attributes


def chunk(entries: list[tuple[int, Entry]], max_bytes: int) -> list[list[tuple[int, Entry]]]:
    """Splits numbered entries into batches of at most ten messages and `max_bytes` bytes, in order.

    A single entry over `max_bytes` gets a batch of its own: the service decides about it.
    """
    chunks: list[list[tuple[int, Entry]]] = []
    current: list[tuple[int, Entry]] = []
    current_size = 0
    for numbered in entries:
        size = numbered[1].size
        if current and (len(current) == BATCH_ENTRIES or current_size + size > max_bytes):
            chunks.append(current)
            current, current_size = [], 0
        current.append(numbered)
        current_size += size
    if current:
        chunks.append(current)
    return chunks
