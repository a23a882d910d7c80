"""Things reported broken: "the login page is down", "we still haven't received the proofs"."""

from functools import lru_cache

from smartstack_ai.lexicon.fault_patterns import (
    ASKED,
    AWAITED,
    BROKEN,
    CANNOT,
    DOWN,
    ELIDED,
    HAVING,
    HYPOTHETICAL,
    NAMED_FAULT,
    PERSONAL,
    RESOLVED,
    STEPS,
)


# Several stages ask it of the same sentence.
@lru_cache(maxsize=8)
def is_incident(sentence: str, *, bullet: bool = False) -> float:
    """How sure it is that something is reported broken or wrong, 0 when it is not."""
    if RESOLVED.search(sentence):
        return 0.0
    if STEPS.match(sentence):
        return 0.76
    if HYPOTHETICAL.match(sentence):
        return 0.0
    question = sentence.rstrip().endswith("?")
    if HAVING.match(sentence) or CANNOT.match(sentence) or AWAITED.match(sentence) or NAMED_FAULT.match(sentence):
        return 0.5 if question else 0.78
    if question and ASKED.match(sentence):
        return 0.56
    elided = (bullet and ELIDED.match(sentence)) or (not question and DOWN.match(sentence))
    return _broken(sentence, question=question) or (0.74 if elided else 0.0)


def _broken(sentence: str, *, question: bool) -> float:
    match = BROKEN.match(sentence)
    subject = (match["subject"] or match["subject2"] or "").strip() if match else "i"
    if PERSONAL.match(subject):
        return 0.0
    if question:
        return 0.55
    return 0.6 if subject.lower() in _PRONOUNS else 0.82


_PRONOUNS = {"it", "this", "that", "they", "these", "something", "everything"}


def is_blocked(sentence: str) -> bool:
    """True for what people cannot do, which after another report is its consequence."""
    return bool(CANNOT.match(sentence))
