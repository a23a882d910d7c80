"""A publisher's options as given."""

from dataclasses import dataclass, field
from typing import Any

from faststream_sqs._internal import PublisherSpecificationConfig, PublisherUsecaseConfig
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.schemas import Queue, Topic


@dataclass(kw_only=True)
class SQSPublisherSpecificationConfig(PublisherSpecificationConfig):
    """Configuration for the AsyncAPI document."""

    destination: Queue | Topic


@dataclass(kw_only=True)
class SQSPublisherConfig(PublisherUsecaseConfig):
    """See `SQSRegistrator.publisher` for the options."""

    _outer_config: SQSBrokerConfig = field(default_factory=SQSBrokerConfig)

    destination: Queue | Topic
    headers: dict[str, Any] | None = None
    reply_to: str = ""
    group_id: str | None = None
    batch: bool = False
