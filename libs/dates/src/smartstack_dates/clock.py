"""Times of day: 5pm, 17:30, half past six, noon, tomorrow *morning*."""

from dataclasses import replace

from smartstack_dates.absolute import is_measure
from smartstack_dates.reading import Clock, Reader
from smartstack_dates.tokens import MONTHS, WEEKDAYS
from smartstack_dates.zones import read_zone

Timed = tuple[Clock, int]

# A part of the day is due when it ends.
DAYPARTS = {
    "morning": Clock(12, daypart="morning"),
    "afternoon": Clock(17, daypart="afternoon"),
    "arvo": Clock(17, daypart="afternoon"),
    "evening": Clock(20, daypart="evening"),
    "night": Clock(23, 59, 59, daypart="night"),
    "tonight": Clock(23, 59, 59, daypart="night"),
    "am": Clock(12, daypart="morning"),
    "pm": Clock(17, daypart="afternoon"),
}
_NAMED = {"noon": 12, "midday": 12, "noontime": 12, "lunchtime": 13, "lunch": 13}
# Words between a time and its day that do not start another date.
_FILLERS = tuple(
    tuple(words.split())
    for words in (
        "if at all possible", "at the very latest", "at the very earliest", "no later than", "not later than",
        "at the latest", "at the earliest", "at latest", "the latest", "or earlier", "or before", "or sooner",
        "if possible", "latest", "please", "pls", "ideally", "preferably", "hopefully", "sharp", "max", "tops", "ish",
    )
)  # fmt: skip
_MOST_FILLERS = 4
_MINUTES = ("minutes", "minute", "mins")
_BEFORE_TIME = {"at", "@", "by", "around", "before", "until", "till"}
# Words that may follow a bare "at 5": any other ("at 5 stars", "at 3 places") makes it a count.
_AFTER_BARE = {
    "", ".", ",", "!", "?", ";", ")", "-", "and", "or", "on", "today", "tomorrow", "tonight", "this", "please",
    "if", "so", "for", "to", "but", "in", "as", "because", "when", "sharp", "your", "my", "our", "next",
}  # fmt: skip


def read_clock(reader: Reader, index: int, *, anchored: bool) -> Timed | None:
    """The time of day at ``index``. ``anchored`` (after "at", or next to a day) lets a bare number be an hour."""
    found = _named(reader, index) or _spoken(reader, index) or _digital(reader, index)
    if found is None:
        found = _hour(reader, index, anchored=anchored)
    if found is None:
        return None
    return _with_suffix(reader, *found)


def read_daypart(reader: Reader, index: int) -> Timed | None:
    """A named part of the day ("morning", "late evening", "in the afternoon", "first thing")."""
    if reader.matches(index, "first", "thing"):
        end = index + 2
        if reader.text(end) == "in" and reader.text(end + 1) == "the":
            end += 3
        return Clock(9, daypart="morning"), end
    for words in (("in", "the"), ("at",), ("the",), ()):
        if reader.matches(index, *words):
            start = index + len(words)
            start = reader.skip(start, "late", "early", "mid")
            start = reader.skip(start, "-") if start > index + len(words) else start
            clock = DAYPARTS.get(reader.text(start))
            if clock and reader.text(start) != "tonight":
                return clock, start + 1
    return None


def _named(reader: Reader, index: int) -> Timed | None:
    if reader.at(index).value == 12 and reader.text(index + 1) in {"noon", "midday", "midnight"}:
        index += 1
    word = reader.text(index)
    if word == "midnight":
        return Clock(23, 59, 59, daypart="night"), index + 1
    if word in _NAMED:
        return Clock(_NAMED[word]), index + 1
    return None


def _spoken(reader: Reader, index: int) -> Timed | None:
    """half past five · quarter to six · twenty past eight · thirty-six minutes past eight"""
    token, end = reader.at(index), index + 1
    if token.text == "a":
        token, end = reader.at(index + 1), index + 2
    after = reader.at(end)
    if (
        token.text == "half"
        and after.kind == "num"
        and 0 < after.value <= 12
        and reader.text(index - 1) in _BEFORE_TIME
    ):
        return Clock(after.value, 30, open=True), end + 1
    minutes = {"half": 30, "quarter": 15}.get(token.text, token.value if token.kind == "num" else -1)
    said = token.kind != "num" or reader.text(index - 1) in _BEFORE_TIME or reader.text(end) in _MINUTES
    end = reader.skip(end, *_MINUTES)
    word, hour = reader.text(end), reader.at(end + 1)
    if not (0 < minutes < 60 and word in {"past", "to", "after", "before"} and hour.kind == "num"):
        return None
    if not 0 < hour.value <= 12 or (word == "to" and not said) or (word in {"after", "before", "to"} and minutes % 5):
        return None
    if word in {"past", "after"}:
        return Clock(hour.value, minutes, open=True), end + 2
    return Clock((hour.value - 2) % 12 + 1, 60 - minutes, open=True), end + 2


def _digital(reader: Reader, index: int) -> Timed | None:
    """17:30 · 5:30pm · 17:49:19 · 8.30pm · 17h30"""
    hour, separator, minute = reader.at(index), reader.text(index + 1), reader.at(index + 2)
    if not (hour.digits in {1, 2} and hour.value < 25 and reader.glued(index + 1) and reader.glued(index + 2)):
        return None
    if minute.digits != 2 or minute.value > 59 or separator not in {":", ".", "h"}:
        return None
    end, second = index + 3, 0
    if separator == ":" and reader.text(end) == ":" and reader.at(end + 1).digits == 2:
        second, end = reader.at(end + 1).value, end + 2
    half, after = _meridiem(reader, end)
    led = reader.text(index - 1) in _BEFORE_TIME and not is_measure(reader, end)
    if separator == "." and half is None and not led:
        return None
    found = _twelve_hour(hour.value, minute.value, min(second, 59), half, after if half else end)
    written_out = _is_written_out(hour.text) or separator == "h" or end > index + 3
    return found and (replace(found[0], open=found[0].open and not written_out), found[1])


def _is_written_out(hour: str) -> bool:
    """True for 05:00, whose zero says that it counts to 24: no office hour is guessed."""
    return hour.startswith("0")


def _hour(reader: Reader, index: int, *, anchored: bool) -> Timed | None:
    """5pm · 9p · six pm · 4 o'clock · at 5 · six forty-three · five-thirty · 1730 hours"""
    token, end = reader.at(index), index + 1
    if token.kind != "num" or _is_amount(reader, index):
        return None
    if token.digits == 4 and _is_military(reader, index):
        return Clock(token.value // 100, token.value % 100), reader.skip(end, "hrs", "hours", "h")
    if token.digits > 2 or not 0 <= token.value < 25:
        return None
    if reader.text(end) in {"o'clock", "oclock"}:
        return Clock(token.value % 24, open=0 < token.value <= 12), end + 1
    if reader.text(end) in {"h", "uhr"} and reader.text(index - 1) in _BEFORE_TIME:
        return Clock(token.value % 24), end + 1
    return _bare_hour(reader, index, anchored=anchored)


def _bare_hour(reader: Reader, index: int, *, anchored: bool) -> Timed | None:
    """An hour with am or pm, or, where it is anchored, alone or with spoken minutes."""
    token, end = reader.at(index), index + 1
    minute, after_minute = _spoken_minute(reader, end) if not token.digits else (0, end)
    half, after = _meridiem(reader, after_minute)
    if half:
        return _twelve_hour(token.value, minute, 0, half, after)
    if not anchored or (minute == 0 and not _ends_bare_hour(reader, end)):
        return None
    after_minute = reader.skip(after_minute, "minutes") if minute else after_minute
    found = _twelve_hour(token.value, minute, 0, None, after_minute)
    return found and (replace(found[0], open=found[0].open and not _is_written_out(token.text)), found[1])


def _is_military(reader: Reader, index: int) -> bool:
    """1730 hours · at 1730; "by 1730" may be an amount, and 1900–2099 a year."""
    value = reader.at(index).value
    if value % 100 > 59 or value >= 2400:
        return False
    if reader.text(index + 1) in {"hrs", "hours", "h"}:
        return True
    return reader.text(index - 1) in {"at", "before", "until"} and not 1900 <= value < 2100


def _spoken_minute(reader: Reader, index: int) -> tuple[int, int]:
    after = reader.skip(index, "-")
    token = reader.at(after)
    if token.kind == "num" and not token.digits and 9 < token.value < 60:
        return token.value, after + 1
    return 0, index


def _is_amount(reader: Reader, index: int) -> bool:
    return reader.text(index - 1) in {"$", "£", "€", "#", "/", ".", ":"} and reader.glued(index)


def _ends_bare_hour(reader: Reader, index: int) -> bool:
    word = reader.text(index)
    if word in {".", ",", ":", "-"} and reader.at(index + 1).digits and reader.glued(index + 1):
        return False
    return (
        word in _AFTER_BARE
        or word in DAYPARTS
        or word in WEEKDAYS
        or word in MONTHS
        or read_zone(reader, index) is not None
    )


def _meridiem(reader: Reader, index: int) -> tuple[str | None, int]:
    word = reader.text(index)
    if word in {"am", "pm"}:
        return word, index + 1
    if word in {"a", "p"} and reader.text(index + 1) == "." and reader.text(index + 2) == "m":
        return f"{word}m", reader.skip(index + 3, ".")
    if word in {"a", "p"} and reader.glued(index):
        return f"{word}m", index + 1
    return None, index


def _twelve_hour(hour: int, minute: int, second: int, half: str | None, end: int) -> Timed | None:
    if half is None:
        is_open = 0 < hour <= 12
        return Clock(hour % 24, minute, second, open=is_open), end
    if not 0 < hour <= 12:
        return None if hour > 23 else (Clock(hour, minute, second), end)
    return Clock(hour % 12 + (12 if half == "pm" else 0), minute, second), end


def _with_suffix(reader: Reader, clock: Clock, end: int) -> Timed:
    """Take in "in the evening", "sharp" and a time zone after the time."""
    part = read_daypart(reader, end)
    if part and reader.text(end) in {"in", "at"}:
        clock, end = place_in(clock, part[0].daypart), part[1]
    end = reader.skip(end, "sharp")
    return in_zone(reader, clock, end)


def in_zone(reader: Reader, clock: Clock, end: int) -> Timed:
    """Take in the zone named at ``end``, unless the time has one already."""
    zone = read_zone(reader, end) if clock.zone is None and not clock.doubtful else None
    if zone is None:
        return clock, end
    return replace(clock, zone=zone.info, doubtful=not zone.sure), zone.end


def place_in(clock: Clock, daypart: str | None) -> Clock:
    """Decide an open hour by the part of the day: 7 + evening is 19:00, 3 + night is 03:00."""
    if daypart is None:
        return clock
    if not clock.open:
        return replace(clock, daypart=daypart)
    late = daypart == "afternoon" or (daypart == "evening" and clock.hour != 12)
    late = late or (daypart == "night" and 5 <= clock.hour < 12)
    hour = clock.hour % 12 + (12 if late else 0)
    return replace(clock, hour=hour, open=False, daypart=daypart)


def settle(clock: Clock) -> Clock:
    """Read an open hour as office hours do: 1–6 is the afternoon, 7–11 the morning, 12 noon."""
    if not clock.open:
        return clock
    hour = clock.hour + 12 if clock.hour < 7 else clock.hour
    return replace(clock, hour=hour, open=False)


def skip_fillers(reader: Reader, index: int) -> int:
    """The index after "at the latest", "please" and other words that leave a date as it is."""
    for _ in range(_MOST_FILLERS):
        words = next((words for words in _FILLERS if reader.matches(index, *words)), None)
        if words is None:
            break
        index += len(words)
    return index
