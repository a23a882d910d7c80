"""Rules of views, without any I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day somewhere: `end` is where the next one starts. Both in UTC; a day may have 23 or 25 hours."""

    date: date
    start: datetime
    end: datetime


def day_of(now: datetime, timezone: str) -> Day:
    """Return the day that it is `now` in a zone with this IANA name."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    start, end = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (today, today + timedelta(days=1)))
    return Day(today, start, end)


def split_due(tasks: Sequence[dict[str, Any]], now: datetime, day: Day) -> tuple[list[Any], list[Any]]:
    """Return the tasks whose time is past, and those due in what is left of the day; others are left out."""
    overdue, due_today = [], []
    for task in tasks:
        due = datetime.fromisoformat(task["due_at"]) if task["due_at"] else None
        if due is not None and due < now:
            overdue.append(task)
        elif due is not None and due < day.end:
            due_today.append(task)
    return overdue, due_today
