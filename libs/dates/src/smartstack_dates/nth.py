"""Days counted within a month: the second Tuesday of December, the last working day of the month."""

from datetime import date, timedelta

from smartstack_dates.reading import Found, Reader, add_months, monday_of, month_end, single
from smartstack_dates.tokens import MONTHS, WEEKDAYS

_UNITS = {"day", "week", "weekend"}
_MONTHS_AHEAD = {"this": 0, "the": 0, "next": 1, "following": 1}


def read_nth(reader: Reader, index: int) -> Found | None:
    """[the] first | second | last  Tuesday | day | working day | week  of  December | the month | next month"""
    at = reader.skip(index, "the")
    token = reader.at(at)
    number = -1 if token.text in {"last", "final"} else token.value if token.kind == "ord" else 0
    if not number or number > 5:
        return None
    unit_at = reader.skip(at + 1, "working", "business", "full")
    unit = reader.text(unit_at)
    month = _month(reader, unit_at + 1) if unit in WEEKDAYS or unit in _UNITS else None
    if month is None:
        return None
    first, end = month
    day = _pick(first, unit, number, working=unit_at > at + 1)
    return single(end, day, "date") if day.month == first.month or unit != "day" else None


def _month(reader: Reader, index: int) -> tuple[date, int] | None:
    """The first day of the month named after "of"."""
    if reader.text(index) not in {"of", "in"}:
        return None
    at, today = index + 1, reader.context.today
    if reader.text(at) in MONTHS:
        number = MONTHS[reader.text(at)]
        return date(today.year + (number < today.month), number, 1), at + 1
    at = reader.skip(at, "the") if reader.text(at + 1) in {"next", "following"} else at
    ahead = _MONTHS_AHEAD.get(reader.text(at))
    if ahead is None or reader.text(at + 1) != "month":
        return None
    return add_months(today.replace(day=1), ahead), at + 2


def _pick(first: date, unit: str, number: int, *, working: bool) -> date:
    if unit in WEEKDAYS:
        return _nth_weekday(first, WEEKDAYS[unit], number)
    if unit == "day":
        return _nth_day(first, number, working=working)
    weekday = 4 if unit == "week" else 6
    return _nth_weekday(first, weekday, number)


def _nth_weekday(first: date, weekday: int, number: int) -> date:
    if number < 0:
        last = month_end(first)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _nth_day(first: date, number: int, *, working: bool) -> date:
    if number < 0:
        last = month_end(first)
        return min(last, monday_of(last) + timedelta(days=4)) if working else last
    if working:
        first += timedelta(days=(7 - first.weekday()) % 7 if first.weekday() > 4 else 0)
        return first + timedelta(days=number - 1 + 2 * ((first.weekday() + number - 1) // 5))
    return first + timedelta(days=number - 1)
