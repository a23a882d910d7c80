"""Requests in what a client wrote: one ask per clause that wants work done."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from smartstack_ai.language.exclusions import is_courtesy, is_offer_of_help, vetoed
from smartstack_ai.language.incidents import is_blocked, is_incident
from smartstack_ai.language.needs import is_need
from smartstack_ai.language.openings import Opened, find_openers
from smartstack_ai.lexicon.opener import Form
from smartstack_ai.lexicon.verbs import GERUNDS, NOUN_VERBS, PARTICLES, PLAIN_VERBS

LEAD = re.compile(
    r"(?:\(?\d{1,2}[.)]\s+|(?:thanks|thank you|many thanks|cheers|perfect|great|good|awesome|cool|brilliant"
    r"|lovely|nice|excellent|amazing|fantastic|all good|sounds good|(?:that |this |it |all )?looks? (?:good"
    r"|great|fine|perfect|lovely)(?: (?:to|from|for|by) (?:me|us|our end|my end|our side"
    r"|my side))?|(?:i'm|we're|i am|we are|all) (?:very |really |so )?(?:happy|good|fine) with (?:\w+ ){1,4}?"
    r"|approved|signed off|confirmed)[!,.;:–—-]+\s*"
    r"|[\s,;:.!?*_\"'(\[–—-]+|(?:hi|hiya|hey|hello|dear|good (?:morning|afternoon|evening)"
    r"|morning)(?: (?:there|all|both|team|guys|folks|everyone|[A-Z][\w'-]*)){0,3}\s*[,!.:–—-]+"
    r"|(?:and|but|so|also|then|plus|oh|ok|okay|right|well|now|just|actually|finally|lastly|first(?:ly)?"
    r"|one (?:more|last|other)(?=:)|last one(?=:)|another(?=:)|second(?:ly)?|third(?:ly)?|next|btw"
    r"|by the way|fyi|ps|p\.s\.?|pps|urgent(?:ly)?|asap|important"
    r"|question|quick (?:one|question|thing|favou?r|request|note)|one (?:more|last|other|final|small"
    r"|quick) (?:thing|request|point|question|favou?r)|another (?:thing|one)|in addition|additionally"
    r"|separately|meanwhile|in the meantime|sorry|yes|yep|yeah|sure|no|unfortunately|sadly|again|for (?:the"
    r"|our) \w+(?: page)?|on (?:the|our) \w+(?: \w+)?(?: page| section| screen)?|in (?:the"
    r"|our) \w+(?: section| page)?|(?:if|when) (?:you )?(?:possible|can|get a (?:chance|moment|minute|sec)"
    r"|have (?:a|some|the) (?:chance|moment|minute|time|sec))|when you(?:'re| are) (?:back|free|ready)"
    r"|whenever you can|at some point|i think|it seems|it looks like|looks like|it appears|not urgent"
    r"|no rush|as discussed|as agreed|as mentioned|however|though)\b(?:[,:;.!–—-]+\s*|\s+(?!(?:is|are|was"
    r"|were|to|for|of)\b)))",
    re.IGNORECASE,
)
_VOCATIVE = re.compile(r"@?[A-Z][a-z]{1,15}(?:,| [–—-]| -) (?=\w)")
_EVERYDAY = NOUN_VERBS | {
    "email",
    "quote",
    "bill",
    "call",
    "check",
    "change",
    "charge",
    "display",
    "import",
    "export",
    "log",
}
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_COORDINATION = re.compile(
    r"(?:,? (?:and(?: then)?|n|nd|then|as well as|plus|&) (?:also |please |then |maybe |possibly |could you "
    r"|can you )*|[;,] (?:then |also |please )*)(?=[A-Za-z])",
    re.IGNORECASE,
)
_OBJECT_START = re.compile(
    r"(?:the|a|an|our|my|your|you|their|his|her|its|this|that|these|those|it|them|us|me|him|all|any|some|both"
    r"|each|every|more|another|new|old|two|three|four|five|\d+|up|out|over|off|back|in|on|down|everything"
    r"|everyone|whatever|as|to|with|for|which|how|what|whether|if|when|where|through|into|about|[A-Z][\w]+"
    r"|updated|final|latest|extra|other)(?=$|\W)|\""
)
_FINITE = """
is are was were has have had looks look looked will would seems went works worked came does did of by needs
should must doesn't isn't won't and or 's
"""
_FINITE_NEXT = frozenset(_FINITE.split())
# "Invoice received", "Order placed": news.
_LET_HAVE = re.compile(
    r"let (?:me|us) have\b|have (?:an?|the|it|them|these|this|everything|something)\b", re.IGNORECASE
)
_RECORDS = frozenset(["invoice", "update", "purchase", "post", "email", "deploy", "save", "print"])
_SETTLED = frozenset(
    [
        "received", "sent", "paid", "attached", "approved", "done", "complete", "completed", "finished", "signed",
        "confirmed", "accepted", "noted", "ordered", "delivered", "settled", "booked", "placed", "agreed", "made",
    ]
)  # fmt: skip
_NOT_SECOND = re.compile(
    r"(?:let (?:me|us|you)(?! have\b)|keep you|update you|send you an? (?:update|note)|see (?:if|what|how|whether)"
    r"|get back|come back|tell me|give me a (?:call|shout|ring)|thank|reply|respond|know|say|try again"
    r"|keep (?:me|us)|hope|wait|that|make sure (?:it|they|that it|that they)|ensure (?:it|they)|keep it"
    r"|run with|call it)\b",
    re.IGNORECASE,
)
_NOUN_PLEASE = re.compile(
    r"(?!(?:yes|no|ok|okay|sure|me|go ahead|both|that one|this one|the first|the second"
    r"|option)\b).{6,120}?,? (?:please|pls|plz)[.! ]*$",
    re.IGNORECASE,
)
_LIST_HEAD = re.compile(
    r"\b(?:please|need|needs|can you|could you|would you|to ?do|todo|changes?|fix(?:es)?|tasks?|requests?"
    r"|amends?|amendments?|edits?|tweaks?|updates?|feedback|points|things|issues?|bugs?|following|list|want"
    r"|like|action(?: items| points)?s?|asks?|next steps?|snags?|revisions?|corrections?"
    r"|comments)\b[^.!?]*:?$",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?:we|i)\b", re.IGNORECASE)
_ASKS_YOU = re.compile(r"\b(?:you|u|someone|somebody)\b", re.IGNORECASE)
_OWN_PROMISE = re.compile(
    r"\b(?:i|we)(?:'ll| will| am going to|'m going to|'re going to| are going to| shall)\b", re.IGNORECASE
)
_HANGING = re.compile(
    r"(?:i|we)\b.{0,20}(?:need|want|like|love) (?:to (?:have|get|see) )?(?:it|this|them|these|those|that"
    r"|everything|all (?:of )?(?:this|it|them)|both)\b(?=[.!]?$| (?:by|before|on|for|at|in|today|tomorrow"
    r"|asap|no later|this|next)\b)",
    re.IGNORECASE,
)


# Standing instructions ("if you would like to unsubscribe, please ...") bind only whoever the condition fits.
_IF_READER = re.compile(
    r"(?:if|should) you (?!(?:could|can|would(?! like| prefer)|get|have (?:a|time|five|some)|don't mind"
    r"|wouldn't mind|find (?:a|time)|manage)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A clause ``start``..``end`` that asks for work; its title is made from ``title_start``..``end``."""

    start: int
    end: int
    title_start: int
    form: Form
    score: float


def find_asks(text: str, start: int, end: int, *, listed: bool, bullet: bool) -> list[Ask]:
    """The asks in one sentence. ``bullet`` for a list item, ``listed`` when the list's heading asks for its items."""
    lead = skip_lead(text, start, end)
    if is_offer_of_help(text[start:end]):
        return []
    asks = [
        ask for opened, clause_end in _opened(text, start, end) for ask in _from_opener(text, opened, clause_end, lead)
    ]
    if asks:
        asks[0] = replace(asks[0], start=start)
        return asks
    return _without_opener(text, lead, start, end, listed=listed, bullet=bullet)


def skip_lead(text: str, start: int, end: int) -> int:
    """Where the sentence proper begins, after "Hi Sam," and "Also"."""
    for _ in range(6):
        match = LEAD.match(text, start, end) or _VOCATIVE.match(text, start, end)
        if not match or match.end() == start:
            break
        start = match.end()
    quoted = text[start - 1 : start] == '"' and text.find('"', start, end) >= 0
    return start - 1 if quoted else start


def _opened(text: str, start: int, end: int) -> Iterator[tuple[Opened, int]]:
    openers = find_openers(text, start, end)
    for number, opened in enumerate(openers):
        following = openers[number + 1].start if number + 1 < len(openers) else end
        yield opened, _rstrip_joint(text, opened.end, following)


_JOINT = re.compile(r"[\s,;:–—(-]+(?:and|but|so|also|then|or|plus)?[\s,]*$", re.IGNORECASE)


def _rstrip_joint(text: str, start: int, end: int) -> int:
    match = _JOINT.search(text, max(start, end - 12), end)
    return match.start() if match else end


def _from_opener(text: str, opened: Opened, end: int, lead: int) -> Iterator[Ask]:
    phrase = text[opened.end : end]
    own_wish = bool(_OWN.match(text, opened.start)) and not _ASKS_YOU.search(text, opened.start, opened.end)
    if opened.form == "verb" and vetoed(phrase, own_wish=own_wish):
        yield from _second_half(text, opened, end)
        return
    if not phrase.strip(" .!?,") or vetoed(phrase, own_wish=own_wish) or _HANGING.match(text[opened.start : end]):
        return
    if own_wish and opened.form == "noun" and re.match(r"(?:it|this|them|that|these)\b", phrase, re.IGNORECASE):
        return
    if phrase.rstrip().endswith("?") and text.startswith(("need", "Need"), opened.start):
        return
    score = opened.score - (0.25 if phrase.lower().startswith("consider ") else 0.0)
    first = _WORD.match(phrase)
    if (
        opened.form == "verb"
        and first
        and first[0].lower() not in PLAIN_VERBS | NOUN_VERBS | {"have", "be", "do", "double-check", "re-do"}
    ):
        score -= 0.12
    if _IF_READER.match(text, lead) and opened.start > lead:
        score -= 0.24
    title_start = opened.start if opened.form in {"whole", "passive"} else opened.end
    whole = Ask(opened.start, end, title_start, opened.form, score)
    if opened.form in {"verb", "gerund"}:
        yield from split_verbs(text, whole)
    else:
        yield whole


def _second_half(text: str, opened: Opened, end: int) -> Iterator[Ask]:
    """The request of "see the attached brief and send me a quote", whose first half asks for nothing."""
    for match in _COORDINATION.finditer(text, opened.end, end):
        phrase = text[match.end() : end]
        if _starts_instruction(text, match.end(), end, "verb") and not vetoed(phrase):
            yield from split_verbs(text, Ask(match.end(), end, match.end(), "verb", opened.score - 0.1))
            return


def split_verbs(text: str, ask: Ask) -> Iterator[Ask]:
    """Two asks for "send X and fix Y"; one for "review and approve X", whose first verb has no object of its own."""
    first, title_start, form = ask.start, ask.title_start, ask.form
    for match in _COORDINATION.finditer(text, ask.title_start, ask.end):
        if match.start() < title_start or not _has_object(text[title_start : match.start()]):
            continue
        if not _starts_instruction(text, match.end(), ask.end, ask.form):
            continue
        yield Ask(first, match.start(), title_start, form, ask.score)
        first, title_start = match.end(), match.end()
        form = "gerund" if _first_word(text, first, ask.end) in GERUNDS and ask.form == "gerund" else "verb"
    yield Ask(first, ask.end, title_start, form, ask.score)


def _has_object(phrase: str) -> bool:
    words = _WORD.findall(phrase)
    return len([word for word in words[1:] if word.lower() not in PARTICLES]) > 0


def _first_word(text: str, start: int, end: int) -> str:
    match = _WORD.match(text, start, end)
    return match[0].lower() if match else ""


def _starts_instruction(text: str, start: int, end: int, form: Form) -> bool:
    if _NOT_SECOND.match(text, start, end):
        return False
    if form == "gerund":
        return _first_word(text, start, end) in GERUNDS
    return is_imperative(text, start, end, bare=False)


def is_imperative(text: str, start: int, end: int, *, bare: bool = True) -> bool:
    """True when the words at ``start`` are a verb in the imperative with something to act on."""
    match = _WORD.match(text, start, end)
    if not match:
        return False
    verb, rest = match[0].lower(), text[match.end() : end].lstrip(" ")
    following = _first_word(rest, 0, len(rest)) if rest else ""
    if verb.startswith("re-") or verb == "double-check":
        return bool(rest)
    if following in _FINITE_NEXT or (following in _SETTLED and verb in _EVERYDAY | _RECORDS) or rest.startswith("'"):
        return False
    if verb in {"let", "have"} and not bare:
        return _LET_HAVE.match(text, start) is not None
    if verb in PLAIN_VERBS and (bare or verb not in _EVERYDAY):
        return bool(following) or rest[:1].isdigit() or rest[:1] in {'"', "#", "@"} or (bare and not rest.strip(".!?"))
    return verb in _EVERYDAY and _OBJECT_START.match(rest) is not None


def _reported(text: str, lead: int, end: int, *, bullet: bool) -> tuple[int, float] | None:
    """Where a report of something broken or wanting begins, and how sure it is: at once or after a comma."""
    turned = _TURN.search(text, lead, end)
    turns = [turned.end()] if turned else []
    for start in [
        *turns,
        *([] if vetoed(text[lead:end]) else [lead]),
        *(match.end() for match in itertools.islice(_REPORT_JOINT.finditer(text, lead, end), 4)),
    ]:
        sentence = text[start:end]
        score = max(is_incident(sentence, bullet=bullet), is_need(sentence))
        if score:
            whole = _LABEL.fullmatch(text, lead, start) or _POINTING.match(text, start)
            return (lead if whole else start), score
        if start == lead and is_courtesy(sentence) and "," not in sentence:
            return None
    return None


_NEXT_REPORT = re.compile(
    r"(?:; |,? (?:and|but) |,? and also )(?:and |also |then |the fact that )*"
    r"(?=(?:the|our|my|your|their|all|every|some|half|most|none) \w)",
    re.IGNORECASE,
)


def _reports(text: str, start: int, end: int, first: int, score: float) -> Iterator[Ask]:
    """Every half of "A is broken; the B is wrong" that is a report in its own right."""
    title_start = first
    for match in itertools.islice(_NEXT_REPORT.finditer(text, first + 8, end), 6):
        stop = match.start()
        if not (is_incident(text[title_start:stop]) or is_need(text[title_start:stop])):
            continue
        further = max(is_incident(text[match.end() : end]), is_need(text[match.end() : end]))
        if further >= 0.7 and not is_blocked(text[match.end() : end]):
            yield Ask(start, stop, title_start, "whole", score)
            start = title_start = match.end()
            score = further
    yield Ask(start, end, title_start, "whole", score)


# "The headshots are in Dropbox, they need cropping": the words before say which.
_POINTING = re.compile(r"(?:it|they|them|this|these|those)\b", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z]{1,9}\.? ?\d{1,3}[a-z]?\s*[:–—-]\s*")
_TURN = re.compile(r"\s(?:but|except(?: for)?|apart from|aside from|other than|however,?)\s+", re.IGNORECASE)
_REPORT_JOINT = re.compile(
    r"(?:, |; |: | [–—-] |,? (?:but|and|so|as|which means|meaning|however|though|that|because|said|says"
    r"|it (?:seems|looks like"
    r"|appears)(?: that)?) )(?:now |also |so |but |and |then |that )*(?=[\w\"])",
    re.IGNORECASE,
)


def _without_opener(text: str, lead: int, start: int, end: int, *, listed: bool, bullet: bool) -> list[Ask]:
    """What a sentence without a request's opener asks for: a report, an imperative, or an item of a list."""
    sentence = text[lead:end]
    reported = _reported(text, lead, end, bullet=bullet)
    if reported:
        return list(_reports(text, start, end, *reported))
    if is_courtesy(sentence) or sentence.rstrip(" \"')").endswith("?"):
        return []
    declined = vetoed(sentence)
    if is_imperative(text, lead, end) and not declined and not _OWN_PROMISE.match(sentence):
        return list(split_verbs(text, Ask(start, end, lead, "verb", 0.8 if bullet else 0.76)))
    item = not declined and ((listed and bullet) or _NOUN_PLEASE.match(sentence) or _FURTHER.search(text[start:lead]))
    named = [Ask(start, end, _after_so(text, lead, end), "noun", 0.74)] if item else []
    return _imperative_later(text, lead, end) or named


_LATER = re.compile(
    r"(?:, |; | [–—-] |: |\.\.+ ?| ?(?:->|→|=>) ?|, (?:so|then|but|and) |\bthen )(?:please |also |just |then |and "
    r"|go ahead and )*(?=[a-z])",
    re.IGNORECASE,
)


def _imperative_later(text: str, lead: int, end: int) -> list[Ask]:
    """The instruction of "When you're back, send me the fonts", which follows a comma."""
    for match in _LATER.finditer(text, lead, end):
        phrase = text[match.end() : end]
        if _first_word(text, match.end(), end) not in PLAIN_VERBS or not is_imperative(text, match.end(), end):
            continue
        if not (vetoed(phrase) or _NOT_SECOND.match(phrase)) and _imperative_can_follow(text[lead : match.start()]):
            score = 0.74 if match[0].startswith(":") else 0.66
            return list(split_verbs(text, Ask(lead, end, match.end(), "verb", score)))
    return []


# "One more: a dark version of the logo."
_FURTHER = re.compile(
    r"\b(?:one (?:more|last|final|other)|another|last one|final one)(?: (?:thing|request|change|tweak|ask"
    r"|one|point))?: *$",
    re.IGNORECASE,
)


def _after_so(text: str, lead: int, end: int) -> int:
    """Where a request without a verb begins: after its reason ("it goes to print on Friday, so final corrections")."""
    at = text.rfind(", so ", lead, end)
    return at + len(", so ") if at > 0 else lead


_CANNOT_PRECEDE = re.compile(r"(?:i|we|they|he|she|it|you)(?:'\w+)?\b(?!.*\b(?:so|but|and)$)", re.IGNORECASE)


def _imperative_can_follow(before: str) -> bool:
    """Verbs in a row after a subject ("we add, remove and update") are no instructions."""
    return not _CANNOT_PRECEDE.match(before) and not _OWN_PROMISE.search(before)


def is_open(text: str, start: int, end: int) -> bool:
    """True when no rule speaks for or against the sentence, so that the classifier may."""
    sentence = text[skip_lead(text, start, end) : end]
    spoken = find_openers(text, start, end) or is_courtesy(sentence) or is_offer_of_help(sentence) or vetoed(sentence)
    return not (spoken or sentence.rstrip().endswith("?") or _OWN_PROMISE.search(sentence) or _NEWS.match(sentence))


_NEWS = re.compile(
    r"(?:i|we|he|she|they|it|this|that|there|here|(?:the|our|my|your) \w+)(?:'\w+| \w+ly)? (?:is|am|are|was"
    r"|can|could|would"
    r"|happy|delighted|pleased|glad|excited|keen|ready|aware|sure|confident|were|have|has|had|will|did|went"
    r"|meet|met|do|love|like|think|hope|just|also|really|sent|attached"
    r"|'\w+)\b",
    re.IGNORECASE,
)


def asks_for_items(heading: str) -> bool:
    """True when a line that introduces a list asks for what the list holds ("Changes:", "Could you please:")."""
    return bool(_LIST_HEAD.search(heading))
