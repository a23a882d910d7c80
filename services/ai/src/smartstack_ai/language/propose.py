"""The offline engine: rules, a small classifier and a date grammar, run on one message."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from smartstack_ai.language.classifier import load
from smartstack_ai.language.coreference import (
    acts_on_it,
    asks_for_that,
    asks_to_deliver,
    clause_before,
    is_parenthetical,
    is_pointer,
    joined,
    named_in,
    names_thing,
)
from smartstack_ai.language.due import FOR, Due, due_in
from smartstack_ai.language.incidents import is_incident
from smartstack_ai.language.lists import asks_by_itself, details_below
from smartstack_ai.language.message import read_message
from smartstack_ai.language.priority import read_priority, said_in
from smartstack_ai.language.promises import find_promises
from smartstack_ai.language.requests import Ask, asks_for_items, find_asks, is_open, skip_lead
from smartstack_ai.language.sentences import Sentence
from smartstack_ai.language.text import Reading
from smartstack_ai.language.titles import is_empty_title, make_title
from smartstack_ai.lexicon.due_patterns import CORRECTS
from smartstack_ai.lexicon.list_patterns import HANGING
from smartstack_ai.values import Evidence, Kind, Priority, Proposal, SourceText
from smartstack_dates import DateMention, find_dates

#: Below this a proposal is shown as "needs review".
SURE = 0.7
#: Below this nothing is proposed.
FLOOR = 0.5
#: What the classifier must say of a sentence the rules are silent on, and what is then proposed (for review).
LIKELY, GUESS = 0.75, 0.55
MAX_PROPOSALS = 40

# A sentence of these words and a date is a deadline for what was asked before it.
_DEADLINE = """
ideally preferably hopefully and also please sorry we we'd i i'd would really will do it it'd this that these
those them they all both everything need needs needed want like love have be is are to done ready finished back
live due deadline the our hard for on by if possible at latest can could you get my in of complete completed
only just great good perfect before until target aim aiming eta timeline timing date delivery final there's no
rush but must should has wanted hoping sent over preferred works fine urgently asap sometime some any anytime
time around end so which makes means make sure as let's say going actual absolute soon today what too though
not meant mean oops correction they want displayed important crucial essential us client
wants he she first one ones each instead rather make actually no wait
later than thanks cheers there is time'd i'll we'll that'd it's that's appreciated helpful lovely ok okay come
set up sorted fixed working running published approved printed signed launched online shipped delivered place
hands inbox should've us you're
"""
_DEADLINE_WORDS = frozenset(_DEADLINE.split())
_WORD = re.compile(r"[\w']+")
_FRAGMENT = re.compile(
    r"(?:(?:ideally|preferably|hopefully|and|needed|due|deadline:?|latest),? )*"
    r"(?:by|before|for|in time for|no later than|ahead of) (?!(?:me|us|you|example|instance|what)\b)",
    re.IGNORECASE,
)
_NEEDED_BY = re.compile(
    r"\b(?:need|needs|want|like) (?:it|them|this|these|those|both|everything|all of (?:it|this"
    r"|them))(?: (?:all|back|done|ready|sorted))* ?$",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"(?:have|get|see|need|review|check|read|look at|go through|finish|do|deliver|receive) (?:it|both|them"
    r"|this|these|those|all(?: of (?:it|this"
    r"|them))?|everything)"
    r"(?: (?:all|done|ready|back|sorted|finished|live|fixed|completed?|over))*\s*(?:$|by\b|before\b|on\b"
    r"|for\b|in\b|at\b|next\b|this\b|today|tomorrow|[.,!?])",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(r"\b(?:deadline|due(?: date)?|needed by|target date)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Draft:
    """A proposal in the making; offsets are into the reading copy."""

    kind: Kind
    ask: Ask
    block: int
    bullet: bool
    due: Due | None = None
    due_span: tuple[int, int] | None = None
    #: What its bare pronoun stands for, and further sentences to quote.
    named: tuple[int, int] | None = None
    #: What a further sentence wants done about it.
    then: str = ""
    #: Whether a list of details follows.
    leads: bool = False
    also: list[tuple[int, int]] = field(default_factory=list)


#: A due date said for what follows: the block it was said in, the date, and the sentence that says it.
Deadline = tuple[int, Due, tuple[int, int]]


@dataclass(slots=True)
class _Run:
    reading: Reading
    text: str
    at: datetime
    zone: ZoneInfo
    mentions: list[DateMention]
    drafts: list[_Draft] = field(default_factory=list)
    pending: Deadline | None = None
    ahead: Deadline | None = None
    previous: Sentence | None = None


def propose(source: SourceText) -> list[Proposal]:
    """The proposals for one message, in reading order; CPU only, about half a millisecond for a usual one."""
    message = read_message(source.text)
    inbound = source.direction == "inbound"
    if not message.sentences or (inbound and message.automatic):
        return []
    at = source.at.astimezone(source.zone)
    run = _Run(message.reading, message.kept, at, source.zone, find_dates(message.kept, at, source.zone))
    _read_sentences(run, message.sentences, inbound=inbound)
    elsewhere = None if message.suspicious or not run.drafts else said_in(run.text)
    drafts = run.drafts[:MAX_PROPOSALS]
    proposals = (_finish(run, draft, elsewhere, suspicious=message.suspicious) for draft in drafts)
    return [proposal for proposal in proposals if proposal]


def _read_sentences(run: _Run, sentences: list[Sentence], *, inbound: bool) -> None:
    listed, index = False, 0
    while index < len(sentences) and len(run.drafts) < MAX_PROPOSALS:
        sentence = sentences[index]
        details = _details(run, sentences, index) if inbound and sentence.heading and not sentence.bullet else []
        listed = _read_sentence(run, sentence, inbound, listed=listed, details=details)
        aside = is_parenthetical(run.text[sentence.start : sentence.end]) and not _drafted_in(run, sentence)
        run.previous = run.previous if aside and run.previous else sentence
        index += 1 + len(details)


def _details(run: _Run, sentences: list[Sentence], index: int) -> list[Sentence]:
    """The list below a lead-in that is a request by itself, when the list says only to what or to whom."""
    lead_in = sentences[index]
    drafts = _requests(run, lead_in, listed=False)
    if not drafts or drafts[-1].ask.form != "verb" or not asks_by_itself(_plain_title(run, drafts[-1])):
        return []
    return details_below(
        run.text,
        sentences,
        index,
        lambda item: [draft.ask for draft in _requests(run, item, listed=True)],
    )


def _read_sentence(run: _Run, sentence: Sentence, inbound: bool, *, listed: bool, details: list[Sentence]) -> bool:
    """Draft what one sentence proposes; returns whether the next lines are items of a list it asked for."""
    due = due_in(run.text, sentence.start, sentence.end, run.mentions, run.at, run.zone)
    if due and run.drafts and _date_earlier(run, sentence, due):
        return False
    drafts = _requests(run, sentence, listed) if inbound else _promises(run, sentence, due)
    if due and run.drafts and drafts and all(_only_points_back(run.text, draft.ask) for draft in drafts):
        _date_group(run, sentence, due)
        return False
    if due and not drafts and _ANNOUNCED.search(run.text, sentence.start, sentence.end):
        run.ahead = (sentence.block, due, (sentence.start, sentence.end))
    if sentence.heading and not sentence.bullet and not details:
        words = run.text[sentence.start : sentence.end]
        run.pending = (sentence.block, due, (sentence.start, sentence.end)) if due else None
        if inbound and asks_for_items(words):
            return True
        if not drafts:
            return listed and sentence.bullet
    if details:
        drafts[-1].also = [(detail.start, detail.end) for detail in details]
        drafts[-1].leads = True
    if drafts:
        _date_drafts(run, sentence, drafts)
    if inbound and not (drafts and sentence.bullet):
        drafts = _resolve(run, sentence, drafts)
    run.drafts.extend(drafts)
    return listed and sentence.bullet


def _resolve(run: _Run, sentence: Sentence, drafts: list[_Draft]) -> list[_Draft]:
    """Join a request that only points ("Please fix this before Monday.") with the sentence it points to."""
    text, before = run.text, run.previous
    if not drafts:
        return _asked_for(run, before, sentence) if before else []
    first, *rest = drafts
    request = _plain_title(run, first)
    if not is_pointer(request) and (first.bullet or not acts_on_it(request)):
        return drafts
    if is_pointer(request):
        first.named = clause_before(text, sentence.start, first.ask.title_start)
    if first.named or before is None:
        return drafts
    earlier = _drafted_in(run, before)
    if earlier and _belongs(earlier[-1], first, request):
        _merge(earlier, first, request, sentence)
        return rest
    if names_thing(text, before.start, before.end):
        _name_by(run, first, before, anew=not earlier)
    return drafts


def _asked_for(run: _Run, before: Sentence, sentence: Sentence) -> list[_Draft]:
    """What "Could you do that?" asks for: the statement before it, where that is no request already."""
    text = run.text
    if _drafted_in(run, before) or not asks_for_that(text[sentence.start : sentence.end]):
        return []
    if not names_thing(text, before.start, before.end):
        return []
    lead, _ = named_in(text, before.start, before.end)
    due = due_in(text, before.start, before.end, run.mentions, run.at, run.zone)
    ask = Ask(before.start, before.end, lead, "whole", 0.72)
    return [_Draft("task", ask, before.block, False, due, also=[(sentence.start, sentence.end)])]


def _belongs(earlier: _Draft, pointing: _Draft, request: str) -> bool:
    """Whether both are one piece of work: the report and its mending, the request and when to hand it over."""
    if pointing.ask.form == "whole" or (pointing.due is not None and asks_to_deliver(request)):
        return True
    return earlier.ask.form == "whole" or (earlier.ask.form in {"passive", "noun"} and is_pointer(request))


def _merge(earlier: list[_Draft], pointing: _Draft, request: str, sentence: Sentence) -> None:
    if pointing.ask.form != "whole":
        earlier[-1].then = earlier[-1].then or request
    for draft in earlier:
        draft.also.append((sentence.start, sentence.end))
        if draft.due is None and pointing.due:
            draft.due, draft.due_span = pointing.due, (sentence.start, sentence.end)


def _name_by(run: _Run, draft: _Draft, before: Sentence, *, anew: bool) -> None:
    """Quote the sentence that says what "it" is; title by it, and take its date, unless it is a request itself."""
    text = run.text
    draft.also.append((before.start, before.end))
    if not anew:
        return
    draft.named = named_in(text, before.start, before.end)
    if draft.due is None:
        draft.due = due_in(text, before.start, before.end, run.mentions, run.at, run.zone)
        draft.due_span = (before.start, before.end) if draft.due else None


def _drafted_in(run: _Run, sentence: Sentence) -> list[_Draft]:
    return [draft for draft in run.drafts[-3:] if sentence.start <= draft.ask.start < sentence.end]


def _requests(run: _Run, sentence: Sentence, listed: bool) -> list[_Draft]:
    text, start, end = run.text, sentence.start, sentence.end
    asks = find_asks(text, start, end, listed=listed or bool(run.pending), bullet=sentence.bullet)
    if not asks and is_open(text, start, end) and load().probability(text[start:end]) >= LIKELY:
        asks = [Ask(start, end, skip_lead(text, start, end), "whole", GUESS)]
    return [_Draft("task", ask, sentence.block, sentence.bullet) for ask in asks if ask.score >= FLOOR]


def _promises(run: _Run, sentence: Sentence, due: Due | None) -> list[_Draft]:
    promises = find_promises(run.text, sentence.start, sentence.end, dated=due is not None)
    return [_Draft("commitment", ask, sentence.block, sentence.bullet) for ask in promises if ask.score >= FLOOR]


def _date_drafts(run: _Run, sentence: Sentence, drafts: list[_Draft]) -> None:
    """Give each ask the due date of its own clause; one said at either end of the sentence is everybody's."""
    text, previous = run.text, sentence.start
    for draft in drafts:
        inside = due_in(text, draft.ask.title_start, draft.ask.end, run.mentions, run.at, run.zone)
        draft.due = inside or due_in(text, previous, draft.ask.end, run.mentions, run.at, run.zone)
        if draft.ask.form == "noun" and sentence.bullet and draft.due and draft.due.weight < 3:
            draft.due = None  # "Winter fair, 12 December" in a list to be published
        if draft.due and draft.due.weight < FOR and _says_fault(text, draft.ask):
            draft.due = None  # "it drops out at 14:32" says when it happens
        previous = draft.ask.end
    tail = due_in(text, previous, sentence.end, run.mentions, run.at, run.zone)
    shared = tail or drafts[-1].due
    if shared and shared.shared and len(drafts) > 1:
        for draft in drafts:
            if draft.due is None:
                draft.due, draft.due_span = shared, (sentence.start, sentence.end)
    elif tail and drafts[0].due is None:
        drafts[0].due = tail
    said = run.pending if sentence.bullet else run.ahead if run.ahead and run.ahead[0] == sentence.block else None
    for draft in drafts:
        if said and draft.due is None:
            draft.due, draft.due_span = said[1], said[2]


def _says_fault(text: str, ask: Ask) -> bool:
    return ask.form == "whole" and is_incident(text[ask.title_start : ask.end]) > 0


def _date_earlier(run: _Run, sentence: Sentence, due: Due) -> bool:
    """Let "By Friday if possible." date the request before it, and with it the list or paragraph it closes."""
    words = run.text[sentence.start : due.start] + " " + run.text[due.end : sentence.end]
    found = [word.lower() for word in _WORD.findall(words)]
    fragment = len(found) < 10 and _FRAGMENT.match(run.text, sentence.start)
    fragment = fragment or _NEEDED_BY.search(run.text, sentence.start, due.start)
    if not fragment and not _DEADLINE_WORDS.issuperset(found):
        return False
    if CORRECTS.match(run.text, sentence.start) or (run.drafts[-1].due or due).weight == FOR < due.weight:
        run.drafts[-1].due = None
    _date_group(run, sentence, due)
    return True


def _date_group(run: _Run, sentence: Sentence, due: Due) -> None:
    """Date the last request and those beside it that have no date yet."""
    last = run.drafts[-1]
    for draft in reversed(run.drafts):
        together = draft.bullet == last.bullet and (draft.bullet or draft.block == last.block)
        if draft.due is not None or not together:
            break
        draft.due, draft.due_span = due, (sentence.start, sentence.end)


def _only_points_back(text: str, ask: Ask) -> bool:
    """Whether an ask names nothing of its own: "it would be great to have both", "can we get this done"."""
    return bool(_POINTS_BACK.match(text, ask.title_start, ask.end))


def _plain_title(run: _Run, draft: _Draft) -> str:
    ask, due = draft.ask, draft.due
    cuts = []
    if due and ask.title_start <= due.start < ask.end and draft.due_span is None:
        cuts.append((due.start - ask.title_start, min(due.end, ask.end) - ask.title_start))
    phrase = run.text[ask.title_start : ask.end]
    return make_title(HANGING.sub("", phrase) if draft.leads else phrase, ask.form, cuts)


def _finish(run: _Run, draft: _Draft, elsewhere: Priority | None, *, suspicious: bool) -> Proposal | None:
    ask, due, text = draft.ask, draft.due, run.text
    title = _plain_title(run, draft)
    if draft.named:
        title = joined(make_title(text[slice(*draft.named)], "whole", []), title)
    if draft.then and ask.form == "whole":
        title = joined(title, draft.then)
    if is_empty_title(title):
        title = make_title(text[ask.start : ask.end], "whole", [])
    score = ask.score - (0.15 if is_empty_title(title) else 0.0)
    if not title or score < FLOOR:
        return None
    evidence: list[Evidence] = [run.reading.quote(ask.start, ask.end)]
    further = [*draft.also, *([draft.due_span] if draft.due_span else [])]
    evidence += [run.reading.quote(*span) for span in dict.fromkeys(further)]
    review = score < SURE or suspicious or bool(due and due.unsure)
    priority = "normal" if suspicious else read_priority(text[ask.start : ask.end], elsewhere)
    return Proposal(draft.kind, title, due.value if due else None, priority, tuple(evidence), round(score, 2), review)
