"""Consuming queues."""

from .batch import SQSBatchSubscriber
from .config import SQSSubscriberConfig
from .factory import create_subscriber
from .usecase import SQSSubscriber

__all__ = ("SQSBatchSubscriber", "SQSSubscriber", "SQSSubscriberConfig", "create_subscriber")
