"""Days counted from another day: tomorrow, next Friday, in two weeks, three days after the 5th."""

from collections.abc import Callable
from datetime import UTC, date, timedelta

from smartstack_dates.absolute import read_absolute
from smartstack_dates.clock import DAYPARTS
from smartstack_dates.reading import Found, Reader, add_months, add_workdays, make_date, monday_of, single
from smartstack_dates.tokens import AMBIGUOUS, LEADS, UNITS, WEEKDAYS

DayReader = Callable[[Reader, int], Found | None]

TOMORROW = {
    "tomorrow",
    "tmrw",
    "tmr",
    "tmw",
    "tomorow",
    "tommorow",
    "tommorrow",
    "tomorrows",
    "tomoz",
    "tomoro",
    "tmrrw",
}
_NOW = (("right", "now"), ("at", "the", "moment"), ("at", "present"), ("at", "the", "present", "time"), ("now",))
_PHRASE_STARTS = {"the", "day", "next", "following", "last", "this", "same", "right", "at", "now"}
_GLUED_UNITS = {"h": "hour", "d": "day", "w": "week", "wks": "week"}
_SPANS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "second": timedelta(seconds=1)}
_LONGEST = 5000
_SOON = 62


def read_word(reader: Reader, index: int) -> Found | None:
    """today, tonight, tomorrow, the day after, yesterday, now"""
    today, word = reader.context.today, reader.text(index)
    stem = word.removesuffix("'s")
    flags = ("possessive",) if stem != word else ()
    if stem == "today":
        return single(index + 1, today, "day", *flags)
    if stem == "tonight":
        return single(index + 1, today, "day", *flags, clock=DAYPARTS["tonight"])
    if stem in TOMORROW:
        return single(index + 1, today + timedelta(days=1), "day", *flags)
    if stem == "yesterday":
        return single(index + 1, today - timedelta(days=1), "day", "past", *flags)
    return _phrase(reader, index) if word in _PHRASE_STARTS else None


def _phrase(reader: Reader, index: int) -> Found | None:
    today, at = reader.context.today, reader.skip(index, "the")
    ahead = _days_ahead(reader, at)
    if ahead:
        days, end = ahead
        return single(end, today + timedelta(days=days), "day", *(("past",) if days < 0 else ()))
    if reader.text(index) in {"this", "same"} and reader.text(index + 1) == "time":
        return _same_time(reader, index + 2)
    for words in _NOW:
        if reader.matches(index, *words):
            return Found(index + len(words), today, today, "now", frozenset({"now"}), instant=reader.context.now)
    return None


def _days_ahead(reader: Reader, at: int) -> tuple[int, int] | None:
    """(days from today, end) of "day after tomorrow", "day before yesterday", "next day", "last night"."""
    if reader.matches(at, "day", "after") and reader.text(at + 2) in TOMORROW:
        return 2, at + 3
    if reader.matches(at, "day", "before", "yesterday"):
        return -2, at + 3
    if reader.matches(at, "last", "night"):
        return -1, at + 2
    alone = reader.matches(at, "day", "after") and reader.text(at + 2) in {"", ".", "?", "!", ","}
    if alone or (reader.text(at) in {"next", "following"} and reader.text(at + 1) == "day"):
        return 1, at + 2
    return None


def _same_time(reader: Reader, index: int) -> Found | None:
    """this time tomorrow · same time next week"""
    if reader.text(index) in TOMORROW:
        return single(index + 1, reader.context.today + timedelta(days=1), "day")
    if reader.matches(index, "next", "week"):
        return single(index + 2, reader.context.today + timedelta(days=7), "day")
    return read_weekday(reader, index)


def read_weekday(reader: Reader, index: int) -> Found | None:
    """[this | next | last] Friday, with an optional date or week after it"""
    how, at = _modifier(reader, index)
    word = reader.text(at)
    stem = word.removesuffix("'s")
    number = WEEKDAYS.get(stem)
    if number is None or not _is_weekday(reader, at, stem):
        return None
    flags = {"possessive"} if stem != word else set()
    if reader.text(index - 1) in {"every", "each"}:
        flags.add("recurring")
    named = None if how else _with_date(reader, at + 1, number)
    if named:
        return Found(named.end, named.day, named.first, named.kind, named.flags | flags, named.clock)
    weekly = None if how else _in_week(reader, at + 1, number)
    if weekly:
        return weekly
    day = _weekday(reader.context.today, number, how)
    if how == "last":
        flags.add("past")
    return single(at + 1, day, "weekday", *flags)


def _is_weekday(reader: Reader, at: int, stem: str) -> bool:
    token = reader.at(at)
    after = reader.at(at + 1)
    return stem not in AMBIGUOUS or token.capital or reader.text(at - 1) in LEADS or after.kind in {"num", "ord"}


def _modifier(reader: Reader, index: int) -> tuple[str, int]:
    at = reader.skip(index, "the") if reader.text(index + 1) in {"following", "coming", "next", "last"} else index
    word = reader.text(at)
    if word in {"coming", "upcoming"} or (word == "this" and reader.text(at + 1) in {"coming", "upcoming"}):
        return "coming", at + (2 if word == "this" else 1)
    if word in {"this", "next"}:
        return word, at + 1
    if word == "following":
        return "next", at + 1
    if word in {"last", "past", "previous"}:
        return "last", at + 1
    return "", index


def _weekday(today: date, number: int, how: str) -> date:
    """A weekday named on itself is a week ahead ("today" has its own word); "this Friday" may be today."""
    if how == "next":
        return monday_of(today) + timedelta(days=7 + number)
    if how == "last":
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    if how == "this":
        return today + timedelta(days=(number - today.weekday()) % 7)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _with_date(reader: Reader, index: int, number: int) -> Found | None:
    """Friday 7/6 · Monday, Oct 3 · Monday the twenty seventh · Fri 14th"""
    at = reader.skip(index, ",", ".", "(")
    opened = at > index and reader.text(index) == "("
    at = reader.skip(at, "the") if reader.at(at + 1).kind == "ord" else at
    found = read_absolute(reader, at, number)
    if found is None or found.kind != "date":
        found = _numbered(reader, at, number, apart=at > index and not opened)
    if found is None or (opened and reader.text(found.end) != ")"):
        return None
    conflict = () if found.day.weekday() == number else ("conflict",)
    return single(found.end + opened, found.day, found.kind, *found.flags, *conflict)


def _numbered(reader: Reader, at: int, weekday: int, *, apart: bool) -> Found | None:
    """The 28th of "Friday 28th": the coming one, or the one after it where only that falls on the weekday."""
    token, today = reader.at(at), reader.context.today
    if token.kind not in {"num", "ord"} or not 0 < token.value < 32 or (apart and token.kind == "num"):
        return None
    coming = [day for day in _days_numbered(today, token.value) if (day - today).days < _SOON]
    day = next((day for day in coming if day.weekday() == weekday), None) or next(iter(coming), None)
    if day is None or (token.kind == "num" and not _is_numbered(reader, at, day, weekday)):
        return None
    return single(at + 1, day, "ordinal", *(() if day == coming[0] else ("doubtful",)))


def _is_numbered(reader: Reader, at: int, day: date, weekday: int) -> bool:
    after = reader.text(at + 1)
    if not reader.at(at).digits or after not in {"", ".", "!", "?", ",", "at", "@", ";", "("}:
        return False
    return reader.at(at).value > 12 or day.weekday() == weekday


def _days_numbered(today: date, number: int) -> list[date]:
    firsts = (add_months(today.replace(day=1), months) for months in range(3))
    days = (make_date(first.year, first.month, number) for first in firsts)
    return [day for day in days if day and day >= today]


def _in_week(reader: Reader, index: int, number: int) -> Found | None:
    """Wednesday of next week · Monday week · Monday two weeks from now"""
    today = reader.context.today
    if reader.matches(index, "after", "next"):
        return single(index + 2, _weekday(today, number, "next") + timedelta(days=7), "weekday")
    if reader.text(index) == "week":
        day = _weekday(today, number, "") + timedelta(days=7)
        return single(index + 1, day, "weekday")
    at = reader.skip(index, ",")
    at = reader.skip(at, "of", "in")
    at = reader.skip(at, "the") if reader.text(at + 1) == "following" else at
    weeks = {"this": 0, "next": 1, "following": 1}.get(reader.text(at))
    if weeks is not None and reader.text(at + 1) == "week":
        day = monday_of(today) + timedelta(days=7 * weeks + number)
        return single(at + 2, day, "weekday")
    offset = read_offset(reader, index, read_absolute)
    if offset is None or offset.instant or "past" in offset.flags:
        return None
    return single(offset.end, monday_of(offset.day) + timedelta(days=number), "weekday")


def read_offset(reader: Reader, index: int, read_base: DayReader) -> Found | None:
    """in two weeks · within 48 hours · 3 days from Tuesday · a fortnight ago"""
    lead = reader.text(index)
    at = index
    if lead in {"in", "within", "inside", "over", "during"}:
        at = _skip_words(
            reader, index + 1, "the", "about", "around", "approximately", "just", "under", "next", "coming"
        )
    if lead in {"over", "during"} and at == index + 1:
        return None  # "split over two months" says how long
    count, at = _amount(reader, at)
    unnumbered = reader.text(at - 1) in {"next", "coming"} or (
        lead == "within" and reader.matches(at - 1, "the", "hour")
    )
    if count is None and unnumbered and at > index and not reader.matches(index, "in", "next"):
        count = 1.0
    if reader.text(at) == "the" and reader.text(at + 2) in {"before", "after"}:
        count, at = 1.0, at + 1
    if count is None:
        return None
    at, working = _skip_working(reader, at)
    unit = _unit(reader, at)
    if unit is None or (unit in {"minute", "second"} and count <= 1):
        return None  # "in a minute" is not a time
    end = _skip_words(reader, at + 1, "'", "s", "time", "or", "so") if reader.text(at + 1) in {"'", "time"} else at + 1
    if reader.text(end) == "or" and reader.text(end + 1) in {"two", "so"}:
        count, end = max(count, 2.0 if reader.text(end + 1) == "two" else count), end + 2
    found = _counted_from(reader, end, count, unit, working, read_base)
    if found or lead not in {"in", "within", "inside", "over"} or at == index:
        return found
    return _ahead(reader, end, count, unit, working)


def _skip_words(reader: Reader, index: int, *words: str) -> int:
    while reader.text(index) in words and reader.text(index):
        index += 1
    return index


def _skip_working(reader: Reader, index: int) -> tuple[int, bool]:
    if reader.text(index) in {"business", "working", "work"}:
        return index + 1, True
    return index, False


def _unit(reader: Reader, index: int) -> str | None:
    word = reader.text(index).removesuffix("'s").removesuffix("'")
    if reader.at(index - 1).digits and reader.glued(index) and word in _GLUED_UNITS:
        return _GLUED_UNITS[word]
    return UNITS.get(word)


def _amount(reader: Reader, index: int) -> tuple[float | None, int]:
    """two · a couple of · half an · 2-3 (the larger) · 1.5"""
    at = reader.skip(index, "a", "an")
    word, token = reader.text(at), reader.at(at)
    vague = {"couple": 2.0, "few": 3.0, "several": 4.0}.get(word)
    if vague:
        return vague, reader.skip(at + 1, "of")
    if word == "half":
        return 0.5, reader.skip(at + 1, "a", "an")
    if token.kind == "num" and 0 < token.value <= _LONGEST:
        return _number(reader, at)
    return (1.0, at) if at > index else (None, index)


def _number(reader: Reader, at: int) -> tuple[float | None, int]:
    token, after = reader.at(at), reader.at(at + 2)
    if reader.text(at + 1) == "." and reader.glued(at + 2) and after.digits == 1:
        return token.value + after.value / 10, at + 3
    if reader.text(at + 1) in {"-", "–", "to", "or"} and after.kind == "num" and token.value < after.value <= _LONGEST:
        return float(after.value), at + 3
    if reader.glued(at) and reader.text(at - 1) in {"$", "£", "€", "."}:
        return None, at
    return float(token.value), at + 1


def _counted_from(
    reader: Reader, end: int, count: float, unit: str, working: bool, read_base: DayReader
) -> Found | None:
    word = reader.text(end)
    if word in {"later", "hence"}:
        return _ahead(reader, end + 1, count, unit, working)
    if word == "ago":
        past = _ahead(reader, end + 1, -count, unit, working)
        return past and Found(past.end, past.day, past.first, past.kind, past.flags | {"past"}, instant=past.instant)
    if word in {"today", *TOMORROW} and unit in {"week", "fortnight"}:
        end, word = end - 1, "from"
    if word not in {"from", "after", "before", "on"}:
        return None
    if word == "from" and reader.text(end + 1) == "now":
        return _ahead(reader, end + 2, count, unit, working)
    base = read_base(reader, end + 1)
    if base is None or unit in _SPANS:
        return None
    day = _shift(base.day, -count if word == "before" else count, unit, working)
    return _on_weekday(reader, base.end, day)


def _on_weekday(reader: Reader, end: int, day: date) -> Found:
    """two months from today on Tuesday"""
    number = WEEKDAYS.get(reader.text(end + 1)) if reader.text(end) == "on" else None
    if number is None:
        return single(end, day, "day")
    return single(end + 2, day + timedelta(days=(number - day.weekday()) % 7), "day")


def _ahead(reader: Reader, end: int, count: float, unit: str, working: bool) -> Found | None:
    context = reader.context
    if unit in _SPANS or (count % 1 and unit == "day"):
        delta = _SPANS.get(unit, timedelta(days=1)) * count
        moment = (context.now.astimezone(UTC) + delta).astimezone(context.zone)
        return Found(end, moment.date(), moment.date(), "instant", instant=moment)
    return _on_weekday(reader, end, _shift(context.today, count, unit, working))


def _shift(day: date, count: float, unit: str, working: bool) -> date:
    if unit in {"month", "quarter", "year"}:
        months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
        return add_months(day, int(months)) + timedelta(days=int(months % 1 * 30))
    if working and unit == "day" and count > 0:
        return add_workdays(day, int(count))
    return day + timedelta(days=int(count * {"day": 1, "week": 7, "fortnight": 14}.get(unit, 1)))
