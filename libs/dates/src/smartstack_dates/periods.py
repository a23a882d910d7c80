"""Stretches of time and their edges: end of the week, mid October, early next month, Q3, the weekend, EOD."""

from collections.abc import Callable
from datetime import date, timedelta

from smartstack_dates.absolute import month_period, read_absolute
from smartstack_dates.clock import in_zone, skip_fillers
from smartstack_dates.reading import END_OF_DAY, Found, Reader, add_months, monday_of, month_end
from smartstack_dates.tokens import AMBIGUOUS, MONTHS, WEEKDAYS

DayReader = Callable[[Reader, int], Found | None]

_PERIOD = frozenset({"period"})
_SHORT = {"eod": "day", "cob": "day", "cop": "day", "eop": "day", "eow": "week", "eom": "month", "eoq": "quarter",
          "eoy": "year"}  # fmt: skip
_STARTS = {"start", "beginning", "early"}
_MIDDLES = {"middle", "mid"}
_ENDS = {"end", "close", "late", "later"}
_WHEN = {"this": 0, "next": 1, "following": 1, "coming": 1, "last": -1, "past": -1, "previous": -1}
_UNITS = {"day", "week", "month", "quarter", "year", "weekend"}


def read_period(reader: Reader, index: int, read_day: DayReader) -> Found | None:
    """A period at ``index``, or the edge of one; resolved to its last day (of a week: its Friday)."""
    word = reader.text(index)
    if word in _SHORT:
        return _short(reader, index, read_day)
    if word in {"midweek", "mid-week"}:
        return _edge(_stretch(reader.context.today, "week", 0, index + 1), "mid")
    at = reader.skip(index, "the", "very")
    if reader.text(at) in _STARTS | _MIDDLES | _ENDS:
        return _edged(reader, at, read_day)
    return _bare(reader, index)


def _short(reader: Reader, index: int, read_day: DayReader) -> Found | None:
    unit = _SHORT[reader.text(index)]
    if unit == "day":
        return _end_of_day(reader, index + 1, read_day)
    return _edge(_stretch(reader.context.today, unit, 0, index + 1, rolls=True), "end")


def _end_of_day(reader: Reader, index: int, read_day: DayReader) -> Found:
    """The end of the day named next, or of today; a zone may stand between: close of business Eastern on Friday."""
    clock, after = in_zone(reader, END_OF_DAY, index)
    at = reader.skip(skip_fillers(reader, after), "of", "on", ",")
    found = read_day(reader, at)
    if found and found.first == found.day and found.clock is None and found.instant is None:
        return Found(found.end, found.day, found.first, "day", found.flags, clock)
    today = reader.context.today
    return Found(index, today, today, "day", clock=END_OF_DAY)


def _edged(reader: Reader, index: int, read_day: DayReader) -> Found | None:
    word, at = reader.text(index), index + 1
    at = reader.skip(at, "-")
    at = at if word in {"end", "close"} else reader.skip(at, "in", "on", "part", "half")
    at = reader.skip(at, "of")
    if word in {"end", "close"}:
        if reader.text(at) in {"business", "play"}:
            return _end_of_day(reader, at + 1, read_day)
        if at == index + 1 and reader.text(at) not in {"this", "next"}:
            return None
        day = read_day(reader, at)
        if day and day.first == day.day:
            return _end_of_day(reader, at, read_day)
    if word == "later" and reader.text(at) == "today":
        return Found(at + 1, reader.context.today, reader.context.today, "day")
    stretch = _named_stretch(reader, at, read_day)
    return stretch and _edge(stretch, word)


def _named_stretch(reader: Reader, index: int, read_day: DayReader) -> Found | None:
    """[the | this | next] week · business day · October"""
    at = reader.skip(index, "the")
    ahead = _WHEN.get(reader.text(at))
    if reader.text(at) in {"week", "month"} and reader.matches(at + 1, "after", "next"):
        return _stretch(reader.context.today, reader.text(at), 2, at + 3)
    at = at if ahead is None else at + 1
    at = reader.skip(at, "business", "working", "calendar", "work")
    unit = reader.text(at).removesuffix("'s")
    if unit == "day" and ahead is None:
        return _end_of_day(reader, at + 1, read_day)
    if unit in _UNITS:
        return _stretch(reader.context.today, unit, ahead or 0, at + 1, rolls=ahead is None)
    if reader.text(at) in MONTHS:
        return month_period(reader, at)
    return _quarter(reader, at)


def _quarter(reader: Reader, index: int) -> Found | None:
    token, number = reader.at(index), reader.at(index + 1)
    if token.text != "q" or not number.digits or not 0 < number.value < 5 or not reader.glued(index + 1):
        return None
    today = reader.context.today
    month = 3 * number.value - 2
    first = date(today.year + (month + 2 < today.month), month, 1)
    end = index + 2
    if reader.at(end).digits == 4:
        first, end = first.replace(year=max(1, reader.at(end).value)), end + 1
    return Found(end, month_end(add_months(first, 2)), first, "quarter", frozenset({"period"}))


def _stretch(today: date, unit: str, ahead: int, end: int, *, rolls: bool = False) -> Found:
    """``rolls``: at the weekend "the week" is the coming one, as "this week" is still this one."""
    flags = frozenset({"period", "past"} if ahead < 0 else {"period"})
    if unit == "day":
        return Found(end, today, today, "day", flags, END_OF_DAY)
    if unit in {"week", "weekend"}:
        return _week(today, unit, ahead + (1 if rolls and unit == "week" and today.weekday() > 4 else 0), end, flags)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = today.replace(day=1)
    first = add_months(first, -((first.month - 1) % months) + ahead * months)
    return Found(end, month_end(add_months(first, months - 1)), first, unit, flags)


def _week(today: date, unit: str, ahead: int, end: int, flags: frozenset[str]) -> Found:
    monday = monday_of(today) + timedelta(weeks=ahead)
    if unit == "weekend":
        return Found(end, monday + timedelta(days=6), monday + timedelta(days=5), unit, flags)
    friday = monday + timedelta(days=4)
    last = friday if friday >= today or ahead else monday + timedelta(days=6)
    return Found(end, last, monday, unit, flags)


def _edge(stretch: Found, word: str) -> Found:
    """The day an edge falls on; a start is given a day or two where only "early" was said."""
    first, last = stretch.first, stretch.day
    if word in _ENDS:
        day = last
    elif word in _MIDDLES:
        day = {"week": first + timedelta(days=2), "month": first.replace(day=15)}.get(
            stretch.kind, first + (last - first) / 2
        )
    elif word == "early":
        day = first + timedelta(days=1 if stretch.kind in {"week", "weekend"} else 6)
    else:
        day = first
    return Found(stretch.end, day, day, "day", stretch.flags, stretch.clock)


def _weekday_of(reader: Reader, week: Found) -> Found | None:
    """next week Wednesday · next week on Wednesday"""
    at = reader.skip(week.end, ",", "on")
    at = reader.skip(at, "on")
    number = WEEKDAYS.get(reader.text(at))
    if number is None:
        return None
    day = monday_of(week.first) + timedelta(days=number)
    return Found(at + 1, day, day, "weekday", week.flags - {"period"})


def _bare(reader: Reader, index: int) -> Found | None:
    """this week · next month · the weekend · month end · Q3; a bare "the week" is not a date"""
    at = reader.skip(index, "the")
    ahead = _WHEN.get(reader.text(at))
    if ahead is not None:
        return _pointed(reader, at + 1, ahead)
    found = _unpointed(reader, index, at)
    led = reader.text(index - 1) in {"by", "in", "before", "until", "for"}
    return found or (_quarter(reader, index) if led else None)


def _pointed(reader: Reader, index: int, ahead: int) -> Found | None:
    """The week of "next week", "this week's", "next week Wednesday"; the month of "this October"."""
    word = reader.text(index)
    unit = word.removesuffix("'s")
    if unit in MONTHS and unit not in AMBIGUOUS and ahead >= 0:
        return month_period(reader, index)
    if unit not in _UNITS or unit == "day":
        return None
    found = _stretch(reader.context.today, unit, ahead, index + 1)
    weekday = _weekday_of(reader, found) if unit == "week" else None
    flags = found.flags | ({"possessive"} if unit != word else set())
    return weekday or Found(found.end, found.day, found.first, found.kind, flags)


def _unpointed(reader: Reader, index: int, at: int) -> Found | None:
    """month end · within the week · the week after next · by the weekend"""
    unit, before, today = reader.text(at), reader.text(index - 1), reader.context.today
    if unit == "week" and reader.text(at + 1) in {"of", "commencing", "starting", "beginning"}:
        day = read_absolute(reader, at + 2)
        return day and Found(day.end, monday_of(day.day) + timedelta(days=4), monday_of(day.day), "week", _PERIOD)
    ends = reader.skip(at + 1, "-")
    if unit in _UNITS - {"day", "weekend"} and reader.text(ends) == "end":
        return _edge(_stretch(today, unit, 0, ends + 1, rolls=True), "end")
    if unit in {"week", "month"} and at > index and before == "within":
        return _stretch(today, unit, 0, at + 1, rolls=True)
    if unit in {"week", "weekend", "month"} and reader.matches(at + 1, "after", "next"):
        return _stretch(today, unit, 2, at + 3)
    if unit == "weekend" and (at > index or before in {"by", "before", "over"}):
        return _stretch(today, "weekend", 0, at + 1)
    return None
