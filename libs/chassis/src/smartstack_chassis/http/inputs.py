"""Types of what callers send: bodies, texts that Postgres can hold, moments in time."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, TypeAdapter


class Input(BaseModel):
    """Base of request bodies: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("may not contain the NUL character")
    return value


Storable = AfterValidator(_storable)
"""Marks text that goes to Postgres, which cannot store U+0000."""


EARLIEST = datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def _written_out(value: object) -> object:
    """Refuse a bare date and a number, which pydantic would take for midnight and for seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value.upper()):
        return value
    raise ValueError("write date, time and offset, such as 2026-11-26T17:00:00Z")


def _to_utc(value: datetime) -> datetime:
    # The driver takes the very first and the very last moment of Python's calendar for infinity.
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("lies outside of the years 1 to 9999")
    return moment


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_to_utc)]
"""A moment as RFC 3339 text with its offset; in UTC once read, and always within what Postgres can hold."""


_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def read_instant(text: str) -> datetime:
    """Return the moment that RFC 3339 text names, in UTC; raises ValueError when it names none."""
    return _INSTANT.validate_python(text)
