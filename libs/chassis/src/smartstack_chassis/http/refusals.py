"""The answers to requests that a process does not work on, or no longer."""

import json

from smartstack_chassis.core.errors import DomainError, Unavailable
from smartstack_chassis.http.middleware import Message

RETRY_AFTER_SECONDS = 1

_SHED = json.dumps(
    {
        "type": "about:blank",
        "title": "Too busy",
        "status": 503,
        "detail": "There are more requests than can be served now. Nothing was done; send it again in a moment.",
        "code": "overloaded",
    }
).encode()
_SHED_HEADERS = [
    (b"content-type", b"application/problem+json"),
    (b"content-length", str(len(_SHED)).encode()),
    (b"retry-after", str(RETRY_AFTER_SECONDS).encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


def shed() -> tuple[Message, Message]:
    """Return the answer to a request that is not let in: made once, since it has to cost nothing."""
    start = {"type": "http.response.start", "status": 503, "headers": list(_SHED_HEADERS)}
    return start, {"type": "http.response.body", "body": _SHED}


class TooSlow(DomainError):  # noqa: N818 - reads as the HTTP reason that it becomes
    """The body did not arrive in time."""

    status = 408
    title = "The request took too long"


class NoAnswer(Unavailable):
    """The deadline passed while a request was worked on: its effect is not known."""

    status = 504
    title = "No answer in time"

    @classmethod
    def to(cls, method: str) -> "NoAnswer":
        """Return the error for a request with this method; one that only reads can be sent again as it is."""
        if method in ("GET", "HEAD"):
            return cls("deadline_exceeded", "There was no answer in time; try again in a moment.")
        return cls(
            "deadline_exceeded",
            "There was no answer in time, and it may have been done all the same: "
            "send it again with the same Idempotency-Key, or look first.",
        )
