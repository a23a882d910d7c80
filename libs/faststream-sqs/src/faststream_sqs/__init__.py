"""A FastStream broker for Amazon SQS and SNS."""

from .annotations import SQSBatchMessage, SQSMessage
from .broker import SQSBroker, SQSPublisher, SQSRoute, SQSRouter
from .exceptions import (
    AccessDeniedError,
    DestinationNotFoundError,
    InvalidMessageError,
    LeaseLostError,
    NetworkError,
    OverLimitError,
    PublishBatchError,
    RetryableError,
    ServerError,
    SQSBrokerError,
    ThrottledError,
    TopologyMismatchError,
    TransportError,
)
from .message import Lease, SQSRawMessage
from .response import BatchFailures, PublishResult, SQSPublishCommand, SQSPublishItem, SQSResponse
from .schemas import Backoff, DeadLetter, Extend, Fair, Queue, S3ClaimCheck, SendBatch, Topic
from .testing import TestSQSBroker

__all__ = (
    "AccessDeniedError",
    "Backoff",
    "BatchFailures",
    "DeadLetter",
    "DestinationNotFoundError",
    "Extend",
    "Fair",
    "InvalidMessageError",
    "Lease",
    "LeaseLostError",
    "NetworkError",
    "OverLimitError",
    "PublishBatchError",
    "PublishResult",
    "Queue",
    "RetryableError",
    "S3ClaimCheck",
    "SQSBatchMessage",
    "SQSBroker",
    "SQSBrokerError",
    "SQSMessage",
    "SQSPublishCommand",
    "SQSPublishItem",
    "SQSPublisher",
    "SQSRawMessage",
    "SQSResponse",
    "SQSRoute",
    "SQSRouter",
    "SendBatch",
    "ServerError",
    "TestSQSBroker",
    "ThrottledError",
    "Topic",
    "TopologyMismatchError",
    "TransportError",
)
