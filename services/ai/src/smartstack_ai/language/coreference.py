"""Requests that only point at what was said before: "Please fix this before Monday.", "Can you do that?"."""

from smartstack_ai.language.exclusions import is_courtesy, is_offer_of_help
from smartstack_ai.language.requests import skip_lead
from smartstack_ai.language.titles import MAX_TITLE
from smartstack_ai.lexicon.coreference_patterns import (
    ACTS,
    ASIDE,
    BARE,
    DELIVER,
    DO_THAT,
    HERE_IS,
    MEND,
    NEEDS_MENDING,
    NEGATIVE,
    NOT_NAMING,
    OF_IT,
    OWN_CLAUSE,
    PRONOUN_FIRST,
    REASON,
    URGENT,
    WORD,
)


def is_pointer(title: str) -> bool:
    """True for a title whose object is a pronoun and nothing else: "Fix this", "Get it sorted"."""
    return bool(BARE.match(title) or PRONOUN_FIRST.match(title))


def acts_on_it(title: str) -> bool:
    """True for "make it bigger", "change them to green": what is wanted of a thing just reported."""
    return bool(ACTS.match(title))


def asks_to_mend(title: str) -> bool:
    """True when a pointing request adds no action of its own to the fault it points at."""
    return bool(MEND.match(title) or NEEDS_MENDING.match(title))


def is_parenthetical(sentence: str) -> bool:
    """True for a remark on the sentence before it ("I think it's the cache."), which names nothing new."""
    return bool(ASIDE.match(sentence))


def asks_to_deliver(title: str) -> bool:
    """True for "send it", "get it done": with a due date, the end of the work asked for before."""
    return bool(DELIVER.match(title))


def asks_for_that(sentence: str) -> bool:
    """True for "Could you do that?", a request that is all pronoun."""
    return bool(DO_THAT.search(sentence))


def names_thing(text: str, start: int, end: int) -> bool:
    """Whether a sentence can be what a following "it" means: a statement, not thanks, a question or a condition."""
    lead = skip_lead(text, start, end)
    words = text[lead:end]
    if (
        words.endswith("?")
        or URGENT.match(words)
        or NEGATIVE.match(text, start, end)
        or is_courtesy(words)
        or is_offer_of_help(words)
        or NOT_NAMING.match(words)
    ):
        return False
    return len(WORD.findall(words)) > 2


def named_in(text: str, start: int, end: int) -> tuple[int, int]:
    """The words of a sentence that name what it is about, without its greeting or "please find"."""
    lead = skip_lead(text, start, end)
    for pattern in (HERE_IS, OWN_CLAUSE):
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
        or OF_IT.search(text, lead, cut)
        or PRONOUN_FIRST.match(text, lead)
        or not names_thing(text, lead, cut)
    ):
        return None
    return named_in(text, lead, cut)


def joined(named: str, request: str) -> str:
    """One title out of what "it" stands for and what shall be done with it, both in the writer's words."""
    request = REASON.split(request, maxsplit=1)[0]
    if (asks_to_mend(request) and is_pointer(request)) or len(named) + len(request) + 3 > MAX_TITLE:
        return named
    return f"{named} – {request[:1].lower()}{request[1:]}"
