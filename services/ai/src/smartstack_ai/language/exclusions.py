"""What sounds like a request and is none: small talk, courtesies, pointers, questions about the writer."""

from smartstack_ai.lexicon.exclusion_patterns import (
    AUTOMATIC,
    CONDITIONAL_COURTESY,
    INJECTION,
    PHRASE,
    SELF_WANT,
    SENTENCE,
)


def is_automatic(text: str) -> bool:
    """True for newsletters, notices and automatic replies."""
    return bool(AUTOMATIC.search(text))


def vetoed(phrase: str, *, own_wish: bool = False) -> bool:
    """True when the words after an opener ask for no work; ``own_wish`` for "I'd like to ...", "we need to ..."."""
    return bool(PHRASE.match(phrase) or (own_wish and SELF_WANT.match(phrase)))


def is_courtesy(sentence: str) -> bool:
    """True for sentences that begin as thanks, praise, wishes and news."""
    return bool(SENTENCE.match(sentence))


def is_offer_of_help(sentence: str) -> bool:
    """True for "if you have any questions" and its kin, whatever imperative they hold."""
    return bool(CONDITIONAL_COURTESY.search(sentence))


def is_injection(text: str) -> bool:
    """True when the text addresses the software rather than the person who reads it."""
    return bool(INJECTION.search(text))
