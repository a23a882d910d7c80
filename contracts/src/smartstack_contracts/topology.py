"""Topics, queues, subscriptions, buckets and tables as data: stack, cloud, permissions and documents come from it.

Names here carry no environment: the code that creates the resources adds `<resource prefix>-`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from smartstack_contracts.catalog import EVENT_TYPES
from smartstack_contracts.envelope import EventData, Service

SERVICES: tuple[Service, ...] = ("ai", "comms", "gateway", "tasks")
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue of `service`, named `<service>-<role>`, and the dead-letter queue that belongs to it.

    `feed` names its events; without one it takes all of its service's events that no other queue of it names.
    A message stays hidden for `visibility_seconds` at a time, and consumers extend that while a handler runs.
    After `max_receive_count` attempts the message becomes a dead letter.
    `decoder` decides how a body is read: as an event of the feed, or as bytes for the service's own receiver.
    """

    service: Service
    role: str = "inbox"
    feed: tuple[type[EventData], ...] = ()
    visibility_seconds: int = 10
    max_receive_count: int = 5
    retention_seconds: int = 4 * DAY_SECONDS
    dead_letter_retention_seconds: int = 14 * DAY_SECONDS
    decoder: Literal["event", "bytes"] = "event"

    @property
    def name(self) -> str:
        """Return the queue's name."""
        return f"{self.service}-{self.role}"

    @property
    def dead_letter_name(self) -> str:
        """Return the name of the queue that takes what could not be handled."""
        return f"{self.service}-dlq" if self.role == "inbox" else f"{self.name}-dlq"


QUEUES: tuple[Queue, ...] = tuple(Queue(service=service) for service in SERVICES)

# The writers of a bucket, and its retention. `operator` is a person who answers for the dead letters.
BUCKETS: Mapping[str, Mapping[str, str | int]] = {
    "prompt-logs": {"writer": "bedrock-proxy", "expire_days": 30},
    "audit": {"writer": "operator", "expire_days": 400},
}

# DynamoDB, for code without a database of its own: a Lambda function's counters.
TABLES: Mapping[str, Mapping[str, str]] = {
    "ai-budgets": {
        "writer": "bedrock-proxy",
        "partition_key": "workspace_id",
        "sort_key": "period",
        "expires_at": "expires_at",
    },
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic feeding one queue with the event types in `types`."""

    topic: str
    queue: str
    types: tuple[str, ...]


def topic_name(service: Service) -> str:
    """Return the name of the topic that `service` publishes to."""
    return f"{service}-events"


def consumed(service: Service) -> tuple[type[EventData], ...]:
    """Return the events that `service` subscribes to; the gateway hears of the live ones too, for open pages."""
    return tuple(
        model for model in EVENT_TYPES.values() if service in model.subscribers or (service == "gateway" and model.live)
    )


def queues(service: Service) -> tuple[Queue, ...]:
    """Return the queues of `service`."""
    return tuple(queue for queue in QUEUES if queue.service == service)


def feed(queue: Queue) -> tuple[type[EventData], ...]:
    """Return the events that `queue` takes. Raises ValueError when its service does not subscribe to one of them."""
    wanted = consumed(queue.service)
    if stray := [model.type() for model in queue.feed if model not in wanted]:
        raise ValueError(f"{queue.name}: {queue.service} does not subscribe to {stray}")
    if queue.feed or queue.decoder == "bytes":
        return queue.feed
    named = {model for other in queues(queue.service) for model in other.feed}
    return tuple(model for model in wanted if model not in named)


def queue_for(service: Service, kind: str) -> Queue:
    """Return the queue through which `service` gets events of type `kind`; raises KeyError when it gets none."""
    for queue in queues(service):
        if kind in {model.type() for model in feed(queue)}:
            return queue
    raise KeyError(f"{service} does not consume {kind}")


def queue_named(name: str) -> Queue:
    """Return the queue with this name, which may be its dead-letter queue's. Raises KeyError for any other."""
    for queue in QUEUES:
        if name in (queue.name, queue.dead_letter_name):
            return queue
    raise KeyError(name)


def subscriptions(queue: Queue) -> list[Subscription]:
    """Return the subscriptions that feed `queue`, by topic."""
    by_topic: dict[str, list[str]] = {}
    for model in feed(queue):
        by_topic.setdefault(topic_name(model.service), []).append(model.type())
    return [Subscription(topic, queue.name, tuple(sorted(types))) for topic, types in sorted(by_topic.items())]


def topology() -> dict[str, Any]:
    """Return the whole topology as plain JSON data; keys are names without the environment's prefix."""
    publishers = sorted({model.service for model in EVENT_TYPES.values()})
    return {
        "version": 1,
        "topics": {
            topic_name(service): {
                "service": service,
                "events": sorted(kind for kind, model in EVENT_TYPES.items() if model.service == service),
            }
            for service in publishers
        },
        "queues": {
            queue.name: {
                "service": queue.service,
                "dead_letter_queue": queue.dead_letter_name,
                "decoder": queue.decoder,
                "max_receive_count": queue.max_receive_count,
                "visibility_timeout_seconds": queue.visibility_seconds,
                "message_retention_seconds": queue.retention_seconds,
                "dead_letter_retention_seconds": queue.dead_letter_retention_seconds,
            }
            for queue in QUEUES
        },
        "subscriptions": [
            {"topic": item.topic, "queue": item.queue, "raw": True, "filter": {"type": list(item.types)}}
            for queue in QUEUES
            for item in subscriptions(queue)
        ],
        "buckets": {name: dict(bucket) for name, bucket in BUCKETS.items()},
        "tables": {name: dict(table) for name, table in TABLES.items()},
    }
