"""Topics, queues, subscriptions, buckets and tables as data: stack, cloud, permissions and documents come from it.

Names here carry no environment: whoever creates the resources puts `<resource prefix>-` before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smartstack_contracts.catalog import EVENT_TYPES
from smartstack_contracts.envelope import EventData, Service
from smartstack_contracts.events import ai, comms, gateway, tasks

# Short, so that what a killed process held comes back soon; consumers extend it while a handler is at work.
VISIBILITY_SECONDS = 10
MAX_RECEIVE_COUNT = 5
MESSAGE_RETENTION_SECONDS = 4 * 24 * 3600
DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600

CONSUMES: Mapping[Service, tuple[type[EventData], ...]] = {
    "tasks": (gateway.AccessRevoked, comms.ClientCreated, comms.ClientUpdated, ai.SuggestionAccepted),
    "comms": (gateway.AccessRevoked, gateway.WorkspaceCreated),
    "ai": (gateway.AccessRevoked, gateway.WorkspaceCreated, comms.MessageReceived, comms.MessageSent),
    "gateway": (
        comms.ClientCreated,
        comms.ClientUpdated,
        comms.MessageReceived,
        comms.MessageSent,
        ai.SuggestionCreated,
        ai.SuggestionAccepted,
        ai.SuggestionDismissed,
        ai.SuggestionRestored,
        tasks.ProjectCreated,
        tasks.TaskCreated,
        tasks.TaskUpdated,
        tasks.TaskCompleted,
        tasks.TaskDeleted,
    ),
}

# Who writes to a bucket, beside how long an object is kept. `operator` is a person who answers for the dead letters.
BUCKETS: Mapping[str, Mapping[str, str | int]] = {
    "prompt-logs": {"writer": "bedrock-proxy", "expire_days": 30},
    "audit": {"writer": "operator", "expire_days": 400},
}

# DynamoDB, for what has no database beside it: a Lambda function's counters.
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


def inbox_name(service: Service) -> str:
    """Return the name of the queue that `service` consumes."""
    return f"{service}-inbox"


def dead_letter_name(service: Service) -> str:
    """Return the name of the queue that takes what `service` could not handle."""
    return f"{service}-dlq"


def subscriptions(service: Service) -> list[Subscription]:
    """Return the subscriptions that feed the inbox of `service`, by topic; empty when it consumes nothing."""
    by_topic: dict[str, list[str]] = {}
    for model in CONSUMES.get(service, ()):
        by_topic.setdefault(topic_name(model.service), []).append(model.type())
    return [Subscription(topic, inbox_name(service), tuple(sorted(types))) for topic, types in sorted(by_topic.items())]


def topology() -> dict[str, Any]:
    """Return the whole topology as plain JSON data; keys are names without the environment's prefix."""
    publishers = sorted({model.service for model in EVENT_TYPES.values()})
    consumers = sorted(CONSUMES)
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
            inbox_name(service): {
                "service": service,
                "dead_letter_queue": dead_letter_name(service),
                "max_receive_count": MAX_RECEIVE_COUNT,
                "visibility_timeout_seconds": VISIBILITY_SECONDS,
                "message_retention_seconds": MESSAGE_RETENTION_SECONDS,
                "dead_letter_retention_seconds": DEAD_LETTER_RETENTION_SECONDS,
            }
            for service in consumers
        },
        "subscriptions": [
            {"topic": item.topic, "queue": item.queue, "raw": True, "filter": {"type": list(item.types)}}
            for service in consumers
            for item in subscriptions(service)
        ],
        "buckets": {name: dict(bucket) for name, bucket in BUCKETS.items()},
        "tables": {name: dict(table) for name, table in TABLES.items()},
    }
