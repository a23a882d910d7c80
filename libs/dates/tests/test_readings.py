"""A reading accounts for every word beside it that belongs to a date; else it is flagged for a person."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartstack_dates import DateMention, find_dates
from smartstack_dates.testing import written

UNSURE = {"conflict", "doubtful"}


def rows(table: str) -> list[list[str]]:
    """Rows of ``zone | text | moment``; a moment that ends in ``?`` is one for review."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def found(zone: str, text: str) -> list[DateMention]:
    """The dates of a text written on Monday, 23 November 2026 at 9:30 in ``zone``."""
    info = ZoneInfo(zone)
    return find_dates(text, datetime(2026, 11, 23, 9, 30, tzinfo=info), info)


def reading(zone: str, text: str) -> str:
    """The first date of a text, with ``?`` when it is one for review; empty when there is none."""
    mentions = found(zone, text)
    return written(mentions[0].value) + " ?" * bool(mentions[0].flags & UNSURE) if mentions else ""


DAY_AND_TIME = """
America/New_York | by 5pm at the latest on Friday | 2026-11-27 17:00
America/New_York | by 5pm latest, Friday | 2026-11-27 17:00
Europe/London | by 5pm please on Friday | 2026-11-27 17:00
Europe/London | by 17:00 at the very latest this Thursday | 2026-11-26 17:00
Asia/Kolkata | by noon or earlier on Wednesday | 2026-11-25 12:00
Europe/Paris | by 9am sharp, tomorrow | 2026-11-24 09:00
Europe/London | by 5pm (Friday) | 2026-11-27 17:00
Europe/London | by 5pm (on 4 December) | 2026-12-04 17:00
Australia/Sydney | by Friday, no later than 5pm | 2026-11-27 17:00
Europe/London | by Friday at the latest by 5pm | 2026-11-27 17:00
Europe/London | by Friday (5pm) | 2026-11-27 17:00
Europe/London | by Friday if possible by 3pm | 2026-11-27 15:00
Europe/London | on 4 December – 10:30 | 2026-12-04 10:30
Europe/London | by 5pm to the whole team on Friday | 2026-11-27 17:00 ?
Europe/London | by 5pm (or was it Thursday | 2026-11-23 17:00
Europe/London | by 5pm (or was it Thursday) | 2026-11-23 17:00 ?
Europe/London | on Friday to Anna by 5pm | 2026-11-27
Europe/London | by Friday 5 please | 2026-11-27 ?
"""


@pytest.mark.parametrize(("zone", "text", "expected"), rows(DAY_AND_TIME))
def test_a_time_is_read_with_the_day_beside_it(zone: str, text: str, expected: str) -> None:
    assert reading(zone, f"Please send the deck {text}.") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Please send the Friday report by 5pm.",
        "Please send it by 5pm, and we talk on Friday.",
        "Please send it by 5pm. We talk on Friday.",
        "Please send it by 5pm because we meet on Friday.",
        "Please call me at 5pm about the Friday launch.",
    ],
)
def test_a_day_of_another_clause_or_thing_does_not_move_a_time(text: str) -> None:
    timed = next(mention for mention in found("Europe/London", text) if mention.kind == "datetime")
    assert (written(timed.value), timed.flags & UNSURE) == ("2026-11-23 17:00", set())


ZONES = """
America/New_York | by noon Eastern on Friday | 2026-11-27 12:00
America/New_York | by noon, Eastern time, on Friday | 2026-11-27 12:00
America/New_York | by 5pm PT Friday | 2026-11-27 20:00
America/New_York | by 5pm US Central on Friday | 2026-11-27 18:00
America/New_York | by 3pm (PT) Thursday | 2026-11-26 18:00
America/New_York | by Friday noon Pacific | 2026-11-27 15:00
America/New_York | by EOD Friday Pacific | 2026-11-28 02:59
America/New_York | by close of business Eastern on Friday | 2026-11-27
America/New_York | by EOD PT on Friday | 2026-11-28 02:59
Europe/London | at 17h GMT+2 on Friday | 2026-11-27 15:00
Europe/London | Friday 5pm GMT+2 | 2026-11-27 15:00
Europe/London | Friday at 17:00 (UTC+02:00) | 2026-11-27 15:00
Europe/London | Friday 17:00 UTC -5 | 2026-11-27 22:00
Europe/London | Friday 5pm UTC+5:30 | 2026-11-27 11:30
Europe/London | by 17:00 +0530 on Friday | 2026-11-27 11:30
Europe/London | by 17:00-0500 on Friday | 2026-11-27 22:00
Europe/London | by 2026-11-27T17:00Z | 2026-11-27 17:00
Europe/London | by 2026-11-27T17:00+02:00 | 2026-11-27 15:00
Europe/London | by 5pm CET (Berlin) on Friday | 2026-11-27 16:00
Europe/London | by 5pm CET (GMT+1) on Friday | 2026-11-27 16:00
Europe/London | by 5pm on Friday, Berlin time | 2026-11-27 16:00
Europe/London | by 5pm New York time on Friday | 2026-11-27 22:00
Europe/London | Friday 5pm London | 2026-11-27 17:00
Europe/London | Friday 5pm your time | 2026-11-27 17:00
Asia/Kolkata | Friday 5pm IST | 2026-11-27 17:00
Europe/Dublin | Friday 5pm IST | 2026-11-27 17:00
Europe/London | Friday 5pm IST | 2026-11-27 11:30 ?
Europe/London | Friday 5pm our time | 2026-11-27 17:00 ?
Europe/London | Friday 5pm Narnia time | 2026-11-27 17:00 ?
Europe/London | Friday 5pm ZZT | 2026-11-27 17:00 ?
Europe/London | Friday 5pm GMT+29 | 2026-11-27 17:00 ?
"""


@pytest.mark.parametrize(("zone", "text", "expected"), rows(ZONES))
def test_a_zone_beside_a_time_is_converted_or_for_review(zone: str, text: str, expected: str) -> None:
    sentence = f"Could you send the report {text}?"
    (mention,) = found(zone, sentence)
    assert reading(zone, sentence) == expected
    assert sentence[mention.end :] in {"?", "T?"}


@pytest.mark.parametrize(
    "text",
    [
        "by 5-6pm",
        "by 6pm this time",
        "by 6pm on time",
        "by 6pm. Eastern Europe is fine",
        "by 6pm (2 pages)",
        "by 6pm each",
    ],
)
def test_other_words_after_a_time_are_no_zone(text: str) -> None:
    assert reading("Europe/London", f"Please send it {text}.") == "2026-11-23 18:00"


NUMBERED = """
Europe/London | by Friday 28th | 2026-11-28 ?
Europe/London | by Friday the 28th | 2026-11-28 ?
Europe/London | by Friday, 28th | 2026-11-28 ?
Europe/London | by Friday (28th) | 2026-11-28 ?
Europe/London | by the 28th (Friday) | 2026-11-28 ?
Europe/London | by the 28th, Friday | 2026-11-28 ?
Europe/London | by Fri 28 Nov | 2026-11-28 ?
Europe/London | by Friday 28/11 | 2026-11-28 ?
Asia/Kolkata | by Tuesday 26th | 2026-11-26 ?
America/New_York | by Wednesday 4th | 2026-12-04 ?
America/New_York | by Monday, the 1st | 2026-12-01 ?
Europe/Berlin | by Thursday 31st | 2026-12-31
Europe/Berlin | by Friday 27th | 2026-11-27
Europe/London | by Monday 30th | 2026-11-30
Europe/London | by Friday the 4th | 2026-12-04
Europe/London | by 28 November (Saturday) | 2026-11-28
Europe/London | by the 27th (Fri) | 2026-11-27
Europe/London | by Friday 25th | 2026-12-25 ?
"""


@pytest.mark.parametrize(("zone", "text", "expected"), rows(NUMBERED))
def test_a_weekday_and_a_number_that_disagree_are_the_near_date_for_review(zone: str, text: str, expected: str) -> None:
    assert reading(zone, f"Please send it {text}.") == expected


def test_the_longer_list_of_days_is_no_weekday_in_brackets() -> None:
    mentions = found("Europe/London", "Free on the 28th, Monday the 30th or Tuesday?")
    assert [written(mention.value) for mention in mentions] == ["2026-11-28", "2026-12-01"]


LONGER = """
Europe/London | by 31-Aug-27 | 2027-08-31
Europe/London | by 31-AUG-2027 | 2027-08-31
Europe/London | by 31/Aug/27 | 2027-08-31
Europe/London | by 31 Aug 27 | 2027-08-31
Europe/London | by Aug 31, 27 | 2027-08-31
Europe/London | by Aug-31-27 | 2027-08-31
Europe/London | by 31 Aug '27 | 2027-08-31
Europe/London | by 1-Dec-26 | 2026-12-01
Europe/London | by 3-5 December | 2026-12-05
Europe/London | by 3. December | 2026-12-03
Europe/Berlin | by 3.12. | 2026-12-03
Europe/Berlin | by 3.12 | 2026-12-03
Europe/Berlin | by 3.12. or 4.12. | 2026-12-04
Europe/Vienna | until 1.12. if possible | 2026-12-01
Europe/Prague | by 24.12. | 2026-12-24
Europe/Warsaw | before 3.12. at noon | 2026-12-03 12:00
Europe/Berlin | by 03.12.26 | 2026-12-03
Europe/London | by 3.12. please | 2026-12-03
Europe/London | by 3.12 | 2026-12-03 ?
America/New_York | on 5.12 | 2027-05-12
Europe/Berlin | at 3.12 | 2026-11-23 15:12
Europe/Berlin | by 15.30 | 2026-11-23 15:30
Europe/London | by 3.30 | 2026-11-23 15:30
Europe/London | until 6.30 | 2026-11-23 18:30
Europe/Berlin | by 3.12pm | 2026-11-23 15:12
"""


@pytest.mark.parametrize(("zone", "text", "expected"), rows(LONGER))
def test_the_longer_reading_wins(zone: str, text: str, expected: str) -> None:
    assert reading(zone, f"Please send it {text}.") == expected


@pytest.mark.parametrize(
    "text",
    ["Ship 3 Dec 26 boxes", "Python 3.12 please", "upgrade to 3.12.1", "by 3.12%", "by 3.12 x 4", "raise it by 3.12m"],
)
def test_counts_and_versions_are_not_dates(text: str) -> None:
    assert [text[mention.start : mention.end] for mention in found("Europe/Berlin", text)] in ([], ["3 Dec"])


HOURS = """
Europe/London | at 05:00 tomorrow | 2026-11-24 05:00
Europe/Berlin | tomorrow at 04:15 | 2026-11-24 04:15
Europe/London | on Friday at 06:30 | 2026-11-27 06:30
America/New_York | between 05:00 and 06:00 tomorrow | 2026-11-24 06:00
Europe/London | at 03:45 on 4 December | 2026-12-04 03:45
Europe/Paris | at 5h30 tomorrow | 2026-11-24 05:30
Europe/London | at 5:00:00 tomorrow | 2026-11-24 05:00
Europe/London | at 02:30 tonight | 2026-11-24 02:30
Asia/Tokyo | at 01:00 on Saturday | 2026-11-28 01:00
Europe/London | at 05 tomorrow | 2026-11-24 05:00
Europe/London | at 5:00 tomorrow | 2026-11-24 17:00
Europe/London | at 5 tomorrow | 2026-11-24 17:00
Europe/London | at 5am tomorrow | 2026-11-24 05:00
Europe/London | at 8:15 tomorrow | 2026-11-24 08:15
Europe/London | at 12:30 tomorrow | 2026-11-24 12:30
Europe/London | at 5:00 tomorrow morning | 2026-11-24 05:00
"""


@pytest.mark.parametrize(("zone", "text", "expected"), rows(HOURS))
def test_office_hours_are_guessed_for_ambiguous_times_alone(zone: str, text: str, expected: str) -> None:
    assert reading(zone, f"Please restart the server {text}.") == expected


IMPOSSIBLE = """
Europe/London | by February 30 | 2027-02-28 ?
Europe/London | by December 32nd | 2026-12-31 ?
Europe/London | by 32 December |
Europe/London | by February 30th | 2027-02-28 ?
Europe/London | by 30 February | 2027-02-28 ?
Europe/London | by the 30th of February | 2027-02-28 ?
Europe/London | by 31 November | 2026-11-30 ?
Europe/London | by Friday 31st November | 2026-11-30 ?
Europe/London | by 31 April 2027 | 2027-04-30 ?
Europe/London | by 29 Feb 2027 | 2027-02-28 ?
Europe/London | by the 31st of this month | 2026-11-30 ?
Europe/London | by 31-Jun-27 | 2027-06-30 ?
Europe/London | by 30/02 |
Europe/London | by 2027-02-30 |
America/New_York | by 02/30/2027 |
Europe/Berlin | by 31.11. |
Europe/London | by 29 February | 2028-02-29
Europe/London | by the 31st | 2026-12-31
Europe/London | by the end of February | 2027-02-28
"""


@pytest.mark.parametrize(("zone", "text", "expected"), rows(IMPOSSIBLE))
def test_a_day_that_does_not_exist_is_for_review_or_not_read(zone: str, text: str, expected: str) -> None:
    assert reading(zone, f"Please send it {text}.") == expected
