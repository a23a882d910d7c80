"""Metric attributes of SQS and SNS messages."""

from collections.abc import Sequence
from typing import Any

from faststream.message import StreamMessage
from faststream.prometheus import ConsumeAttrs, MetricsSettingsProvider

from faststream_sqs.message import SQSRawMessage
from faststream_sqs.response import SQSPublishCommand

SQS_SYSTEM = "aws_sqs"


class _Provider(MetricsSettingsProvider[Any, SQSPublishCommand]):
    """The side of the sender, which is the same for single messages and batches."""

    __slots__ = ("messaging_system",)

    def __init__(self) -> None:
        self.messaging_system = SQS_SYSTEM

    def get_publish_destination_name_from_cmd(self, cmd: SQSPublishCommand) -> str:
        """The queue or topic."""
        return cmd.destination


class SQSMetricsSettingsProvider(_Provider):
    """Single messages."""

    __slots__ = ()

    def get_consume_attrs_from_message(self, msg: StreamMessage[SQSRawMessage]) -> ConsumeAttrs:
        """Queue, size in bytes and number of messages."""
        return {
            "destination_name": msg.raw_message.queue,
            "message_size": len(msg.body),
            "messages_count": 1,
        }


class SQSBatchMetricsSettingsProvider(_Provider):
    """Batches."""

    __slots__ = ()

    def get_consume_attrs_from_message(self, msg: StreamMessage[Sequence[SQSRawMessage]]) -> ConsumeAttrs:
        """Queue, size in bytes and number of messages."""
        bodies: Any = msg.body
        return {
            "destination_name": msg.raw_message[0].queue,
            "message_size": sum(map(len, bodies)),
            "messages_count": len(msg.raw_message),
        }


_SINGLE = SQSMetricsSettingsProvider()
_BATCH = SQSBatchMetricsSettingsProvider()


def provider_for(msg: Any) -> _Provider:
    """The provider for a message, a batch, or (None) for sending."""
    return _BATCH if isinstance(msg, Sequence) else _SINGLE
