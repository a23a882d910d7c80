"""Queues and topics in AsyncAPI's sqs binding.

Source: https://github.com/asyncapi/bindings/tree/master/sqs
"""

from collections.abc import Sequence
from typing import Any

from .schemas import Queue, Topic


def queue_binding(queue: Queue, topics: Sequence[Topic] = ()) -> dict[str, Any]:
    """A queue with what its declaration fixes, and the topics that feed it."""
    binding: dict[str, Any] = {"name": queue.name, "fifoQueue": queue.fifo}
    given = {
        "visibilityTimeout": queue.visibility,
        "deliveryDelay": queue.delay,
        "messageRetentionPeriod": queue.retention,
    }
    binding |= {name: value for name, value in given.items() if value is not None}
    if queue.dlq is not None:
        binding["redrivePolicy"] = {
            "deadLetterQueue": {"name": queue.dlq_name},
            "maxReceiveCount": queue.dlq.max_receive,
        }
    if topics:
        binding["topics"] = [_subscription(topic) for topic in topics]
    return binding


def topic_binding(topic: Topic) -> dict[str, Any]:
    """A topic as a destination."""
    return {"name": topic.name, "fifoQueue": topic.fifo, "type": "sns"}


def _subscription(topic: Topic) -> dict[str, Any]:
    subscription: dict[str, Any] = {"name": topic.name, "rawMessageDelivery": topic.raw}
    if topic.filter:
        subscription |= {"filterPolicy": dict(topic.filter), "filterPolicyScope": topic.filter_scope}
    return subscription
