"""Declarations: queues, topics, retries and the other options. All are immutable values."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from faststream.exceptions import SetupError

Declare: TypeAlias = Literal["create", "verify", "off"]
OnReject: TypeAlias = Literal["dlq", "delete"]

MAX_VISIBILITY = 43_200
"""Seconds. SQS keeps a message in flight for at most 12 hours."""

FIFO_SUFFIX = ".fifo"


def is_fifo(name: str) -> bool:
    """Returns whether a queue or topic name is that of a FIFO one (SQS and SNS require the suffix)."""
    return name.endswith(FIFO_SUFFIX)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The destination of messages that cannot be handled.

    Args:
        name: the dead-letter queue's name; by default the queue's own name with `-dlq`.
        max_receive: SQS moves a message here after this many receives (its redrive policy).
        retention: seconds a message stays in the dead-letter queue (default and maximum: 14 days).
    """

    name: str | None = None
    max_receive: int = 5
    retention: int = 1_209_600


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue. Only what is given here is declared or compared; the rest is left as it is.

    Args:
        name: the queue's name. A name ending in `.fifo` is a FIFO queue.
        visibility: seconds a received message is hidden from others.
        delay: seconds every new message is held back.
        retention: seconds an unread message is kept.
        max_message_size: bytes.
        content_deduplication: FIFO only: SQS derives the deduplication id from the body.
        dlq: the dead-letter queue, declared together with this one.
        attributes: further queue attributes under their AWS names (for instance `KmsMasterKeyId`).
        tags: cost and ownership tags, set at creation.
    """

    name: str
    visibility: int | None = None
    delay: int | None = None
    retention: int | None = None
    max_message_size: int | None = None
    content_deduplication: bool | None = None
    dlq: DeadLetter | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def fifo(self) -> bool:
        """Returns whether this is a FIFO queue."""
        return is_fifo(self.name)

    @property
    def dlq_name(self) -> str | None:
        """The dead-letter queue's name, or None when none is declared."""
        if self.dlq is None:
            return None
        if self.dlq.name:
            return self.dlq.name
        base = self.name.removesuffix(FIFO_SUFFIX)
        return f"{base}-dlq{FIFO_SUFFIX}" if self.fifo else f"{base}-dlq"

    def add_prefix(self, prefix: str) -> "Queue":
        """The same queue (and dead-letter queue) under a router's prefix."""
        if not prefix:
            return self
        dlq = self.dlq
        if dlq is not None and dlq.name:
            dlq = replace(dlq, name=prefix + dlq.name)
        return replace(self, name=prefix + self.name, dlq=dlq)

    def declared_attributes(self) -> dict[str, str]:
        """The attributes this declaration fixes, under their AWS names, without the redrive policy."""
        given = {
            "VisibilityTimeout": self.visibility,
            "DelaySeconds": self.delay,
            "MessageRetentionPeriod": self.retention,
            "MaximumMessageSize": self.max_message_size,
        }
        declared = {name: str(value) for name, value in given.items() if value is not None}
        if self.fifo:
            declared["FifoQueue"] = "true"
        if self.content_deduplication is not None:
            declared["ContentBasedDeduplication"] = str(self.content_deduplication).lower()
        return declared | dict(self.attributes)

    @classmethod
    def of(cls, value: "str | Queue") -> "Queue":
        """A queue from its name, or the queue itself."""
        return cls(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Topic:
    """An SNS topic, and how a queue subscribes to it.

    Args:
        name: the topic's name or ARN. A name ending in `.fifo` is a FIFO topic.
        raw: deliver the body itself instead of SNS's JSON envelope.
        filter: an SNS filter policy, for instance `{"type": ["task.created.v1"]}`.
        filter_scope: what the policy looks at: the message attributes or the JSON body.
        content_deduplication: FIFO only: SNS derives the deduplication id from the body.
        attributes: further topic attributes under their AWS names.
    """

    name: str
    raw: bool = True
    filter: Mapping[str, Any] | None = None
    filter_scope: Literal["MessageAttributes", "MessageBody"] = "MessageAttributes"
    content_deduplication: bool | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def fifo(self) -> bool:
        """Returns whether this is a FIFO topic."""
        return is_fifo(self.name)

    def add_prefix(self, prefix: str) -> "Topic":
        """The same topic under a router's prefix. An ARN names one topic and takes none."""
        if not prefix or self.name.startswith("arn:"):
            return self
        return replace(self, name=prefix + self.name)

    @classmethod
    def of(cls, value: "str | Topic") -> "Topic":
        """A topic from its name, or the topic itself."""
        return cls(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Backoff:
    """The delay of a failed message before the next attempt.

    The n-th failure waits `first * factor ** (n - 1)` seconds, at most `cap`; `n` is SQS's own receive count,
    so it survives restarts.

    Args:
        first: seconds after the first failure.
        factor: growth per failure.
        cap: seconds at most (SQS allows 43,200).
        jitter: `full` draws from 0 to the wait, `equal` from its upper half, `none` takes it as it is.
    """

    first: float = 1.0
    factor: float = 2.0
    cap: float = 900.0
    jitter: Literal["full", "equal", "none"] = "full"

    def __post_init__(self) -> None:
        if self.first < 0 or self.factor < 1 or not 0 <= self.cap <= MAX_VISIBILITY:
            raise SetupError(f"Backoff needs first >= 0, factor >= 1 and cap within 0..{MAX_VISIBILITY}: {self}")

    def delay(self, receive_count: int) -> int:
        """Whole seconds to wait after the failure of the given attempt (the first attempt is 1)."""
        # 64 doublings exceed any cap; more would overflow a float
        exponent = min(max(receive_count, 1) - 1, 64)
        wait = min(self.cap, self.first * self.factor**exponent)
        if self.jitter == "full":
            wait = random.uniform(0, wait)  # noqa: S311 - spreads load, guards no secret
        elif self.jitter == "equal":
            wait = random.uniform(wait / 2, wait)  # noqa: S311 - spreads load, guards no secret
        return round(wait)


@dataclass(frozen=True, slots=True)
class Fair:
    """Shares a subscriber's workers among the values of a message attribute, such as a tenant's id.

    Messages over their value's share are held (their visibility is extended) without a worker, so that those of others
    behind them in the queue are received. A message without the attribute counts under the empty value.

    Args:
        attribute: the name of the message attribute.
        share: workers that the messages of one value have at most.
        held: messages that the subscriber has received and not finished, at most; those at work included.
    """

    attribute: str
    share: int
    held: int


@dataclass(frozen=True, slots=True)
class Extend:
    """Keeps a message hidden while its handler is still at work.

    Args:
        at: the part of the visibility timeout after which it is extended by one more timeout.
        upto: seconds after the receive at which extending stops (a stuck handler must not hold a message
            for ever); at most 43,200.
    """

    at: float = 0.6
    upto: float = 3600.0

    def __post_init__(self) -> None:
        if not 0 < self.at < 1 or not 0 < self.upto <= MAX_VISIBILITY:
            raise SetupError(f"Extend needs at within 0..1 and upto within 0..{MAX_VISIBILITY}: {self}")


@dataclass(frozen=True, slots=True)
class SendBatch:
    """Groups single `publish` calls to one destination into batches of ten.

    Args:
        linger: seconds a message waits for company at most.
    """

    linger: float = 0.005


@dataclass(frozen=True, slots=True)
class S3ClaimCheck:
    """Keeps bodies over a limit in S3 and sends a pointer instead.

    The pointer has the form of Amazon's SQS extended client library, so its other implementations can read it.

    Args:
        bucket: an existing bucket. Expire old objects with a lifecycle rule.
        prefix: put before every object key.
        threshold: bytes (body and attributes) from which on S3 is used. None: the limit of the destination.
        delete_after_ack: delete the object once the message is acknowledged. Only for a single consumer: with
            SNS several queues share one object.
    """

    bucket: str
    prefix: str = ""
    threshold: int | None = None
    delete_after_ack: bool = False
