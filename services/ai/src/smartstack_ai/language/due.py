"""Which of the dates in a message is a due date of what it asks.

A date counts when it is led in as a deadline ("by", "before", "due", "for"), or says when the work shall happen
("send it tomorrow"). It does not when it dates something else: the past, a person's absence, the name of a thing
("the Friday report"), what a text shall say ("change the hours to 9am"), a start ("from Monday").
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smartstack_ai.lexicon.due_patterns import (
    ABSENCE,
    ASKED_WHETHER,
    AT_EVENT,
    BEFORE,
    CAUSATIVE,
    CONDITION,
    CONTENT,
    CORRECTS,
    DEADLINE,
    EVENT,
    FINITE_AFTER,
    FREE_AFTER,
    HOURS,
    LEAD,
    NEGATED,
    NOT_DUE,
    PAST_CLAUSE,
    PLACE,
    SET_TO,
    SINCE,
    STARTS,
    THEN,
    THING_AFTER,
    TO_RANGE,
)
from smartstack_dates import DateMention, end_of_day

_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
# More dates than this in one sentence are a table, not deadlines.
_MOST_DATES = 12
_OTHER_USES = (PLACE, ASKED_WHETHER, SINCE, HOURS, TO_RANGE, SET_TO, ABSENCE, CONTENT, CONDITION)
_GRACE = timedelta(days=3660)
#: A date with any of these is for a person to decide.
UNSURE = frozenset({"conflict", "doubtful"})


#: How plainly a date is a deadline: "by Friday", "for Friday", "on Friday"; 1 where nothing leads it in.
BY, FOR, ON = 4, 3, 2


@dataclass(frozen=True, slots=True)
class Due:
    """A due date and the words it was read from: ``start`` includes the lead-in ("by "), for the title to drop."""

    value: datetime
    start: int
    end: int
    weight: int
    unsure: bool
    shared: bool


def due_in(text: str, start: int, end: int, mentions: list[DateMention], at: datetime, zone: ZoneInfo) -> Due | None:
    """The due date said in ``text[start:end]``, or None. ``mentions`` are the dates of the whole text."""
    then = _then(text, start, end, mentions, at, zone)
    if then:
        return then
    candidates: list[Due] = []
    first = bisect_left(mentions, start, key=_start)
    for index in range(first, min(first + _MOST_DATES, len(mentions))):
        mention = mentions[index]
        if mention.end > end:
            break
        if candidates and CORRECTS.match(text[candidates[-1].end : mention.start]):
            unsure = bool(mention.flags & UNSURE)
            candidates[-1] = replace(candidates[-1], value=max(mention.value, at), end=mention.end, unsure=unsure)
            continue
        due = _judge(text, start, mention, at, zone)
        if due:
            candidates.append(due)
    return max(candidates, key=lambda due: due.weight, default=None)


def _then(text: str, start: int, end: int, mentions: list[DateMention], at: datetime, zone: ZoneInfo) -> Due | None:
    """The due date of "before then" and "two days before", counted from the date named last."""
    match = THEN.search(text, start, end)
    index = bisect_left(mentions, match.start(), key=_start) - 1 if match else -1
    if not match or index < 0 or mentions[index].flags & {"past", "now", "recurring"}:
        return None
    mention = mentions[index]
    if match["count"]:
        count = _COUNTS.get(match["count"].lower()) or int(match["count"])
        day = mention.first_day - timedelta(days=count * (7 if match["unit"].lower() == "week" else 1))
        value = end_of_day(day, zone)
    else:
        starts = match["lead"].lower() in {"before", "ahead of"} and STARTS.search(text, 0, mention.start)
        value = _value(mention, match["lead"], zone) if starts else mention.value
    if not at <= value <= at + _GRACE:
        return None
    return Due(value, match.start(), match.end(), BY, bool(mention.flags & UNSURE), shared=False)


def _start(mention: DateMention) -> int:
    return mention.start


def _judge(text: str, start: int, mention: DateMention, at: datetime, zone: ZoneInfo) -> Due | None:
    if mention.flags & {"past", "now", "recurring"}:
        return None
    before, after = text[max(start, mention.start - 120) : mention.start], text[mention.end : mention.end + 30]
    match = LEAD.search(before)
    if text[mention.start : mention.start + 6].lower().startswith(("in ", "within")):
        match = None
    lead = match["lead"].strip().lower() if match else ""
    deadline = bool(DEADLINE.search(lead))
    if not _may_be_due(before, after, lead, mention, deadline=deadline):
        return None
    value = _value(mention, lead, zone)
    if value < at or value - at > _GRACE:
        return None
    lead_start = mention.start - (len(before) - match.start("lead")) if match else mention.start
    if lead == "over" and "period" not in mention.flags:
        lead_start = mention.start
    shared = (deadline and not lead.endswith("for")) or not lead
    unsure = bool(mention.flags & UNSURE)
    end = mention.end
    if "possessive" in mention.flags or (deadline and not FREE_AFTER.match(after)):
        thing = THING_AFTER.match(after)
        end += thing.end() if thing else 0
    weight = (FOR if lead.endswith("for") else BY) if deadline else ON if lead else 1
    return Due(value, lead_start, end, weight, unsure, shared)


def _may_be_due(before: str, after: str, lead: str, mention: DateMention, *, deadline: bool) -> bool:
    negated = NEGATED.search(before) and not lead.endswith(("later than", "until", "till"))
    if negated or NOT_DUE.search(lead) or any(pattern.search(before) for pattern in _OTHER_USES):
        return False
    if deadline and lead[-3:] != "for":
        return True
    if lead == "on" and AT_EVENT.search(before):
        return False
    past = PAST_CLAUSE.search(before)
    if past and not CAUSATIVE.search(before, 0, past.start()):
        return False
    if "possessive" in mention.flags:
        return lead.endswith("for")
    return _reads_as_time(before, after, lead, mention)


def _reads_as_time(before: str, after: str, lead: str, mention: DateMention) -> bool:
    """Whether a date without a deadline's words around it says when, rather than naming a thing or an event."""
    if not lead and ("holiday" in mention.flags or EVENT.search(before.removesuffix(" "))):
        return False
    return FREE_AFTER.match(after) is not None and not (_names_thing(before, after) or FINITE_AFTER.match(after))


def _names_thing(before: str, after: str) -> bool:
    """An article before it and a word after it make a date a name: the Friday report."""
    article = re.search(r"\b(?:the|a|an|our|my|your|their|this)\s+$", before, re.IGNORECASE)
    return bool(article and re.match(r"\s+\w", after) and not FREE_AFTER.match(after))


def _value(mention: DateMention, lead: str, zone: ZoneInfo) -> datetime:
    """Thursday for "before Friday"; "before 5pm", "before the end of the week", "before Friday's call" are as said."""
    if not BEFORE.search(lead) or mention.kind == "datetime" or "possessive" in mention.flags:
        return mention.value
    if mention.flags & {"period"} and mention.first_day == mention.value.date():
        return mention.value
    return end_of_day(mention.first_day - timedelta(days=1), zone)
