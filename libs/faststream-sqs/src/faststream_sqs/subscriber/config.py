"""A subscriber's options as given."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from faststream.middlewares import AckPolicy

from faststream_sqs._internal import EMPTY, SubscriberSpecificationConfig, SubscriberUsecaseConfig
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.schemas import Backoff, Extend, Fair, OnReject, Queue, Topic


@dataclass(kw_only=True)
class SQSSubscriberSpecificationConfig(SubscriberSpecificationConfig):
    """Configuration for the AsyncAPI document."""

    queue: Queue
    topics: Sequence[Topic] = ()


@dataclass(kw_only=True)
class SQSSubscriberConfig(SubscriberUsecaseConfig):
    """See `SQSRegistrator.subscriber` for the options."""

    _outer_config: SQSBrokerConfig = field(default_factory=SQSBrokerConfig)

    queue: Queue
    topics: Sequence[Topic] = ()
    max_workers: int = 10
    fair: Fair | None = None
    wait_time: int | None = None
    extend_visibility: Extend | None = None
    retry: Backoff | None = None
    on_reject: OnReject = "dlq"
    reject_on: tuple[type[BaseException], ...] = ()
    ack_linger: float = 0.05
    batch_size: int = 10

    @property
    def ack_policy(self) -> AckPolicy:
        """The subscriber's own policy, else the broker's, else NACK_ON_ERROR."""
        if self._ack_policy is not EMPTY:
            return self._ack_policy
        outer = self._outer_config.ack_policy
        return outer if outer is not EMPTY else AckPolicy.NACK_ON_ERROR
