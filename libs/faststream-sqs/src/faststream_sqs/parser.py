"""Turns received messages into FastStream's, and their bodies into values."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from faststream.message import StreamMessage, decode_message

from ._internal import DecodedMessage
from .fast_json import loads
from .message import SQSBatchMessage, SQSMessage, SQSRawMessage
from .wire import ENCODING, decode_body, decode_headers, open_envelope

_JSON: Final = "application/json"


class SQSParser:
    """Parses single messages."""

    async def parse_message(self, message: SQSRawMessage) -> SQSMessage:
        """The message of a delivery."""
        body, headers = unpack(message)
        return SQSMessage(
            message,
            body,
            headers=headers,
            reply_to=headers.get("reply_to", ""),
            content_type=headers.get("content-type"),
            correlation_id=headers.get("correlation_id") or message.message_id,
            message_id=message.message_id,
        )

    async def decode_message(self, msg: StreamMessage[Any]) -> DecodedMessage:
        """The value of a body."""
        if msg.content_type == _JSON:
            try:
                return cast("DecodedMessage", loads(msg.body))
            except (ValueError, TypeError):
                # FastStream's answer to a body that is none is the one to give
                return decode_message(msg)
        return decode_message(msg)


class SQSBatchParser:
    """Parses the messages of one receive as one."""

    async def parse_batch(self, messages: Sequence[SQSRawMessage]) -> SQSBatchMessage:
        """The batch as one message; the headers are those of its first member."""
        bodies: list[bytes] = []
        batch_headers: list[dict[str, Any]] = []
        for message in messages:
            body, headers = unpack(message)
            bodies.append(body)
            batch_headers.append(headers)
        first: Mapping[str, Any] = batch_headers[0] if batch_headers else {}
        return SQSBatchMessage(
            messages,
            bodies,
            headers=dict(first),
            batch_headers=batch_headers,
            reply_to=first.get("reply_to", ""),
            content_type=first.get("content-type"),
            correlation_id=first.get("correlation_id"),
            message_id=messages[0].message_id if messages else None,
        )

    # FastStream recognises a batch subscriber by this name
    async def decode_batch(self, msg: StreamMessage[Sequence[SQSRawMessage]]) -> list[DecodedMessage]:
        """The values of all bodies."""
        values: list[DecodedMessage] = []
        for body, headers in zip(msg.body, msg.batch_headers, strict=True):
            values.append(decode_message(_Body(body, headers.get("content-type"))))  # type: ignore[arg-type]
        return values


class _Body:
    """The parts of a message that `decode_message` reads."""

    __slots__ = ("body", "content_type")

    def __init__(self, body: bytes, content_type: str | None) -> None:
        self.body = body
        self.content_type = content_type


def unpack(message: SQSRawMessage) -> tuple[bytes, dict[str, Any]]:
    """Body and headers of a delivery, out of SNS's envelope if it is in one."""
    text, attributes = message.body, message.message_attributes
    if not attributes and (opened := open_envelope(text)) is not None:
        text, attributes = opened
    headers = decode_headers(attributes) if attributes else {}
    body = decode_body(text, headers.pop(ENCODING, None)) if ENCODING in headers else text.encode()
    if (trace := message.attributes.get("AWSTraceHeader")) is not None:
        headers.setdefault("x-amzn-trace-id", trace)
    return body, headers
