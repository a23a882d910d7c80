"""Holidays: fixed days, and those that move."""

from datetime import date

from smartstack_dates.holidays import PHRASES, easter


def test_easter_and_the_holidays_that_move_with_it() -> None:
    assert [easter(year) for year in (2026, 2027, 2038)] == [date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)]


def test_holidays_on_the_nth_weekday() -> None:
    (thanksgiving,) = {rule(2026) for _, rule in PHRASES["thanksgiving"]}
    (memorial_day,) = {rule(2027) for words, rule in PHRASES["memorial"] if words == ("memorial", "day")}
    assert (thanksgiving, memorial_day) == (date(2026, 11, 26), date(2027, 5, 31))
