"""A publisher in the AsyncAPI document."""

from faststream.specification.asyncapi.utils import resolve_payloads
from faststream.specification.schema import Message, Operation, PublisherSpec
from faststream.specification.schema.bindings import ChannelBinding, OperationBinding
from faststream.specification.schema.bindings import sqs as sqs_bindings

from faststream_sqs._internal import PublisherSpecification
from faststream_sqs.bindings import queue_binding, topic_binding
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.schemas import Topic

from .config import SQSPublisherSpecificationConfig


class SQSPublisherSpecification(PublisherSpecification[SQSBrokerConfig, SQSPublisherSpecificationConfig]):
    """Describes the destination as a channel."""

    __slots__ = ()

    @property
    def address(self) -> str:
        """The full name of the queue or topic."""
        return self.config.destination.add_prefix(self._outer_config.prefix).name

    @property
    def name(self) -> str:
        """Returns the channel's name."""
        return self.config.title_ or f"{self.address}:Publisher"

    def get_schema(self) -> dict[str, PublisherSpec]:
        """The channel of this publisher."""
        destination = self.config.destination.add_prefix(self._outer_config.prefix)
        binding = topic_binding(destination) if isinstance(destination, Topic) else queue_binding(destination)
        payloads = self.get_payloads()
        return {
            self.name: PublisherSpec(
                address=self.address,
                description=self.config.description_,
                operation=Operation(
                    message=Message(title=f"{self.name}:Message", payload=resolve_payloads(payloads, "Publisher")),
                    bindings=OperationBinding(sqs=sqs_bindings.OperationBinding()),
                ),
                bindings=ChannelBinding(sqs=sqs_bindings.ChannelBinding(queue=binding)),
            )
        }
