"""What the proxy itself refuses, in the shape of Bedrock's own errors, so that every AWS client knows what to raise.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors

`reason` is for machines (header `x-smartstack-reason`): our own caller tells a spent budget from a stopped model by it.
"""

from typing import Literal

Reason = Literal[
    "stopped", "token", "model", "request", "budget", "store", "upstream", "deadline", "internal", "no_such_operation"
]
REASON_HEADER = "x-smartstack-reason"


class Refusal(Exception):  # noqa: N818 - an answer rather than an error
    """An answer instead of the model's."""

    def __init__(self, status: int, code: str, message: str, reason: Reason) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.reason = reason


def stopped() -> Refusal:
    """Return the answer while the kill switch is on: not to be tried again, as a 5xx would be."""
    return Refusal(403, "AccessDeniedException", "Model calls are stopped by the operator.", "stopped")


def unauthorised() -> Refusal:
    """Return the one answer to every bad token, so that it tells nothing about what was wrong with it."""
    return Refusal(403, "AccessDeniedException", "The workspace token is missing, invalid or expired.", "token")


def unknown_model() -> Refusal:
    """Return what Bedrock says of a model without access."""
    message = "You don't have access to the model with the specified model ID."
    return Refusal(403, "AccessDeniedException", message, "model")


def invalid(message: str) -> Refusal:
    """Return the answer to a request that breaks a rule."""
    return Refusal(400, "ValidationException", message, "request")


def over_budget() -> Refusal:
    """Return the answer when the workspace's month is spent."""
    message = "The workspace's budget for model calls is spent for this month."
    return Refusal(400, "ServiceQuotaExceededException", message, "budget")


def unavailable(message: str, reason: Reason) -> Refusal:
    """Return the answer when something behind the proxy does not work; worth another try."""
    return Refusal(503, "ServiceUnavailableException", message, reason)


def too_slow() -> Refusal:
    """Return the answer when the deadline passed before the model's first byte."""
    return Refusal(408, "ModelTimeoutException", "The model did not answer before the deadline.", "deadline")


def internal() -> Refusal:
    """Return the answer when the proxy itself failed."""
    return Refusal(500, "InternalServerException", "The proxy failed.", "internal")


def no_such_operation() -> Refusal:
    """Return what AWS says to any other path or method."""
    return Refusal(404, "UnknownOperationException", "There is no such operation.", "no_such_operation")
