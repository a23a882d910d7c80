"""Finds dates in English text, relative to when and where the text was written.

    moment, zone = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), ZoneInfo("Europe/London")
    (found,) = find_dates("Could you send it by Friday 5pm?", moment, zone)
    found.start, found.end     -> 21, 31: the words that name it
    found.value                -> 2026-11-27 17:00, in Europe/London
    found.kind                 -> "datetime": a time of day was said

The grammar is a hand-written recursive descent over tokens. It reads a phrase only where a rule says so, and guesses
nothing from words that merely resemble a date. Which date is a deadline is for the caller to decide.
"""

from smartstack_dates.find import DateMention, find_dates
from smartstack_dates.moments import end_of_day

__all__ = ["DateMention", "end_of_day", "find_dates"]
