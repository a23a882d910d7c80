"""Puts a subscriber together."""

from typing import Any

from faststream.exceptions import SetupError

from faststream_sqs._internal import CallsCollection
from faststream_sqs.configs import SQSBrokerConfig

from .batch import SQSBatchSubscriber
from .config import SQSSubscriberConfig, SQSSubscriberSpecificationConfig
from .specification import SQSSubscriberSpecification
from .usecase import SQSSubscriber


def create_subscriber(
    config: SQSSubscriberConfig,
    *,
    batch: bool,
    broker_config: SQSBrokerConfig,
    title: str | None,
    description: str | None,
    include_in_schema: bool,
) -> SQSSubscriber:
    """A subscriber for single messages or for batches.

    Raises:
        SetupError: an option is out of its range.
    """
    _check(config)
    if config.fair is not None and (batch or config.queue.fifo):
        raise SetupError("fair is for single messages of standard queues")
    calls: CallsCollection[Any] = CallsCollection()
    specification = SQSSubscriberSpecification(
        broker_config,
        SQSSubscriberSpecificationConfig(
            queue=config.queue,
            topics=config.topics,
            title_=title,
            description_=description,
            include_in_schema=include_in_schema,
        ),
        calls,
    )
    kind = SQSBatchSubscriber if batch else SQSSubscriber
    return kind(config, specification, calls)


def _check(config: SQSSubscriberConfig) -> None:
    if config.max_workers < 1:
        raise SetupError("max_workers must be at least 1")
    if config.fair is not None and not 1 <= config.fair.share <= config.max_workers <= config.fair.held:
        raise SetupError("fair needs 1 <= share <= max_workers <= held")
    if not 1 <= config.batch_size <= 10:
        raise SetupError("batch_size must be within 1..10: SQS hands out at most ten messages per receive")
    if config.wait_time is not None and not 0 <= config.wait_time <= 20:
        raise SetupError("wait_time must be within 0..20 seconds")
    for topic in config.topics:
        if topic.fifo and not config.queue.fifo and not topic.name.startswith("arn:"):
            # SNS allows it and loses the order, which is never what a FIFO topic is for
            raise SetupError(f'the FIFO topic "{topic.name}" needs a FIFO queue, not "{config.queue.name}"')
