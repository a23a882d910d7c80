"""Calendar dates: 2026-12-01, 22/04, Oct 2nd, the twenty third of September, the 15th."""

from datetime import date

from smartstack_dates.reading import Found, Reader, add_months, full_year, make_date, month_end, single, upcoming
from smartstack_dates.tokens import AMBIGUOUS, LEADS, MONTHS, WEEKDAYS

_SEPARATORS = {"/", "-", "."}
# Before or after these, two numbers with a stroke are a fraction or a count, not a date.
_COUNTED_BEFORE = {"page", "part", "phase", "step", "option", "version", "v", "section", "round", "slide", "item",
                   "screen", "score", "rated", "only", "milestone", "sprint", "size", "ratio"}  # fmt: skip
_COUNTED_AFTER = {"of", "done", "complete", "completed", "stars", "screens", "pages", "inch", "size", "cup", "x", "%"}
_GLUED_UNITS = {"%", "x", "px", "-", "h", "k", "m"}
_FUNCTION_WORDS = """
at by and or so if please because as to for with in when that we i but latest instead is pls plz
thanks thx cheers ideally then it you can could the our my will max tops too also before after until
though otherwise unless since on where which while having noon midday early late they he she works
would morning afternoon evening eod cob itself only same
"""
#: Words after a day of the month that stands alone.
AFTER_ORDINAL = {"", ".", ",", "!", "?", ";", ":", ")", "-", "@", "–", "—"}.union(_FUNCTION_WORDS.split())


def read_absolute(reader: Reader, index: int, weekday: int | None = None) -> Found | None:
    """A calendar date at ``index``; ``weekday`` (just read before it) decides between 7 June and 6 July."""
    token = reader.at(index)
    if token.kind == "num" and token.digits == 4:
        return _iso(reader, index)
    if token.digits:
        found = _numeric(reader, index, weekday)
        if found:
            return found
    if token.text in MONTHS:
        return _month_day(reader, index) or _month(reader, index)
    if token.kind in {"num", "ord"} or token.text == "the":
        return _day_month(reader, index) or _ordinal(reader, index)
    return None


def _iso(reader: Reader, index: int) -> Found | None:
    year, separator = reader.at(index), reader.text(index + 1)
    month, day = reader.at(index + 2), reader.at(index + 4)
    glued = all(reader.glued(index + offset) for offset in range(1, 5))
    if not glued or separator not in _SEPARATORS or reader.text(index + 3) != separator:
        return None
    if not (month.digits and day.digits and day.digits <= 2 and full_year(year.value, 4)):
        return None
    found = make_date(year.value, month.value, day.value)
    end = index + 5
    if reader.text(end) == "t" and reader.glued(end):
        end += 1
    return single(end, found, "date", "explicit") if found else None


def _numeric(reader: Reader, index: int, weekday: int | None) -> Found | None:
    left, separator, right = reader.at(index), reader.text(index + 1), reader.at(index + 2)
    if separator not in _SEPARATORS or not (reader.glued(index + 1) and reader.glued(index + 2)):
        return None
    if not (0 < left.digits <= 2 and 0 < right.digits <= 2) or _continues(reader, index):
        return None
    end, year = index + 3, None
    if reader.text(end) == separator and reader.glued(end) and reader.at(end + 1).digits and reader.glued(end + 1):
        year = full_year(reader.at(end + 1).value, reader.at(end + 1).digits)
        if year is None:
            return None
        end += 2
    elif not (_likely_dotted if separator == "." else _likely_numeric)(reader, index, weekday):
        return None
    found = _order(reader, left.value, right.value, year, weekday, dotted=separator == ".")
    if found is None:
        return None
    unsure = separator == "." and year is None and _like_time(reader, index) and not _surely_dotted(reader, index, end)
    flags = (("explicit", bool(year)), ("doubtful", unsure and weekday is None))
    return single(_after_dot(reader, end), found, "date", *(name for name, holds in flags if holds))


def _likely_dotted(reader: Reader, index: int, weekday: int | None) -> bool:
    """Return whether 3.12 is a day, not a time, an amount or a version: by its lead, the zone and its last dot."""
    before, left, right = reader.text(index - 1), reader.at(index), reader.at(index + 2)
    counted = is_measure(reader, index + 3) or before in _COUNTED_BEFORE
    if counted or before in {"at", "@"} or reader.text(index + 3) in {"am", "pm", "uhr", "hrs"}:
        return False
    if weekday is not None or before in {"on", "due"}:
        return True
    if before not in {"by", "until", "till", "before", "from"} and not (reader.context.day_dots and before == "or"):
        return False
    both = left.digits == right.digits == 2
    return reader.context.day_dots or both or _dot_inside(reader, index + 3) or right.value % 5 > 0


def is_measure(reader: Reader, index: int) -> bool:
    """Return whether what follows two numbers makes them an amount or a version."""
    word, glued = reader.text(index), reader.glued(index)
    if word == "." and glued and reader.at(index + 1).digits and reader.glued(index + 1):
        return True
    return word in _COUNTED_AFTER or (glued and word in _GLUED_UNITS)


def _like_time(reader: Reader, index: int) -> bool:
    return reader.at(index).value < 25 and reader.at(index + 2).digits == 2


def _surely_dotted(reader: Reader, index: int, end: int) -> bool:
    both = reader.at(index).digits == reader.at(index + 2).digits == 2
    return both or reader.context.day_dots or reader.text(index - 1) in {"on", "due"} or _dot_inside(reader, end)


def _dot_inside(reader: Reader, index: int) -> bool:
    """True for the dot of "3.12. at noon", which ends no sentence."""
    after = reader.at(index + 1)
    return reader.matches(index, ".") and reader.glued(index) and bool(after.text) and not after.capital


def _after_dot(reader: Reader, end: int) -> int:
    return end + 1 if reader.text(end - 2) == "." and _dot_inside(reader, end) else end


def _continues(reader: Reader, index: int) -> bool:
    """True when the digits belong to something longer: a version, an amount, an address."""
    return reader.glued(index) and reader.at(index - 1).text not in {"(", "[", '"', "'", "*", ":", ","}


def _likely_numeric(reader: Reader, index: int, weekday: int | None) -> bool:
    left, separator, right = reader.at(index).value, reader.text(index + 1), reader.at(index + 2).value
    before, after = reader.text(index - 1), reader.text(index + 3)
    if (reader.glued(index + 3) and after in {"%", "/", "x", "px", "-"}) or reader.text(index + 3) in _COUNTED_AFTER:
        return False
    if weekday is not None or before in {"on", "until", "till", "before", "due"}:
        return True
    if separator == "-":
        return before == "by" and max(left, right) > 12
    fraction = left < right <= 4 or (left, right) in {(24, 7), (9, 11), (50, 50)}
    return before not in _COUNTED_BEFORE and (before == "by" or not fraction)


def _order(
    reader: Reader, left: int, right: int, year: int | None, weekday: int | None, *, dotted: bool
) -> date | None:
    """Day and month in the order the numbers allow, the weekday confirms, or the zone's custom says.

    With dots the day comes first everywhere but there; 6.30 is not a day.
    """
    orders = [(left, right), (right, left)] if reader.context.month_first else [(right, left), (left, right)]
    if dotted and not year and weekday is None and not reader.context.month_first:
        orders = [(right, left)]
    dates = [_dated(reader, month, day, year) for month, day in orders]
    possible = [found for found in dates if found]
    confirmed = [found for found in possible if found.weekday() == weekday]
    return next(iter(confirmed or possible), None)


def _dated(reader: Reader, month: int, day: int, year: int | None) -> date | None:
    return make_date(year, month, day) if year else upcoming(reader.context.today, month, day)


def _year(reader: Reader, index: int) -> tuple[int | None, int]:
    """An optional year: ", 2027", "in 2020", "'26"."""
    after = reader.skip(index, ",", ".", "of", "in", "/", "-")
    token = reader.at(after)
    if token.digits == 4 and full_year(token.value, 4) and reader.text(after + 1) not in {":", "px"}:
        return token.value, after + 1
    short = reader.at(index + 1)
    joined = reader.text(index) in {"-", "/"} and reader.text(index - 2) == reader.text(index)
    if joined and short.digits == 2 and reader.glued(index) and reader.glued(index + 1):
        return 2000 + short.value, index + 2
    at = reader.skip(index, ",")
    if _is_short_year(reader, at):
        return 2000 + reader.at(at).value, at + 1
    if reader.text(index) == "'" and reader.at(index + 1).digits == 2 and reader.glued(index + 1):
        return 2000 + reader.at(index + 1).value, index + 2
    return None, index


def _is_short_year(reader: Reader, index: int) -> bool:
    """The 27 of "31 Aug 27": this year or one of the next few, and no count."""
    token, this_year = reader.at(index), reader.context.today.year
    near = token.digits == 2 and this_year <= 2000 + token.value <= this_year + 9
    return near and not reader.glued(index) and reader.text(index + 1) in AFTER_ORDINAL - {"-", "–", "or", "and"}


def _is_day_number(reader: Reader, index: int) -> bool:
    token = reader.at(index)
    if token.kind not in {"num", "ord"} or not 0 < token.value < 32 or token.digits > 2:
        return False
    clock = reader.text(index + 1) in {":", "."} and reader.glued(index + 1) and reader.at(index + 2).digits == 2
    clock = clock and reader.glued(index + 2)
    return not clock and reader.text(index + 1) not in {"am", "pm", "o'clock", "oclock", "%"}


def _month_day(reader: Reader, index: int) -> Found | None:
    month, at = reader.at(index), reader.skip(index + 1, ".", ",", "/", "-")
    at = reader.skip(at, "the")
    if not _is_day_number(reader, at):
        return None
    if month.text in AMBIGUOUS and not month.capital and not reader.at(at).digits:
        spelled_date = reader.text(index - 1) in LEADS or reader.at(at).kind == "num"
        if reader.at(at).text[0].isalpha() and not spelled_date:
            return None
    day, end = reader.at(at).value, at + 1
    if reader.text(end) in {"-", "–", "to"} and _is_day_number(reader, end + 1) and reader.at(end + 1).value > day:
        day, end = reader.at(end + 1).value, end + 2
    year, end = _year(reader, end)
    return _in_month(reader, MONTHS[month.text], day, end, year)


def _day_month(reader: Reader, index: int, *, ranged: bool = True) -> Found | None:
    at = reader.skip(index, "the")
    if not _is_day_number(reader, at) or (reader.glued(at) and reader.text(at - 1) in {"$", "£", "€", "#", ".", ":"}):
        return None
    if ranged and reader.text(at + 1) in {"-", "–", "to", "or", "and"}:
        second = reader.skip(at + 2, "the")
        if _is_day_number(reader, second):
            return _day_month(reader, second, ranged=False)
    end = reader.skip(at + 1, "day")
    end = reader.skip(end, "of", "-", "/", ".")
    end = reader.skip(end, "the") if reader.text(end) == "the" and reader.text(end + 1) in MONTHS else end
    month = reader.at(end)
    if month.text not in MONTHS or _is_modal(reader, end):
        return None
    year, after = _year(reader, end + 1)
    return _in_month(reader, MONTHS[month.text], reader.at(at).value, after, year)


def _in_month(reader: Reader, month: int, number: int, end: int, year: int | None) -> Found:
    """That day; the last of the month, for a person to decide, where there is no such day: 30 February."""
    found = _dated(reader, month, number, year)
    if found:
        return _dressed(reader, found, end, year)
    coming = reader.context.today.year + (month < reader.context.today.month)
    return single(end, month_end(date(year or coming, month, 1)), "date", "conflict")


def _is_modal(reader: Reader, index: int) -> bool:
    """True for a verb: a lower-case may or march before a word ("option 2 may be better")."""
    token, after = reader.at(index), reader.at(index + 1)
    if token.text not in AMBIGUOUS or token.capital:
        return False
    return after.kind == "word" and after.text not in {"at", "by", "or", "and", "if", "for", "please", "to", "in"}


def _dressed(reader: Reader, day: date, end: int, year: int | None) -> Found:
    """Take in a weekday after the date: May 22 (Tue) · 28 November, Friday."""
    flags = {"explicit"} if year else set()
    weekday, after = weekday_after(reader, end)
    if weekday is not None and weekday != day.weekday():
        flags.add("conflict")
    return single(after, day, "date", *flags)


def weekday_after(reader: Reader, end: int) -> tuple[int | None, int]:
    """The weekday that follows a date and has no date of its own, and the index after it."""
    at = reader.skip(end, ",", "(")
    opened = reader.text(at - 1) == "(" and at > end
    weekday, after = WEEKDAYS.get(reader.text(at)), reader.skip(at + 1, ".") if opened else at + 1
    if weekday is None or (opened and reader.text(after) != ")"):
        return None, end
    token, following = reader.at(at), reader.at(after)
    own_date = following.kind in {"num", "ord"} or following.text in {"the", "week"} or following.text in MONTHS
    if not opened and (own_date or not token.capital or following.text not in AFTER_ORDINAL):
        return None, end
    return weekday, after + opened


def _month(reader: Reader, index: int) -> Found | None:
    """A month on its own, only where a word before it says so ("by October", "in March")."""
    if reader.text(index - 1) not in {"in", "by", "until", "till", "before"}:
        return None
    found, after = month_period(reader, index), reader.at(index + 1)
    if 31 < after.value < 100 and after.digits | (after.kind == "ord"):
        return single(index + 2, found.day, "date", "conflict")  # December 32nd
    return found


def month_period(reader: Reader, index: int) -> Found:
    """The whole of the month named at ``index``, the coming one unless a year follows."""
    today = reader.context.today
    number = MONTHS[reader.text(index)]
    year, end = _year(reader, index + 1)
    if year is None:
        year = today.year + (number < today.month)
    first = date(year, number, 1)
    return Found(end, month_end(first), first, "month", frozenset({"period"}))


def _ordinal(reader: Reader, index: int) -> Found | None:
    """the 15th · on the 21st this month · the 15th day of next month"""
    at = reader.skip(index, "the")
    token, end = reader.at(at), at + 1
    if token.kind != "ord" or not 0 < token.value < 32:
        return None
    end = reader.skip(end, "day")
    months, after = _month_named(reader, end)
    if months is None and (not token.text[0].isdigit() or not _stands_alone(reader, index, at)):
        return None
    day = _day_of_month(reader.context.today, token.value, months)
    if day is None:
        return None
    weekday, end = weekday_after(reader, after)
    flags = ["past"] if day < reader.context.today else []
    flags += ["conflict"] if weekday not in {None, day.weekday()} or day.day != token.value else []
    return single(end, day, "ordinal" if months is None else "date", *flags)


def _stands_alone(reader: Reader, index: int, at: int) -> bool:
    before = reader.text(index - 1)
    led = at > index or before in {"on", "by", "until", "till", "before", "or", "and", "to", "-"}
    bracketed = reader.text(at + 1) == "(" and weekday_after(reader, at + 1)[0] is not None
    return led and (bracketed or reader.text(at + 1) in AFTER_ORDINAL or reader.at(at + 1).digits > 0)


def _month_named(reader: Reader, index: int) -> tuple[int | None, int]:
    at = reader.skip(index, "of")
    at = reader.skip(at, "the") if reader.text(at + 1) in {"month", "following"} else at
    words = (reader.text(at), reader.text(at + 1))
    if words[0] == "month":
        return 0, at + 1
    ahead = {"this": 0, "next": 1, "following": 1, "last": -1}.get(words[0])
    if ahead is not None and words[1] == "month":
        return ahead, at + 2
    return None, index


def _day_of_month(today: date, number: int, months: int | None) -> date | None:
    """The coming day of that number, or that of the month named: its last day where the month has none."""
    if months is not None:
        shifted = add_months(today.replace(day=1), months)
        return make_date(shifted.year, shifted.month, number) or month_end(shifted)
    ahead = (add_months(today.replace(day=1), step) for step in range(4))
    options = (make_date(first.year, first.month, number) for first in ahead)
    return next((option for option in options if option and option >= today), None)
