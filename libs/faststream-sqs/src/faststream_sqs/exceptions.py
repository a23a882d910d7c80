"""All exceptions, as one tree.

SQSBrokerError
├── TransportError                 a call to AWS failed
│   ├── RetryableError             the same call may work later
│   │   ├── ThrottledError         too many requests
│   │   ├── ServerError            HTTP 5xx
│   │   ├── NetworkError           no answer, or half of one
│   │   └── OverLimitError         120,000 messages (20,000 for FIFO) are already in flight
│   ├── AccessDeniedError          IAM, KMS or missing credentials: only a person can help
│   ├── DestinationNotFoundError   the queue or topic does not exist
│   ├── LeaseLostError             the receipt handle is no longer valid
│   └── InvalidMessageError        the service refuses this message, now and later
├── TopologyMismatchError          a queue, topic or subscription differs from its declaration
└── PublishBatchError              some messages of a batch were not accepted
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from faststream.exceptions import FastStreamException

if TYPE_CHECKING:
    from .response import PublishResult


class SQSBrokerError(FastStreamException):
    """Base of every error of this package."""


class TransportError(SQSBrokerError):
    """A call to SQS, SNS or S3 failed."""


class RetryableError(TransportError):
    """The same call may succeed later."""


class ThrottledError(RetryableError):
    """The service asks us to slow down."""


class ServerError(RetryableError):
    """The service failed (HTTP 5xx)."""


class NetworkError(RetryableError):
    """The connection failed or the answer did not arrive whole."""


class OverLimitError(RetryableError):
    """The queue has as many messages in flight as it allows."""


class AccessDeniedError(TransportError):
    """IAM or KMS refuses, or there are no credentials."""


class DestinationNotFoundError(TransportError):
    """The queue or topic does not exist."""


class LeaseLostError(TransportError):
    """The receipt handle is no longer valid: the message was deleted or is with another consumer."""


class InvalidMessageError(TransportError):
    """The service refuses this message whatever the number of attempts: too long, illegal characters."""


class TopologyMismatchError(SQSBrokerError):
    """The declaration differs from the existing resources. The text lists every difference."""


class PublishBatchError(SQSBrokerError):
    """Some messages of a batch were not accepted; the others were.

    Attributes:
        results: one `PublishResult` per message, in the order they were given.
    """

    def __init__(self, results: Sequence["PublishResult"]) -> None:
        self.results = tuple(results)
        first = self.failed[0].error if self.failed else None
        super().__init__(f"{len(self.failed)} of {len(self.results)} messages were not accepted; first: {first!r}")

    @property
    def succeeded(self) -> tuple["PublishResult", ...]:
        """The results of the messages that were accepted."""
        return tuple(r for r in self.results if r.error is None)

    @property
    def failed(self) -> tuple["PublishResult", ...]:
        """The results of the messages that were not accepted."""
        return tuple(r for r in self.results if r.error is not None)
