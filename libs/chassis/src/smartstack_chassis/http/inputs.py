"""Types of what callers send: bodies, texts that Postgres can hold, names that people can see, moments in time."""

import re
import unicodedata
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


# Bidi controls, soft hyphens, zero-width spaces and other format characters; not the joiners of emoji and of scripts.
_STRIPPED = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
# By category a character without a shape of its own. Not those that this Python does not know: emoji of later years.
_INVISIBLE = frozenset(["Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"])
# Letters and symbols by category, yet blank: fillers of Hangul, the empty pattern of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def _visible(value: str) -> str:
    kept = _STRIPPED.sub("", _storable(value)).strip()
    if all(character in _BLANK or unicodedata.category(character) in _INVISIBLE for character in kept):
        raise ValueError("must contain a visible character")
    return kept


VisibleText = AfterValidator(_visible)
"""Marks names and titles: text for Postgres that shows something.

Bidi controls and format characters are removed, not refused: pasted text brings them along unseen. They would reverse
the text around a name, or let two names look alike.
"""


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
