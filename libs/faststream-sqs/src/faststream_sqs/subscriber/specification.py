"""A subscriber in the AsyncAPI document."""

from typing import Any

from faststream.specification.asyncapi.utils import resolve_payloads
from faststream.specification.schema import Message, Operation, SubscriberSpec
from faststream.specification.schema.bindings import ChannelBinding, OperationBinding
from faststream.specification.schema.bindings import sqs as sqs_bindings

from faststream_sqs._internal import SubscriberSpecification
from faststream_sqs.bindings import queue_binding
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.schemas import Queue

from .config import SQSSubscriberSpecificationConfig


class SQSSubscriberSpecification(SubscriberSpecification[SQSBrokerConfig, SQSSubscriberSpecificationConfig]):
    """Describes the queue as a channel and the handlers as its operation."""

    __slots__ = ()

    @property
    def queue(self) -> Queue:
        """The queue under its full name."""
        return self.config.queue.add_prefix(self._outer_config.prefix)

    @property
    def channel_labels(self) -> list[str]:
        """Returns the source of the channel's name."""
        return [self.queue.name]

    def get_schema(self) -> dict[str, SubscriberSpec]:
        """The channel of this subscriber."""
        topics = [topic.add_prefix(self._outer_config.prefix) for topic in self.config.topics]
        binding: dict[str, Any] = queue_binding(self.queue, topics)
        return {
            self.name: SubscriberSpec(
                address=self.queue.name,
                description=self.description,
                operation=Operation(
                    message=Message(title=f"{self.name}:Message", payload=resolve_payloads(self.get_payloads())),
                    bindings=OperationBinding(sqs=sqs_bindings.OperationBinding()),
                ),
                bindings=ChannelBinding(sqs=sqs_bindings.ChannelBinding(queue=binding)),
            )
        }
