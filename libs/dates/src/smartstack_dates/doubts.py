"""Doubtful readings: next to them are words that can belong to a date and are not accounted for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from smartstack_dates.absolute import AFTER_ORDINAL
from smartstack_dates.moments import Moment, localize, read_moment
from smartstack_dates.reading import Clock, Reader
from smartstack_dates.tokens import WEEKDAYS
from smartstack_dates.zones import read_zone

#: A weekday or a day of the month alone means a near one.
FAR = timedelta(days=183)
_BOUNDARY_WORDS = """
. ; : ? ! , and but so or because about for from since when if that which who where then as than until till
"""
_BOUNDARIES = frozenset(_BOUNDARY_WORDS.split())
_ARTICLES = {"the", "a", "an", "our", "my", "your", "this", "that", "every", "each"}
_LEADS = {"by", "on", "before", "until", "till", "due", ",", "for"}
_NEAR = 8
_BRACKETED = 6
_OTHER = {"past", "now", "recurring", "possessive", "period", "range"}


def weigh(text: str, reader: Reader, moments: Sequence[Moment]) -> list[Moment]:
    """Flag the doubtful ones; a time alone that a day follows in its clause is put on that day."""
    weighed = [_alone(reader, moment) for moment in moments]
    for number in range(len(weighed) - 1):
        first, second = weighed[number], weighed[number + 1]
        if _apart(text, reader, first, second):
            weighed[number], weighed[number + 1] = _related(reader, first, second)
    return weighed


def _alone(reader: Reader, moment: Moment) -> Moment:
    far = moment.bare and moment.value - reader.context.now > FAR
    if far or _followed(reader, moment) or _preceded(reader, moment):
        return replace(moment, flags=moment.flags | {"doubtful"})
    return moment


def _followed(reader: Reader, moment: Moment) -> bool:
    """17:00 +25 · Friday 5 · 5pm (or was it Thursday)"""
    at, token = moment.end, reader.at(moment.end)
    if moment.timed and token.text in {"+", "±"} and reader.at(at + 1).digits:
        return True
    if token.text == "(":
        return any(_dates_something(reader, index, moment) for index in range(at + 1, _closing(reader, at)))
    alone = moment.dated and not moment.timed and moment.flags.isdisjoint(_OTHER)
    return alone and 0 < token.value < 32 and token.digits > 0 and reader.text(at + 1) in AFTER_ORDINAL


def _closing(reader: Reader, index: int) -> int:
    """The index of the bracket that closes the one at ``index``, or ``index`` where none is near."""
    inside = range(index + 1, index + _BRACKETED)
    return next((at for at in inside if reader.text(at) == ")"), index)


def _dates_something(reader: Reader, index: int, moment: Moment) -> bool:
    if read_moment(reader, index):
        return True
    return moment.timed and read_zone(reader, index) is not None


def _preceded(reader: Reader, moment: Moment) -> bool:
    """by 28 Friday"""
    before = reader.at(moment.start - 1)
    number = before.digits > 0 and 0 < before.value < 32 and reader.text(moment.start) in WEEKDAYS
    return number and reader.text(moment.start - 2) in _LEADS


def _apart(text: str, reader: Reader, first: Moment, second: Moment) -> bool:
    """Return whether one names a time and the other a day, in one clause."""
    if (first.dated and first.timed) or (second.dated and second.timed) or first.dated == second.dated:
        return False
    if not (first.flags | second.flags).isdisjoint(_OTHER) or second.start - first.end > _NEAR:
        return False
    if "\n" in text[reader.at(first.end - 1).end : reader.at(second.start).start]:
        return False
    return all(reader.text(at) not in _BOUNDARIES for at in range(first.end, second.start))


def _related(reader: Reader, first: Moment, second: Moment) -> tuple[Moment, Moment]:
    named = second if second.dated else first
    if reader.text(named.start - 1) in _ARTICLES:
        return first, second  # "the Friday report by 5pm"
    if first.dated:
        return first, replace(second, flags=second.flags | {"doubtful"})
    wall = Clock(first.value.hour, first.value.minute, first.value.second)
    value = localize(second.value.date(), wall, reader.context.zone)
    moved = replace(first, value=value, first=second.first, dated=True, flags=first.flags | {"doubtful"})
    return moved, second
