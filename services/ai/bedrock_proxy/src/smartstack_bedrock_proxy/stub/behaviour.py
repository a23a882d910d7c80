"""What the stub may do with a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Every error that the Converse API documents, with its status.
#: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
ERRORS: Mapping[str, int] = {
    "ValidationException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "InternalServerException": 500,
    "ServiceUnavailableException": 503,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `tool` is the input for the tool that the request forces; without it, it is made up by schema.

    `fails_midway` is an exception inside a stream, such as `throttlingException`, after half of the text;
    `usage` overrides input and output tokens (by default: bytes of the request over 4, words of the answer).
    """

    text: str = "Understood."
    tool: Mapping[str, Any] | None = None
    fails_midway: str | None = None
    usage: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One of ERRORS."""

    code: str
    message: str = "It was scripted so."


@dataclass(frozen=True, slots=True)
class Slow:
    """An answer that takes its time: `before` the first byte, and `between` the parts of a stream; in seconds."""

    before: float = 0.0
    between: float = 0.0
    answer: Answer = Answer()


@dataclass(frozen=True, slots=True)
class Cut:
    """A connection that ends: before the first byte, or (streams alone) after `parts` parts."""

    parts: int = 0


Behaviour = Answer | Failure | Slow | Cut
