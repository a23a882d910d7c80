"""Shared parts of the grammar: the tokens under a cursor, the moment of reading, and the results."""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from smartstack_dates.tokens import Token

_NOTHING = Token("punct", "", -1, -1)


@dataclass(frozen=True, slots=True)
class Context:
    """When and where the text was written.

    ``month_first`` reads 10/2 as 2 October, ``day_dots`` 3.12 as 3 December rather than a time.
    """

    now: datetime
    zone: ZoneInfo
    month_first: bool
    day_dots: bool

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. ``open`` means twelve-hour without am or pm; ``daypart`` a named part of the day.

    ``zone`` is the zone that was named, if any; ``doubtful`` one that could not be made out.
    """

    hour: int
    minute: int = 0
    second: int = 0
    open: bool = False
    daypart: str | None = None
    zone: tzinfo | None = None
    doubtful: bool = False


END_OF_DAY = Clock(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Found:
    """A day, or a stretch of days ``first``..``day``; ``end`` is the index of the token after it."""

    end: int
    day: date
    first: date
    kind: str
    flags: frozenset[str] = field(default_factory=frozenset)
    clock: Clock | None = None
    instant: datetime | None = None


@dataclass(slots=True)
class Reader:
    """The tokens of one text and the context they are read in."""

    tokens: list[Token]
    context: Context

    def at(self, index: int) -> Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else _NOTHING

    def text(self, index: int) -> str:
        # Asked most of all, so without a call of its own.
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def skip(self, index: int, *words: str) -> int:
        """The index after an optional token that is one of ``words``."""
        return index + 1 if self.text(index) in words else index

    def glued(self, index: int) -> bool:
        """True when the token touches the one before it."""
        return 0 < index < len(self.tokens) and self.tokens[index].start == self.tokens[index - 1].end

    def matches(self, index: int, *words: str) -> bool:
        return all(self.text(index + offset) == word for offset, word in enumerate(words))


def single(end: int, day: date, kind: str, *flags: str, clock: Clock | None = None) -> Found:
    """A ``Found`` that names one day."""
    return Found(end, day, day, kind, frozenset(flags), clock)


def month_end(day: date) -> date:
    """The last day of that month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def add_workdays(day: date, count: int) -> date:
    """``count`` Mondays-to-Fridays later."""
    for _ in range(count):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day


def monday_of(day: date) -> date:
    """The Monday of that ISO week."""
    return day - timedelta(days=day.weekday())


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(value: int, digits: int) -> int | None:
    """The year a two- or four-digit number means, if it can be one."""
    if digits == 2:
        return 2000 + value
    return value if digits == 4 and 1900 <= value <= 2200 else None


def upcoming(today: date, month: int, day: int) -> date | None:
    """The next such day, today included; looks ahead far enough for 29 February."""
    options = (make_date(today.year + ahead, month, day) for ahead in range(9))
    return next((option for option in options if option and option >= today), None)
