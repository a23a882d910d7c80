"""Span attributes of SQS and SNS messages.

Source: https://opentelemetry.io/docs/specs/semconv/messaging/sqs/ and …/sns/
"""

from collections.abc import Sequence
from typing import Any

from faststream.message import StreamMessage
from faststream.opentelemetry import TelemetrySettingsProvider
from faststream.opentelemetry.consts import MESSAGING_DESTINATION_PUBLISH_NAME
from opentelemetry.semconv.trace import SpanAttributes

from faststream_sqs.message import SQSRawMessage
from faststream_sqs.response import SQSPublishCommand

SQS_SYSTEM = "aws_sqs"


class _Provider(TelemetrySettingsProvider[Any, SQSPublishCommand]):
    """The side of the sender, which is the same for single messages and batches."""

    __slots__ = ("messaging_system",)

    def __init__(self) -> None:
        self.messaging_system = SQS_SYSTEM

    def get_publish_attrs_from_cmd(self, cmd: SQSPublishCommand) -> dict[str, Any]:
        """Attributes of a span about sending."""
        return {
            SpanAttributes.MESSAGING_SYSTEM: self.messaging_system,
            SpanAttributes.MESSAGING_DESTINATION_NAME: cmd.destination,
            SpanAttributes.MESSAGING_MESSAGE_CONVERSATION_ID: cmd.correlation_id,
        }

    def get_publish_destination_name(self, cmd: SQSPublishCommand) -> str:
        """The queue or topic."""
        return cmd.destination


class SQSTelemetrySettingsProvider(_Provider):
    """Single messages."""

    __slots__ = ()

    def get_consume_attrs_from_message(self, msg: StreamMessage[SQSRawMessage]) -> dict[str, Any]:
        """Attributes of a span about handling."""
        return {
            SpanAttributes.MESSAGING_SYSTEM: self.messaging_system,
            SpanAttributes.MESSAGING_MESSAGE_ID: msg.message_id,
            SpanAttributes.MESSAGING_MESSAGE_CONVERSATION_ID: msg.correlation_id,
            SpanAttributes.MESSAGING_MESSAGE_PAYLOAD_SIZE_BYTES: len(msg.body),
            MESSAGING_DESTINATION_PUBLISH_NAME: msg.raw_message.queue,
        }

    def get_consume_destination_name(self, msg: StreamMessage[SQSRawMessage]) -> str:
        """The queue."""
        return msg.raw_message.queue


class SQSBatchTelemetrySettingsProvider(_Provider):
    """Batches."""

    __slots__ = ()

    def get_consume_attrs_from_message(self, msg: StreamMessage[Sequence[SQSRawMessage]]) -> dict[str, Any]:
        """Attributes of a span about handling."""
        bodies: Any = msg.body
        return {
            SpanAttributes.MESSAGING_SYSTEM: self.messaging_system,
            SpanAttributes.MESSAGING_MESSAGE_ID: msg.message_id,
            SpanAttributes.MESSAGING_MESSAGE_CONVERSATION_ID: msg.correlation_id,
            SpanAttributes.MESSAGING_MESSAGE_PAYLOAD_SIZE_BYTES: sum(map(len, bodies)),
            SpanAttributes.MESSAGING_BATCH_MESSAGE_COUNT: len(msg.raw_message),
            MESSAGING_DESTINATION_PUBLISH_NAME: msg.raw_message[0].queue,
        }

    def get_consume_destination_name(self, msg: StreamMessage[Sequence[SQSRawMessage]]) -> str:
        """The queue."""
        return msg.raw_message[0].queue


_SINGLE = SQSTelemetrySettingsProvider()
_BATCH = SQSBatchTelemetrySettingsProvider()


def provider_for(msg: Any) -> _Provider:
    """The provider for a message, a batch, or (None) for sending."""
    return _BATCH if isinstance(msg, Sequence) else _SINGLE
