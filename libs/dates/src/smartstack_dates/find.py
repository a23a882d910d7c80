"""Dates in English text, read relative to when and where it was written.

``find_dates`` finds every mention, past ones included; which of them is a due date is decided in ``due.py``.

Conventions: a day without a time of day is 23:59:59 of that day, and so is "end of day"; a named part of the day
is due when it ends (morning 12:00, afternoon 17:00, evening 20:00, tonight 23:59:59); a week ends on its Friday;
an hour without am or pm is read as office hours read it (1–6 afternoon, 7–11 morning); a range counts as its end;
a weekday named on that same weekday is the one a week ahead, "next Friday" the one in the next ISO week.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from smartstack_dates.clock import DAYPARTS
from smartstack_dates.doubts import weigh
from smartstack_dates.holidays import PHRASES
from smartstack_dates.moments import Moment, read_moment, read_range
from smartstack_dates.reading import Context, Reader
from smartstack_dates.relative import TOMORROW
from smartstack_dates.tokens import MONTHS, SPELLED, UNITS, WEEKDAYS, Token, tokenize

# Here 10/2 is the second of October. UTC is a default and identifies no country; it is read so too.
_MONTH_FIRST = re.compile(
    r"US/|Canada/|UTC|Etc/|GMT$|EST|CST|MST|PST|Pacific/(Honolulu|Guam)|Asia/Manila|America/(New_York"
    r"|Chicago|Denver"
    r"|Los_Angeles|Phoenix|Anchorage|Detroit|Boise|Juneau|Sitka|Nome|Adak|Menominee|Metlakatla|Yakutat"
    r"|Indiana"
    r"|Kentucky|North_Dakota|Puerto_Rico|Toronto|Vancouver|Edmonton|Winnipeg|Halifax|Regina|St_Johns|Moncton)"
)
_DAY_DOTS = re.compile(
    r"Europe/(?!London|Dublin|Belfast|Jersey|Guernsey|Isle_of_Man|Gibraltar|Malta)|Asia/(?:Istanbul|Nicosia|Almaty|Tbilisi|Yerevan)"
    r"|Atlantic/(?:Reykjavik|Faroe)|Arctic/"
)
_OPAQUE = re.compile(
    r"(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,200}|\b[\w-]{1,64}\.(?:[a-z]{2,4}\d?)\b", re.IGNORECASE
)
_STARTING = """
today tonight yesterday yesterday's the day right now at this same next following coming upcoming last final
past previous in within inside over a an half couple few several end close start beginning middle mid early late
later eod cob cop eop eow eom eoq eoy midweek week weekend month quarter year q noon midday noontime midnight
lunch lunchtime very
"""
_STARTERS = frozenset(_STARTING.split()).union(
    MONTHS, WEEKDAYS, PHRASES, TOMORROW, (f"{word}'s" for word in (*WEEKDAYS, "today", "tonight", "tomorrow"))
)


# No date without one of these: the other starters only lead in.
_ENDINGS = ("moment", "present", "business", "play")
_LEADING_IN = """
the right at this same next following coming upcoming last final past previous in within inside over a an half couple
few several end close start beginning middle mid early late later very
"""
_TELLING = _STARTERS.union(UNITS, DAYPARTS, SPELLED, _ENDINGS).difference(_LEADING_IN.split())
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
#: Beyond these a message is a list of numbers, and each costs as much as a date.
MAX_MENTIONS = 200
MAX_TRIED = 1_000


@dataclass(frozen=True, slots=True)
class DateMention:
    """``text[start:end]`` names ``value`` (aware, in the zone asked for).

    ``kind`` is ``datetime`` when a time of day was said, else ``date`` (and ``value`` is 23:59:59 of that day).
    ``first_day`` is the first day of a period or range, the day itself otherwise. ``flags`` may hold ``past``
    ("yesterday"), ``now``, ``recurring`` ("every Friday"), ``possessive`` ("Friday's"), ``period`` ("next week"),
    ``range``, ``holiday``, ``explicit`` (with its year), ``conflict`` (the words disagree, or name a day that does not
    exist) and ``doubtful`` (adjacent words are not accounted for, or it is a guess far off): a person decides on both.
    """

    start: int
    end: int
    value: datetime
    kind: Literal["date", "datetime"]
    first_day: date
    flags: frozenset[str]


def find_dates(text: str, at: datetime, zone: ZoneInfo) -> list[DateMention]:
    """Every date named in ``text``, in order and without overlaps. ``at`` (aware) is when it was written."""
    if not _DIGIT.search(text) and _TELLING.isdisjoint(_WORD.findall(text.lower())):
        return []
    context = Context(at.astimezone(zone), zone, month_first(zone), day_dots(zone))
    reader = Reader(tokenize(_OPAQUE.sub(_blank, text)), context)
    return [_mention(reader, moment) for moment in weigh(text, reader, list(_moments(reader)))]


@lru_cache(maxsize=64)
def month_first(zone: ZoneInfo) -> bool:
    """Return whether people in ``zone`` write the month before the day."""
    return bool(_MONTH_FIRST.match(zone.key or ""))


@lru_cache(maxsize=64)
def day_dots(zone: ZoneInfo) -> bool:
    """Return whether people in ``zone`` write 3.12. for a day, and 3.12 hardly ever for a time."""
    return bool(_DAY_DOTS.match(zone.key or ""))


def _blank(match: re.Match[str]) -> str:
    """Addresses and file names hold numbers that are not dates; a word of the same length keeps the offsets."""
    return "x" * len(match[0])


def _moments(reader: Reader) -> Iterator[Moment]:
    index = tried = found = 0
    while index < len(reader.tokens) and tried < MAX_TRIED and found < MAX_MENTIONS:
        starts = _may_start(reader.tokens[index])
        tried += starts
        moment = _read(reader, index) if starts else None
        if moment is None:
            index += 1
            continue
        found += 1
        yield moment
        index = max(moment.end, index + 1)


def _may_start(token: Token) -> bool:
    return token.kind in {"num", "ord"} or (token.kind == "word" and token.text in _STARTERS)


def _read(reader: Reader, index: int) -> Moment | None:
    try:
        moment = read_moment(reader, index)
        return read_range(reader, moment) if moment else None
    except (OverflowError, ValueError):
        # Arithmetic beyond the calendar's years 1–9999: whatever was meant, it is not a due date.
        return None


def _mention(reader: Reader, moment: Moment) -> DateMention:
    start, end = reader.tokens[moment.start].start, reader.tokens[moment.end - 1].end
    kind: Literal["date", "datetime"] = "datetime" if moment.timed else "date"
    return DateMention(start, end, moment.value, kind, moment.first, moment.flags)
