"""Puts a publisher together."""

from typing import Any

from faststream.exceptions import SetupError

from faststream_sqs.configs import SQSBrokerConfig

from .config import SQSPublisherConfig, SQSPublisherSpecificationConfig
from .specification import SQSPublisherSpecification
from .usecase import SQSPublisher


def create_publisher(
    config: SQSPublisherConfig,
    *,
    broker_config: SQSBrokerConfig,
    title: str | None,
    description: str | None,
    schema: Any | None,
    include_in_schema: bool,
) -> SQSPublisher:
    """A publisher to a queue or a topic.

    Raises:
        SetupError: both or neither are given.
    """
    if (config.queue is None) == (config.topic is None):
        raise SetupError("A publisher needs a queue or a topic: give exactly one of `queue` and `topic`.")
    specification = SQSPublisherSpecification(
        broker_config,
        SQSPublisherSpecificationConfig(
            queue=config.queue,
            topic=config.topic,
            schema_=schema,
            title_=title,
            description_=description,
            include_in_schema=include_in_schema,
        ),
    )
    return SQSPublisher(config, specification)
