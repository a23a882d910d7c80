"""Date phrases and what they mean, for tests of the grammar and of its users."""

from datetime import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)

# phrase | due in London, said on MONDAY; without a time of day it is 23:59:59
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


def phrases() -> list[tuple[str, str]]:
    """Return each phrase and the moment it means, to the minute; the day alone stands for its end."""
    rows = (line.split("|") for line in PHRASES.strip().splitlines())
    return [(phrase.strip(), due.strip()) for phrase, due in rows]


def written(moment: datetime) -> str:
    """Return a moment as the table writes it."""
    return f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 23:59")
