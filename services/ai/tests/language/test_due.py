"""Due dates and date mentions: the grammar's own table, zones, clock changes, and dates that are not due."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.language.propose import propose
from smartstack_ai.values import SourceText
from smartstack_dates.testing import LONDON, MONDAY, phrases, written

NEW_YORK = ZoneInfo("America/New_York")


def due(text: str, at: datetime = MONDAY, zone: ZoneInfo = LONDON) -> list[str | None]:
    """The due dates of what ``text`` asks, local, shortened to the minute; the day alone for 23:59:59."""
    proposals = propose(SourceText(text, at, zone, "inbound"))
    return [written(proposal.due_at) if proposal.due_at else None for proposal in proposals]


@pytest.mark.parametrize(("phrase", "expected"), phrases())
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
