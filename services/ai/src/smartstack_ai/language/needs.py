"""Things said to want a change ("the footer needs updating"), to be otherwise ("it's 9, not 8") or to be wished for."""

from functools import lru_cache

from smartstack_ai.lexicon.fault_patterns import HYPOTHETICAL, PERSONAL, RESOLVED
from smartstack_ai.lexicon.need_patterns import (
    CONTRADICTED,
    CORRECTED,
    ENCLOSED,
    IT_NEEDS,
    NEEDS,
    THEY_WANT,
    THIRD_PARTY,
    WISHED,
)

# What each says as a statement, and as a question.
_SAID = (
    (THIRD_PARTY, 0.76, 0.5),
    (THEY_WANT, 0.68, 0.45),
    (ENCLOSED, 0.74, 0.5),
    (IT_NEEDS, 0.72, 0.45),
    (WISHED, 0.72, 0.72),
    (CONTRADICTED, 0.7, 0.7),
)


# Several stages ask it of the same sentence.
@lru_cache(maxsize=8)
def is_need(sentence: str) -> float:
    """How sure it is that a thing is said to need a change, or that somebody else wants one."""
    if HYPOTHETICAL.match(sentence) or RESOLVED.search(sentence):
        return 0.0
    question = sentence.rstrip().endswith("?")
    for pattern, stated, asked in _SAID:
        if pattern.match(sentence):
            return asked if question else stated
    if "?" not in sentence and CORRECTED.match(sentence.rstrip(" .!")):
        return 0.66
    match = NEEDS.match(sentence)
    if match and not PERSONAL.match(match["subject"]):
        return 0.4 if question else 0.76
    return 0.0
