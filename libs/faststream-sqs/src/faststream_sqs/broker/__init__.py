"""Broker and router."""

from .broker import SQSBroker
from .router import SQSPublisher, SQSRoute, SQSRouter

__all__ = ("SQSBroker", "SQSPublisher", "SQSRoute", "SQSRouter")
