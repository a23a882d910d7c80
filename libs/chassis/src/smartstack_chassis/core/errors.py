"""Errors by kind. Domain code raises these; the HTTP edge and the consumer each map them once.

DomainError
 ├─ Invalid                422  a value breaks a rule; `errors` names the fields
 ├─ NotFound               404  unknown, or another workspace's: the two look the same
 ├─ Conflict               409  the thing is not in a state that allows it
 ├─ PreconditionFailed     412  it changed since it was read; `current` is its version now
 ├─ PreconditionRequired   428  If-Match is missing
 ├─ Unauthenticated        401  no valid token
 ├─ Forbidden              403  the token does not allow this
 ├─ TooLarge               413  the body is over the limit
 ├─ TooMany                429  over the rate limit; `retry_after` says when to come back
 └─ Unavailable            503  a dependency is down: the only retryable one
"""

from collections.abc import Sequence
from typing import ClassVar, TypedDict


class FieldError(TypedDict):
    """One field and what to do about it."""

    field: str
    message: str


class DomainError(Exception):
    """Base of all expected failures: `code` is stable and for machines, `detail` is for people."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "Bad request"
    retryable: ClassVar[bool] = False

    def __init__(self, code: str, detail: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = list(errors)


class Invalid(DomainError):  # noqa: N818 - reads as the HTTP reason that it becomes
    """A value breaks a rule."""

    status = 422
    title = "Invalid input"

    @classmethod
    def field(cls, field: str, message: str, code: str = "invalid") -> "Invalid":
        """Return the error for one field."""
        return cls(code, message, errors=[{"field": field, "message": message}])


class NotFound(DomainError):  # noqa: N818
    """There is no such thing in this workspace."""

    status = 404
    title = "Not found"

    @classmethod
    def of(cls, what: str) -> "NotFound":
        """Return the error for a kind of thing, such as `task`; unknown and foreign ids give the same one."""
        return cls(f"{what.replace(' ', '_')}_not_found", f"There is no such {what} in this workspace.")


class Conflict(DomainError):  # noqa: N818
    """Its state does not allow this."""

    status = 409
    title = "Conflict"


class PreconditionFailed(DomainError):  # noqa: N818
    """It changed since it was read."""

    status = 412
    title = "Changed since it was read"

    def __init__(self, code: str, detail: str, *, current: int) -> None:
        super().__init__(code, detail)
        self.current = current

    @classmethod
    def stale(cls, current: int) -> "PreconditionFailed":
        """Return the error that names the current version and the remedy."""
        detail = f"This was changed since you read it: version {current} is current. Read it, then repeat your change."
        return cls("stale_version", detail, current=current)


class PreconditionRequired(DomainError):  # noqa: N818
    """If-Match is missing."""

    status = 428
    title = "If-Match is required"


class Unauthenticated(DomainError):  # noqa: N818
    """No valid token came with the request."""

    status = 401
    title = "Sign in first"


class Forbidden(DomainError):  # noqa: N818
    """The token is valid and does not allow this."""

    status = 403
    title = "Not allowed"


class TooLarge(DomainError):  # noqa: N818
    """The body is over the limit."""

    status = 413
    title = "Body too large"


class TooMany(DomainError):  # noqa: N818
    """Over the rate limit."""

    status = 429
    title = "Too many requests"

    def __init__(self, code: str, detail: str, *, retry_after: int) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Unavailable(DomainError):  # noqa: N818
    """Something this needs is down; trying again later can help."""

    status = 503
    title = "Not available now"
    retryable = True
