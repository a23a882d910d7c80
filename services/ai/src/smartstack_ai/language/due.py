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

from smartstack_dates import DateMention, end_of_day

_LEAD = re.compile(
    r"(?:^|[\s(,;:–—-])(?P<lead>(?:(?:any ?time|sometime|some time|ideally|preferably|latest|at the latest"
    r"|hopefully|possibly|maybe|either|only|just|say) ){0,2}"
    r"(?:by|before|until|till|til|due(?: date)?(?: on| by| is)?|(?:no|not) later than|(?:deadline|due"
    r"|eta)(?: is| of| for this is| would be| on|:)?|for|in time for|ahead of|prior to|on|at|around|about"
    r"|during|over|of|from|since|after|to|through|between|starting|as of|beginning|with|in|within|@|than"
    r"|every|each|not|per|via|and|or)?)\s*(?:the |our |my |your |@ ?|\()?$",
    re.IGNORECASE,
)
_DEADLINE = re.compile(
    r"(?:by|before|until|till|til|due(?: date)?(?: on| by| is)?|later than|(?:deadline|due|eta)(?: is| of"
    r"| for this is| would be| on|:)?|for|in time for|ahead of|prior to)$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:before|ahead of|prior to)$", re.IGNORECASE)
_NOT_DUE = re.compile(
    r"(?:from|since|after|starting|as of|beginning|of|to|with|every|each|not|per|via|through"
    r"|(?<!later )than)$",
    re.IGNORECASE,
)
_TO_RANGE = re.compile(
    r"(?:\b(?:push|move|change|set|update|switch|postpone|reschedule|delay|shift|rename|extend|amend"
    r"|correct|edit|adjust|bring|from|open|dates? (?:back )?)\b.{0,60})\bto(?: the)?\s*$",
    re.IGNORECASE,
)
_SET_TO = re.compile(
    r"\b(?:set|schedule|configure|program|change|update|time)\b.{0,100}\b(?:start|begin|end|open|close"
    r"|expire|finish|to run|go (?:live|out)|to send)(?: on| at| from)?\s*$",
    re.IGNORECASE,
)
_PAST_CLAUSE = re.compile(
    r"\b(?:\w+ (?:went|was|were|did|gave|showed|saw|wrote|came|spoke|said|told)|(?:you|we|i|they|he|she|it"
    r"|who|that|which|as)(?:'ve| have| has|'d| had)? (?:\w+ly |just |already |all |both |also )?(?:sent"
    r"|shared|discussed|mentioned|agreed|talked|spoke|spoken|said|asked|met|made|did|gave|showed|saw|wrote"
    r"|emailed|called|uploaded|delivered|launched|went|was|were|had|promised|published|updated|received|got"
    r"|came|started|bought|paid|ordered|presented|signed|found|noticed|approved|submitted|posted|used|took"
    r"|released|deployed|requested|reviewed|invoiced|installed|added|changed|fixed|reported|happened|closed"
    r"|ended|kicked off)"
    r"|(?:\w{2,}ed|left|rose|fell|grew|sold|took|made|lost|won|began|broke|ran)(?: \w+){0,2} (?:in|during|over|back in)"
    r"|(?:sent|shared|discussed|mentioned|agreed|uploaded|dated|received|delivered|published|taken|made"
    r"|posted|held|given) (?:\w+ ){0,3}(?:on|over|at|in|from)|as (?:discussed|agreed|mentioned|promised"
    r"|per)|(?:notes|minutes|recording|photos|invoice|email|call|meeting|version|one|draft|file|figures"
    r"|files|message|conversation|workshop|session) (?:from|of))\b[^.;!?]{0,40}$",
    re.IGNORECASE,
)
_CAUSATIVE = re.compile(r"\b(?:get|have|getting|having|be|being|need|want|like|see)\b[^,.;]{0,60}$", re.IGNORECASE)
_ABSENCE = re.compile(
    r"\b(?:on (?:holiday|vacation|leave|pto|annual leave|a (?:plane|flight|train))|away"
    r"|out of (?:the )?(?:office|town)|ooo|off (?:work|sick)|abroad|travelling|traveling|unavailable"
    r"|not (?:available|around|free|in|here)|(?:am|are|is|(?<!to )be|'m|'re|'ll be|not) (?:off|closed|out|free"
    r"|in (?!touch|contact|your|the (?:inbox|drive|folder|post|mail|dropbox))|around|available|busy|flying)"
    r"|closed|i(?:'m| am) (?:back|in)|(?:we're|we are|he's|she's|they're) back)\b[^.;!?]{0,50}$",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"\b(?:say(?:s|ing)?|read(?:s|ing)?|states?|titled?|called|named|labell?ed|headline|mentions?|shows?"
    r"|showing|dated|copyright|\(c\)|©|reads|worded)\b[^,.;!?]{0,25}$",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:launch(?:es|ed|ing)?|opens?|opening|starts?|begins?|is having|takes? place|runs?|happens?"
    r"|happening|goes live|go live|kicks off|airs|event|conference|wedding|meeting|webinar|party|show|sale"
    r"|holiday|flight|trip|call) (?:is |starts? |being |planned |scheduled |set )?$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:doesn't|don't|does not|do not|needn't|won't|not|no need|didn't|isn't|without) (?:\w+ ){0,5}$", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:if|in case|unless|whether|should|once|when) (?:you|we|i|they|it|he|she|anyone|someone|possible"
    r"|there)\b(?! (?:could|can|would)(?! make| do| come)| (?:get|have|find) (?:a|some|any|\w+|a few"
    r"|the) (?:min|mom|chance|time|sec|spare))(?:(?!\b(?:i'll|we'll|i will|we will|could you|can you"
    r"|please)\b)[^,;.!?]){0,60}$",
    re.IGNORECASE,
)
_FINITE_AFTER = re.compile(
    r"\s+(?:is|was|are|were|will(?! you)|looks?|seems?|works?|suits|went|has|had|would(?! you| it be))\b", re.IGNORECASE
)
_FREE_AFTER = re.compile(
    r"(?:\s*$|[ ]*\n|\s*[,.;:!?)\]–—\-\"'…]|\s+(?:and|or|if|so|please|pls|because|as|to|for|at|in|on|but|when"
    r"|thanks|that|we|i|latest|at|with|before|after|by|since|would|instead|while|though|ideally|via|-|via"
    r"|from|otherwise|then|the|you|it|is|works|will|should|morning|ish|or|sharp|max|maximum|cheers|unless"
    r"|re|about|tops|though|too|also|until|,|it'll|we'll|i'll|where|which|who|using|without|even|again"
    r"|together|both|they|he|she|this|there|along|depending|just|first|my|our|your|us|me|around|early|late"
    r"|into|over|through|somehow|hopefully|possibly|maybe|while|given|due|asap|eod|cob|noon|pt|et|uk|london"
    r"|not|let|can|could|would|will|a|an|itself|only|same)\b|\s*[^\w\s])",
    re.IGNORECASE,
)
_THING_AFTER = re.compile(r"(?: (?!and\b|or\b|so\b|please\b)[\w-]+){1,3}|")
# "by 5/8, sorry, I mean 8/5": the later one counts.
CORRECTS = re.compile(
    r"[\W_]*(?:oops|whoops|sorry|correction|apologies|my mistake|(?:or )?(?:actually|rather)|no,? wait"
    r"|scratch that|i mean"
    r"|i meant|make that|make it)\b[^.?!]{0,30}$|[\W_]*(?:oops|sorry|correction|apologies|my mistake"
    r"|actually|scratch that)\b.{0,20}"
    r"\b(?:i mean|i meant|make (?:that|it)|should (?:be|have been)|not)\b|[\W_]*i meant\b",
    re.IGNORECASE,
)
# The date named last before "by then", or a number of days before it.
_THEN = re.compile(
    r"(?:\b(?:at least |about |around )?(?P<count>a|one|two|three|four|five|\d{1,2}) (?P<unit>day"
    r"|week)s? (?:before|prior)"
    r"(?: to)?(?: then| that| it)?|\b(?P<lead>by|before|until|till|ahead of) (?:then|that(?: date| day)?))"
    r"(?=[\s]*[.,;!?)]|\s*$| (?:if|so|please|and|as|thanks|at the)\b)",
    re.IGNORECASE,
)
_STARTS = re.compile(r"\b(?:from|starting|as of|beginning)(?: on)?(?: the)? $", re.IGNORECASE)
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
# "the shoot on Saturday" after "from" names an event.
_AT_EVENT = re.compile(
    r"\b(?:from|of|at|about|after|since) (?:the|our|my|your|that|this) (?:[\w-]+ ){1,3}on $", re.IGNORECASE
)
# More dates than this in one sentence are a table, not deadlines.
_MOST_DATES = 12
# A date after any of these is a value, an absence, a text or a condition, not a deadline.
# "8 till 6" is opening hours.
_HOURS = re.compile(r"\b\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)? (?:till|til|until|to) $", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:since|from|after) (?:about|around|roughly|approximately|at least|late|early) $", re.IGNORECASE
)
# "cut the part at 1:15", "confirm that you can start on 4 January"
_PLACE = re.compile(
    r"\b(?:part|bit|section|scene|clip|moment|timestamp|mark|frame|shot|transition"
    r"|timecode)\b[^.;!?]{0,60}\b(?:at|from|around|to) $",
    re.IGNORECASE,
)
_ASKED_WHETHER = re.compile(
    r"\b(?:confirm|check|know|sure)(?: that| if| whether)? (?:you|we|they|he|she|i)(?:'ll| can| are| will"
    r"| could|'re)?\b[^,.;]{0,40}\bon $",
    re.IGNORECASE,
)
_OTHER_USES = (_PLACE, _ASKED_WHETHER, _SINCE, _HOURS, _TO_RANGE, _SET_TO, _ABSENCE, _CONTENT, _CONDITION)
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
    match = _THEN.search(text, start, end)
    index = bisect_left(mentions, match.start(), key=_start) - 1 if match else -1
    if not match or index < 0 or mentions[index].flags & {"past", "now", "recurring"}:
        return None
    mention = mentions[index]
    if match["count"]:
        count = _COUNTS.get(match["count"].lower()) or int(match["count"])
        day = mention.first_day - timedelta(days=count * (7 if match["unit"].lower() == "week" else 1))
        value = end_of_day(day, zone)
    else:
        starts = match["lead"].lower() in {"before", "ahead of"} and _STARTS.search(text, 0, mention.start)
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
    match = _LEAD.search(before)
    if text[mention.start : mention.start + 6].lower().startswith(("in ", "within")):
        match = None
    lead = match["lead"].strip().lower() if match else ""
    deadline = bool(_DEADLINE.search(lead))
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
    if "possessive" in mention.flags or (deadline and not _FREE_AFTER.match(after)):
        thing = _THING_AFTER.match(after)
        end += thing.end() if thing else 0
    weight = (FOR if lead.endswith("for") else BY) if deadline else ON if lead else 1
    return Due(value, lead_start, end, weight, unsure, shared)


def _may_be_due(before: str, after: str, lead: str, mention: DateMention, *, deadline: bool) -> bool:
    negated = _NEGATED.search(before) and not lead.endswith(("later than", "until", "till"))
    if negated or _NOT_DUE.search(lead) or any(pattern.search(before) for pattern in _OTHER_USES):
        return False
    if deadline and lead[-3:] != "for":
        return True
    if lead == "on" and _AT_EVENT.search(before):
        return False
    past = _PAST_CLAUSE.search(before)
    if past and not _CAUSATIVE.search(before, 0, past.start()):
        return False
    if "possessive" in mention.flags:
        return lead.endswith("for")
    return _reads_as_time(before, after, lead, mention)


def _reads_as_time(before: str, after: str, lead: str, mention: DateMention) -> bool:
    """Whether a date without a deadline's words around it says when, rather than naming a thing or an event."""
    if not lead and ("holiday" in mention.flags or _EVENT.search(before.removesuffix(" "))):
        return False
    return _FREE_AFTER.match(after) is not None and not (_names_thing(before, after) or _FINITE_AFTER.match(after))


def _names_thing(before: str, after: str) -> bool:
    """An article before it and a word after it make a date a name: the Friday report."""
    article = re.search(r"\b(?:the|a|an|our|my|your|their|this)\s+$", before, re.IGNORECASE)
    return bool(article and re.match(r"\s+\w", after) and not _FREE_AFTER.match(after))


def _value(mention: DateMention, lead: str, zone: ZoneInfo) -> datetime:
    """Thursday for "before Friday"; "before 5pm", "before the end of the week", "before Friday's call" are as said."""
    if not _BEFORE.search(lead) or mention.kind == "datetime" or "possessive" in mention.flags:
        return mention.value
    if mention.flags & {"period"} and mention.first_day == mention.value.date():
        return mention.value
    return end_of_day(mention.first_day - timedelta(days=1), zone)
