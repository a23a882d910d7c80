"""Puts a publisher together."""

from typing import Any

from faststream.exceptions import SetupError

from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.schemas import Queue, Topic

from .config import SQSPublisherConfig, SQSPublisherSpecificationConfig
from .specification import SQSPublisherSpecification
from .usecase import SQSPublisher


def create_publisher(
    *,
    queue: str | Queue | None,
    topic: str | Topic | None,
    headers: dict[str, Any] | None,
    reply_to: str,
    group_id: str | None,
    batch: bool,
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
    if topic and not queue:
        destination: Queue | Topic = Topic.of(topic)
    elif queue and not topic:
        destination = Queue.of(queue)
    else:
        raise SetupError("A publisher needs a queue or a topic: give exactly one of `queue` and `topic`.")
    config = SQSPublisherConfig(
        _outer_config=broker_config,
        destination=destination,
        headers=headers,
        reply_to=reply_to,
        group_id=group_id,
        batch=batch,
    )
    specification = SQSPublisherSpecification(
        broker_config,
        SQSPublisherSpecificationConfig(
            destination=destination,
            schema_=schema,
            title_=title,
            description_=description,
            include_in_schema=include_in_schema,
        ),
    )
    return SQSPublisher(config, specification)
