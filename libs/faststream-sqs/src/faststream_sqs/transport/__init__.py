"""The transport of requests to SQS and SNS."""

from .clients import Clients, ClientSettings
from .protocol import EntryOutcome, Transport, WireMessage

__all__ = ("ClientSettings", "Clients", "EntryOutcome", "Transport", "WireMessage")
