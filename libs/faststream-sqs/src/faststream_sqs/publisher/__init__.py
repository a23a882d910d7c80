"""Sending to queues and topics."""

from .factory import create_publisher
from .producer import SQSProducer
from .usecase import SQSPublisher

__all__ = ("SQSProducer", "SQSPublisher", "create_publisher")
