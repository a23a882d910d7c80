"""Moments: a day with a time, a time with a day, either alone, and ranges of them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from smartstack_dates.absolute import read_absolute
from smartstack_dates.clock import DAYPARTS, in_zone, place_in, read_clock, read_daypart, settle, skip_fillers
from smartstack_dates.holidays import PHRASES
from smartstack_dates.nth import read_nth
from smartstack_dates.periods import read_period
from smartstack_dates.reading import END_OF_DAY, Clock, Found, Reader
from smartstack_dates.relative import read_offset, read_weekday, read_word

_TIME_LEADS = {"at", "@", "by", "around", "about", "before", "until", "till", "til", "from", "-", "–", "to"}
_JOINS = {",", "at", "@", "around", "about", "by", "-", "–", "—", "before", "(", "until", "for"}
_MOST_FILLERS = 4
_BARE = {"weekday", "ordinal"}
_RANGE_WORDS = {"-", "–", "—", "to", "or", "till", "until", "through", "and"}


@dataclass(frozen=True, slots=True)
class Moment:
    """Tokens ``start``..``end`` name ``value``; ``first`` is the first day of what was named.

    ``bare`` means that a weekday or a day of the month was all that was said of the day.
    """

    start: int
    end: int
    value: datetime
    first: date
    dated: bool
    timed: bool
    flags: frozenset[str]
    bare: bool = False


def read_day(reader: Reader, index: int) -> Found | None:
    """The longest day, stretch or offset that starts at ``index``."""
    readings = (
        read_word(reader, index),
        read_weekday(reader, index),
        read_absolute(reader, index),
        read_offset(reader, index, _read_base),
        read_period(reader, index, _read_simple),
        read_nth(reader, index),
        _holiday(reader, index),
    )
    found = [reading for reading in readings if reading]
    return max(found, key=lambda reading: reading.end) if found else None


def _read_simple(reader: Reader, index: int) -> Found | None:
    """A day that can follow "end of"; not itself a period, so the recursion ends."""
    return read_word(reader, index) or read_weekday(reader, index) or read_absolute(reader, index)


def _read_base(reader: Reader, index: int) -> Found | None:
    """A day that can follow "three weeks from"; not itself counted from another."""
    return _read_simple(reader, index) or read_period(reader, index, _read_simple) or _holiday(reader, index)


def _holiday(reader: Reader, index: int) -> Found | None:
    for words, rule in PHRASES.get(reader.text(index), ()):
        if reader.matches(index, *words):
            today = reader.context.today
            day = next((day for day in map(rule, (today.year, today.year + 1)) if day >= today), None)
            return None if day is None else Found(index + len(words), day, day, "holiday", frozenset({"holiday"}))
    return None


def read_moment(reader: Reader, index: int) -> Moment | None:
    """The longest moment at ``index``."""
    found = read_day(reader, index)
    if found and found.instant:
        return Moment(index, found.end, found.instant, found.day, False, True, found.flags)
    if found:
        return _day_then_time(reader, index, found)
    return _time_then_day(reader, index)


def _day_then_time(reader: Reader, index: int, found: Found) -> Moment:
    clock, end = found.clock, found.end
    part = read_daypart(reader, reader.skip(end, ",")) if clock is None or not clock.daypart else None
    if part:
        clock, end = part
    if clock is None and reader.text(end) in {"eod", "cob", "cop"}:
        end += 1
    joined = _skip_joins(reader, end)
    time = None if "period" in found.flags else read_clock(reader, joined, anchored=_anchored(reader, joined, end))
    if time:
        opened = "(" in (reader.text(at) for at in range(end, joined))
        exact, end = time
        end = reader.skip(end, ")") if opened else end
        clock = place_in(exact, clock.daypart if clock else None)
    elif "period" not in found.flags:
        clock, end = _day_in_zone(reader, end, clock)
    return _moment(reader, index, end, found, clock)


def _skip_joins(reader: Reader, index: int) -> int:
    """The index after "at", ", by", "(", "at the latest by" and their kin."""
    for _ in range(_MOST_FILLERS):
        after = skip_fillers(reader, index)
        after = after + 1 if after == index and reader.text(index) in _JOINS else after
        if after == index:
            break
        index = after
    return index


def _day_in_zone(reader: Reader, end: int, clock: Clock | None) -> tuple[Clock | None, int]:
    """End of day Pacific, Friday ET: the day ends when it ends there. A bare day needs a zone in capitals."""
    if clock is None and not reader.at(end).upper:
        return None, end
    timed, after = in_zone(reader, clock or END_OF_DAY, end)
    return (clock, end) if after == end else (timed, after)


def _anchored(reader: Reader, joined: int, end: int) -> bool:
    return (joined > end and reader.text(joined - 1) in {"at", "@", "around", "about", "by", "before"}) or (
        joined == end and not reader.at(joined).digits
    )


def _time_then_day(reader: Reader, index: int) -> Moment | None:
    anchored = reader.text(index - 1) in {"at", "@", "around", "by", "before", "until", "till"}
    time = read_clock(reader, index, anchored=anchored) or _number_before_day(reader, index)
    part = None if time else _standalone_daypart(reader, index)
    if time is None and part is None:
        return None
    clock, end = time or part or (Clock(0), index)
    joined = reader.skip(skip_fillers(reader, end), ",", "-", "(", "–", "—")
    opened = reader.text(joined - 1) == "("
    joined = reader.skip(skip_fillers(reader, joined), "on", "of")
    found = read_day(reader, joined)
    if found and not found.instant and not found.flags & {"period"}:
        return _time_on_day(reader, index, clock, found, opened=opened)
    if reader.text(index) in {"lunch", "lunchtime"} and reader.text(index - 1) not in {"by", "before", "until"}:
        return None
    if part and reader.matches(index, "the"):
        return None
    return _time_alone(reader, index, end, clock)


def _number_before_day(reader: Reader, index: int) -> tuple[Clock, int] | None:
    """A bare number as an hour, next to a word for the day: "five-thirty tomorrow", "10, tonight"."""
    time = read_clock(reader, index, anchored=True)
    if time is None or reader.text(index - 1) in {"$", "£", "€", "#"}:
        return None
    clock, end = time
    near = reader.skip(end, ",")
    if near == end and clock.minute == 0:
        return None
    return time if reader.text(near) in {"tonight", "tomorrow", "today"} else None


def _standalone_daypart(reader: Reader, index: int) -> tuple[Clock, int] | None:
    """this morning · in the morning · first thing"""
    if reader.text(index) == "this":
        clock = DAYPARTS.get(reader.text(index + 1))
        return (clock, index + 2) if clock else None
    if reader.text(index) in {"in", "first"} and reader.text(index + 1) in {"the", "thing"}:
        return read_daypart(reader, index)
    return None


def _time_on_day(reader: Reader, index: int, clock: Clock, found: Found, *, opened: bool) -> Moment:
    end, daypart = found.end, found.clock.daypart if found.clock else None
    part = read_daypart(reader, end)
    if part:
        daypart, end = part[0].daypart, part[1]
    clock, end = in_zone(reader, clock, end)
    return _moment(reader, index, reader.skip(end, ")") if opened else end, found, place_in(clock, daypart))


def _time_alone(reader: Reader, index: int, end: int, clock: Clock) -> Moment:
    """A time without a day is the next such time: today, or tomorrow when it has passed."""
    context = reader.context
    this_part = reader.text(index) == "this"
    if reader.text(end) == "this" and reader.text(end + 1) in DAYPARTS:
        clock, end, this_part = place_in(clock, DAYPARTS[reader.text(end + 1)].daypart), end + 2, True
    value = localize(context.today, settle(clock), context.zone)
    tomorrow = reader.text(index) in {"in", "first"} and context.now.hour >= 4
    if (value <= context.now and not this_part) or tomorrow:
        value = localize(context.today + timedelta(days=1), settle(clock), context.zone)
    flags = {name for name, holds in (("today", this_part), ("doubtful", clock.doubtful)) if holds}
    return Moment(index, end, value, value.date(), False, True, frozenset(flags))


def _moment(reader: Reader, start: int, end: int, found: Found, clock: Clock | None) -> Moment:
    context = reader.context
    if clock is None:
        value = end_of_day(found.day, context.zone)
        return Moment(start, end, value, found.first, True, False, found.flags, found.kind in _BARE)
    value = localize(found.day, settle(clock), context.zone)
    if clock.daypart == "night" and clock.hour < 6 and value <= context.now:
        value = localize(found.day + timedelta(days=1), settle(clock), context.zone)
    flags = found.flags | {"doubtful"} if clock.doubtful else found.flags
    return Moment(start, end, value, found.first, True, True, flags, found.kind in _BARE)


def localize(day: date, clock: Clock, zone: ZoneInfo) -> datetime:
    """That wall-clock time in ``zone`` (or in the zone the text named); a time a DST gap skips moves past it."""
    named = clock.zone or zone
    wall = datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=named)
    return wall.astimezone(UTC).astimezone(zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """23:59:59 of ``day`` in ``zone``: what a date without a time of day stands for."""
    return localize(day, END_OF_DAY, zone)


def read_range(reader: Reader, first: Moment) -> Moment:
    """Extend a moment over "Monday or Tuesday", "5–6pm", "between the 3rd and the 5th": its end counts."""
    word = reader.text(first.end)
    if word not in _RANGE_WORDS or (word == "and" and not _between(reader, first.start)):
        return first
    at = reader.skip(first.end + 1, "by", "on", "the") if word == "or" else first.end + 1
    second = read_moment(reader, at)
    if second is None or second.flags & {"past", "now"}:
        return first
    value = second.value
    if not second.dated and first.timed | first.dated:
        value = localize(first.value.date(), Clock(value.hour, value.minute, value.second), reader.context.zone)
    if value < first.value:
        if "explicit" in second.flags:
            return first
        value = localize(value.date() + timedelta(days=7), _clock_of(value), reader.context.zone)
    if value < first.value:
        return first
    return replace(
        first, end=second.end, value=value, timed=second.timed, dated=first.dated or second.dated,
        flags=first.flags | second.flags | {"range"},
    )  # fmt: skip


def _between(reader: Reader, start: int) -> bool:
    return "between" in (reader.text(start - 1), reader.text(start - 2))


def _clock_of(value: datetime) -> Clock:
    return Clock(value.hour, value.minute, value.second)
