"""Due dates and date mentions: the grammar's own table, zones, clock changes, and dates that are not due."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.engines.offline.dates import find_dates
from smartstack_ai.engines.offline.engine import propose
from smartstack_ai.engines.port import SourceText

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)

# phrase | due; without a time of day it is 23:59:59
PHRASES = """
by Monday | 2026-11-30
by Tuesday | 2026-11-24
this Monday | 2026-11-23
this Friday | 2026-11-27
next Monday | 2026-11-30
next Friday | 2026-12-04
by next Thursday | 2026-12-03
by the 30th | 2026-11-30
by the 3rd of January | 2027-01-03
by 3 Jan | 2027-01-03
by Jan 3rd | 2027-01-03
by January 3 | 2027-01-03
by 3rd January 2027 | 2027-01-03
by 3/1 | 2027-01-03
by 03/01/2027 | 2027-01-03
by 2027-01-03 | 2027-01-03
by 2027/01/03 | 2027-01-03
by 3.1.2027 | 2027-01-03
by Fri 27 Nov | 2026-11-27
by Fri, 27 November at 3pm | 2026-11-27 15:00
by 3pm Friday | 2026-11-27 15:00
by Friday 3pm | 2026-11-27 15:00
by Friday 15:00 | 2026-11-27 15:00
by Friday, 3:30 p.m. | 2026-11-27 15:30
by Friday afternoon | 2026-11-27 17:00
by Friday lunchtime | 2026-11-27 13:00
by Friday morning | 2026-11-27 12:00
by noon | 2026-11-23 12:00
by midday tomorrow | 2026-11-24 12:00
by midnight | 2026-11-23
tonight | 2026-11-23
this afternoon | 2026-11-23 17:00
by tomorrow night | 2026-11-24
by tomorrow evening | 2026-11-24 20:00
in two weeks | 2026-12-07
in 2 weeks' time | 2026-12-07
in a couple of days | 2026-11-25
in ten days | 2026-12-03
in a week | 2026-11-30
within a week | 2026-11-30
within the week | 2026-11-27
within 24 hours | 2026-11-24 09:30
within the next 48 hours | 2026-11-25 09:30
in 2 hours | 2026-11-23 11:30
in half an hour | 2026-11-23 10:00
in an hour | 2026-11-23 10:30
in the next 30 minutes | 2026-11-23 10:00
in 90 mins | 2026-11-23 11:00
in one month | 2026-12-23
in three months | 2027-02-23
a week from today | 2026-11-30
a week today | 2026-11-30
a week tomorrow | 2026-12-01
a week on Friday | 2026-12-04
a week from Monday | 2026-12-07
two weeks from Friday | 2026-12-11
Friday week | 2026-12-04
by the end of the week | 2026-11-27
by end of week | 2026-11-27
by EOW | 2026-11-27
before the end of the day | 2026-11-23
by end of day tomorrow | 2026-11-24
by EOD Friday | 2026-11-27
by close of play Thursday | 2026-11-26
by COB | 2026-11-23
by the end of the month | 2026-11-30
by month end | 2026-11-30
by end of next month | 2026-12-31
by the end of December | 2026-12-31
by end of Q1 | 2027-03-31
by the end of the year | 2026-12-31
by year end | 2026-12-31
by mid December | 2026-12-15
by mid-December | 2026-12-15
by early next week | 2026-12-01
by the middle of next week | 2026-12-02
by mid-week | 2026-11-25
later this week | 2026-11-27
sometime this week | 2026-11-27
next week | 2026-12-04
next month | 2026-12-31
over the weekend | 2026-11-29
this weekend | 2026-11-29
before the weekend | 2026-11-27
by the weekend | 2026-11-29
Tuesday or Wednesday | 2026-11-25
between Tuesday and Thursday | 2026-11-26
on the 15th | 2026-12-15
on the 15th of next month | 2026-12-15
on the first of December | 2026-12-01
on December the 1st | 2026-12-01
no later than Friday | 2026-11-27
not later than 5pm | 2026-11-23 17:00
until Friday | 2026-11-27
due Friday | 2026-11-27
the day after tomorrow | 2026-11-25
by the first week of December | 2026-12-04
first thing tomorrow | 2026-11-24 09:00
first thing Monday | 2026-11-30 09:00
by 9 tomorrow morning | 2026-11-24 09:00
at 5 | 2026-11-23 17:00
by 5 | 2026-11-23 17:00
by 5 o'clock | 2026-11-23 17:00
by half four | 2026-11-23 16:30
by quarter past three | 2026-11-23 15:15
by 17h30 | 2026-11-23 17:30
by Wednesday of next week | 2026-12-02
Wednesday next week | 2026-12-02
next week Wednesday | 2026-12-02
in 3-4 days | 2026-11-27
in two to three weeks | 2026-12-14
in 5 business days | 2026-11-30
in five working days | 2026-11-30
by Christmas Eve | 2026-12-24
by New Year's Eve | 2026-12-31
by Easter | 2027-03-28
by 30/11 | 2026-11-30
by 30 November | 2026-11-30
by Nov. 30 | 2026-11-30
by the 30th Nov | 2026-11-30
by tomoz | 2026-11-24
by tmr | 2026-11-24
by weds | 2026-11-25
by thurs | 2026-11-26
by next tues | 2026-12-01
a fortnight from today | 2026-12-07
two days before Christmas | 2026-12-23
the day before Christmas | 2026-12-24
three days after the 1st of December | 2026-12-04
by the second Tuesday of December | 2026-12-08
by the last Friday of the month | 2026-11-27
by the last day of November | 2026-11-30
on the last working day of the month | 2026-11-30
by the end of tomorrow | 2026-11-24
by the end of Thursday | 2026-11-26
the Monday after next | 2026-12-07
by the following Monday | 2026-11-30
in a day or two | 2026-11-25
two weeks on Monday | 2026-12-14
this coming Saturday | 2026-11-28
this time next week | 2026-11-30
same time tomorrow | 2026-11-24
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def due(text: str, at: datetime = MONDAY, zone: ZoneInfo = LONDON) -> list[str | None]:
    """The due dates of what ``text`` asks, local, shortened to the minute; the day alone for 23:59:59."""
    found = (proposal.due_at for proposal in propose(SourceText(text, at, zone, "inbound")))
    return [value and f"{value:%Y-%m-%d %H:%M}".removesuffix(" 23:59") for value in found]


@pytest.mark.parametrize(("phrase", "expected"), rows(PHRASES))
def test_phrase_is_the_due_date_wherever_it_stands_and_leaves_the_title(phrase: str, expected: str) -> None:
    for text, title in (
        (f"Could you send the report {phrase}?", "Send the report"),
        (f"Please update the logo {phrase}, thanks.", "Update the logo"),
        (f"We need the new banner {phrase}", "New banner"),
    ):
        (proposal,) = propose(SourceText(text, MONDAY, LONDON, "inbound"))
        assert (proposal.title, due(text)) == (title, [expected])


@pytest.mark.parametrize(
    "text",
    [
        "Please send the file you mentioned last Friday.",
        "Please send the photos you took yesterday.",
        "Could you send me the Tuesday report?",
        "Could you send the minutes of Monday's meeting?",
        "Please change the opening hours to 9am.",
        "Please move the launch to 3 December.",
        "Please rename the page to Summer 2027.",
        "Since Monday the menu has been broken.",
        "Please fix the layout on page 3/4.",
        "Please upgrade to version 2.1 on the 24/7 server.",
        "Please make it 2 columns of 3.",
        "We are on holiday from Monday. Please fix the menu.",
        "Please send the invoice every Friday.",
        "It doesn't have to be today, but please fix the menu.",
        "Please fix the menu. The meeting on Tuesday went well.",
        "Please update the Black Friday banner.",
        "Please call 1-800-548-9554.",
        "Please look at https://example.com/2026/12/01/report.html",
        "Please raise the limit from 5 to 12.",
    ],
)
def test_a_date_that_is_no_deadline_is_not_due(text: str) -> None:
    assert due(text) == [None]


@pytest.mark.parametrize(
    ("zone", "written", "expected"),
    [
        ("Europe/London", "10/2", "2027-02-10"),
        ("America/New_York", "10/2", "2027-10-02"),
        ("America/Sao_Paulo", "10/2", "2027-02-10"),
        ("Australia/Sydney", "3/12", "2026-12-03"),
        ("America/Chicago", "3/12", "2027-03-12"),
        ("Europe/London", "12/25", "2026-12-25"),
        ("America/New_York", "25/12", "2026-12-25"),
        ("Europe/London", "2/12/26", "2026-12-02"),
        ("America/New_York", "12/2/2026", "2026-12-02"),
        ("America/New_York", "Friday 4/12", "2026-12-04"),
    ],
)
def test_the_zone_decides_the_order_of_day_and_month_unless_the_date_itself_does(
    zone: str, written: str, expected: str
) -> None:
    at = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo(zone))
    assert due(f"Please send it by {written}.", at, ZoneInfo(zone)) == [expected]


def test_a_day_begins_and_ends_in_the_workspace_zone() -> None:
    late_in_london = datetime(2026, 11, 23, 23, 30, tzinfo=LONDON)
    auckland = ZoneInfo("Pacific/Auckland")
    assert due("Please send it today.", late_in_london, auckland) == ["2026-11-24"]
    assert due("Please send it tomorrow.", late_in_london, NEW_YORK) == ["2026-11-24"]


def test_a_named_zone_is_converted_to_the_workspace_zone() -> None:
    assert due("Please send it by 5pm EST tomorrow.") == ["2026-11-24 22:00"]


def test_a_time_that_the_clock_change_skips_moves_past_the_gap() -> None:
    at = datetime(2027, 3, 26, 9, tzinfo=LONDON)
    assert due("Please restart it on Sunday at 1:30 am.", at) == ["2027-03-28 02:30"]
    at = datetime(2027, 3, 12, 9, tzinfo=NEW_YORK)
    assert due("Please restart it on Sunday at 2:30 am.", at, NEW_YORK) == ["2027-03-14 03:30"]


def test_hours_are_counted_through_a_clock_change() -> None:
    at = datetime(2027, 3, 27, 23, 30, tzinfo=LONDON)
    assert due("Please restart it in 3 hours.", at) == ["2027-03-28 03:30"]


def test_a_weekday_named_on_itself_is_a_week_ahead_and_this_one_is_today() -> None:
    assert due("Please send it by Monday.") == ["2026-11-30"]
    assert due("Please send it this Monday.") == ["2026-11-23"]


def test_a_time_that_has_passed_today_is_tomorrow() -> None:
    assert due("Please send it by 9am.") == ["2026-11-24 09:00"]


def test_before_a_day_ends_with_the_day_before_it() -> None:
    assert due("Please send it before Friday.") == ["2026-11-26"]
    assert due("Please send it before 5pm on Friday.") == ["2026-11-27 17:00"]


def test_the_end_of_february_depends_on_the_year() -> None:
    assert due("Please send it by the end of February.") == ["2027-02-28"]
    assert due("Please send it by 29 February.") == ["2028-02-29"]


def test_weekday_and_date_that_disagree_are_flagged_for_review() -> None:
    (proposal,) = propose(SourceText("Please send it by Monday 24 November 2026.", MONDAY, LONDON, "inbound"))
    assert proposal.needs_review


@pytest.mark.parametrize(
    "text",
    [
        "The cat sat on the mat and we may march on.",
        "Second, could you see if one of them may fit?",
        "I was wondering about the 2nd page and the first draft.",
        "Version 1.2.3 on 10.0.0.1 takes 2 seconds for 50% of 3 users.",
        "My number is 020 7946 0000 and the price is $12.50.",
        "Nobody knew what the sun was.",
        "It is 5 to 10 times faster at 3 places.",
    ],
)
def test_no_date_is_invented(text: str) -> None:
    assert find_dates(text, MONDAY, LONDON) == []


def test_mentions_carry_their_flags_and_exact_offsets() -> None:
    text = "Since yesterday, or every Friday, or next week: 2027-01-05 at 3pm."
    mentions = find_dates(text, MONDAY, LONDON)
    assert [(text[m.start : m.end], m.kind, sorted(m.flags)) for m in mentions] == [
        ("yesterday", "date", ["past"]),
        ("Friday", "date", ["recurring"]),
        ("next week", "date", ["period"]),
        ("2027-01-05 at 3pm", "datetime", ["explicit"]),
    ]
