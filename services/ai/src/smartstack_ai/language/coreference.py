"""Requests that only point at what was said before: "Please fix this before Monday.", "Can you do that?"."""

import re

from smartstack_ai.language.exclusions import is_courtesy, is_offer_of_help
from smartstack_ai.language.requests import skip_lead
from smartstack_ai.language.titles import MAX_TITLE

_PRONOUN = (
    r"(?:both|them all|them both|it|this|that|these|those|them|this one|that one|these ones"
    r"|the same|him|her|(?:all|both) of (?:this|these|them|it))"
)
_TAIL = (
    r"(?: (?:up|out|off|over|back|in|down|through|again|for (?:us|me)|to (?:us|me)|all|sorted|done|fixed|resolved"
    r"|removed|changed|updated|corrected|looked at|finished|completed|ready|live|working|as well|too"
    r"|properly|first|in your (?:records|system|files)|on your (?:side|end|system)|accordingly|everywhere"
    r"|across the (?:site|board)"
    r"|on the (?:site|website|page)))*"
)
_BARE = re.compile(
    r"(?:take a (?:quick )?look|have a (?:quick )?look|look into|fix|resubmit|resend|re-send|check|advise"
    r"|sort|amend|correct|update|confirm|replace|remove"
    r"|investigate|rectify|action"
    r"|assist|review|revise|adjust|change|redo)$|"
    rf"(?:(?:go|revert|switch|change|move) (?:back )?to|(?:go|go ahead|proceed|run|stick) with) {_PRONOUN}$"
    rf"|help(?: (?:me|us))?(?: out)?(?: (?:with|on) {_PRONOUN})?$|(?:have a (?:quick )?look (?:at|into)"
    rf"|take a (?:quick )?look (?:at|into)|look (?:at|into)|deal with|take care of"
    rf"|see to|sort out|get rid of|get|have|[\w-]+(?: (?:up|out|off|over|back"
    rf"|down))?) {_PRONOUN}{_TAIL}(?: (?:before|by the time|so|when|until|or|as soon as|in time)\b.*)?$",
    re.IGNORECASE,
)
_REASON = re.compile(r" (?:so|before|by the time|when|until|as soon as)\b", re.IGNORECASE)
_MEND = re.compile(
    r"(?:fix|sort|solve|help|resubmit|assist|amend|advise|resolve|repair|address|correct|mend|check"
    r"|investigate|look|have a|take (?:care|a)"
    r"|deal|see to|do|get|have"
    r"|rectify|handle|escalate|debug|finish|complete|make)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"(?!(?:send|let|tell|e-?mail|share|forward|call|give|show|add|also)\b)[\w-]+(?: (?:up|out|off|over|back|down))? "
    r"(?:it|this|that|them|these|those)\b(?! (?:\w+ ){0,3}(?:page|version|file|image|section)s?\b)",
    re.IGNORECASE,
)
_NEEDS_MENDING = re.compile(
    r"(?:it|this|that|they|these|those)\b.{0,40}\b(?:needs?|must|has to|have to"
    r"|should) (?:to )?(?:be )?(?:fix|sort|resolv|mend|correct|address|chang|look)\w*",
    re.IGNORECASE,
)
_DELIVER = re.compile(
    r"(?:send|get|have|finish|complete|do|deliver|share|e-?mail|return|submit|turn|wrap|see|receive) ", re.IGNORECASE
)
_DO_THAT = re.compile(
    r"(?:(?:can|could|would|will|might) (?:you|u|we|someone|somebody)|please|pls|(?:is|would) (?:that|this|it) (?:be )?"
    r"(?:something (?:that )?)?you(?: can| could|'d be able to)|any chance you (?:could|can)"
    r"|would you (?:mind|be able to))(?: please| kindly| possibly| quickly| be able to)* "
    r"(?:do|doing|handle|manage|make|arrange|sort|take care of|deal with) (?:that|this|it|so|these|those|them)"
    r"(?: (?:please|for (?:me|us)|too|as well|at all))*[ ?.!]*$",
    re.IGNORECASE,
)
_NOT_NAMING = re.compile(
    r"(?:if|when|once|as soon as|after|before|unless|while|until|because|please (?!find|see|note)|hope"
    r"|let me know|see|here you go)\b",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"(?:this|that|it)(?:'s| is)(?: (?:really|very|quite|super|so|now|getting|becoming|rather))* "
    r"(?:urgent|important|critical|a priority|time[- ]sensitive|pressing|high priority)\b",
    re.IGNORECASE,
)
# "It needs to open on tap": says more of the thing before it, unless it adds to it ("it also needs ...").
_PRONOUN_FIRST = re.compile(
    r"(?:it|this|that|they|these|those)(?:'s|'re)? (?!(?:also|would|'d|might|could)\b"
    r"|(?:\w+ ){0,3}also\b)",
    re.IGNORECASE,
)
_OF_IT = re.compile(r"\b(?:about|of|with|by|for) (?:it|this|that|them)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:(?:i|we) (?:think|guess|suspect|assume|reckon|believe)|it(?:'s| is| was)|this(?: is|'s| was)"
    r"|that(?:'s| is)|maybe|perhaps|probably"
    r"|possibly|not sure|no idea)\b",
    re.IGNORECASE,
)
_HERE_IS = re.compile(
    r"(?:please |pls |kindly )?(?:(?:find|see)(?: attached| enclosed| below)?|note that) ", re.IGNORECASE
)
_OWN_CLAUSE = re.compile(r".{3,60}? (?:and|so|but) (?=(?:we|i)\b)", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:no|nothing|none|not)\b(?!,)", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def is_pointer(title: str) -> bool:
    """True for a title whose object is a pronoun and nothing else: "Fix this", "Get it sorted"."""
    return bool(_BARE.match(title) or _PRONOUN_FIRST.match(title))


def acts_on_it(title: str) -> bool:
    """True for "make it bigger", "change them to green": what is wanted of a thing just reported."""
    return bool(_ACTS.match(title))


def asks_to_mend(title: str) -> bool:
    """True when a pointing request adds no action of its own to the fault it points at."""
    return bool(_MEND.match(title) or _NEEDS_MENDING.match(title))


def is_parenthetical(sentence: str) -> bool:
    """True for a remark on the sentence before it ("I think it's the cache."), which names nothing new."""
    return bool(_ASIDE.match(sentence))


def asks_to_deliver(title: str) -> bool:
    """True for "send it", "get it done": with a due date, the end of the work asked for before."""
    return bool(_DELIVER.match(title))


def asks_for_that(sentence: str) -> bool:
    """True for "Could you do that?", a request that is all pronoun."""
    return bool(_DO_THAT.search(sentence))


def names_thing(text: str, start: int, end: int) -> bool:
    """Whether a sentence can be what a following "it" means: a statement, not thanks, a question or a condition."""
    lead = skip_lead(text, start, end)
    words = text[lead:end]
    if (
        words.endswith("?")
        or _URGENT.match(words)
        or _NEGATIVE.match(text, start, end)
        or is_courtesy(words)
        or is_offer_of_help(words)
        or _NOT_NAMING.match(words)
    ):
        return False
    return len(_WORD.findall(words)) > 2


def named_in(text: str, start: int, end: int) -> tuple[int, int]:
    """The words of a sentence that name what it is about, without its greeting or "please find"."""
    lead = skip_lead(text, start, end)
    for pattern in (_HERE_IS, _OWN_CLAUSE):
        match = pattern.match(text, lead, end)
        lead = match.end() if match else lead
    return lead, end


def clause_before(text: str, start: int, title_start: int) -> tuple[int, int] | None:
    """What the sentence says before the pointing request, as in "The login is broken, please fix it"."""
    lead = skip_lead(text, start, title_start)
    cuts = [text.rfind(mark, lead, title_start) for mark in (",", ";", " – ", " - ", " — ", " so ", " and ")]
    cut = max(cuts)
    if (
        cut <= lead
        or _OF_IT.search(text, lead, cut)
        or _PRONOUN_FIRST.match(text, lead)
        or not names_thing(text, lead, cut)
    ):
        return None
    return named_in(text, lead, cut)


def joined(named: str, request: str) -> str:
    """One title out of what "it" stands for and what shall be done with it, both in the writer's words."""
    request = _REASON.split(request, maxsplit=1)[0]
    if (asks_to_mend(request) and is_pointer(request)) or len(named) + len(request) + 3 > MAX_TITLE:
        return named
    return f"{named} – {request[:1].lower()}{request[1:]}"
