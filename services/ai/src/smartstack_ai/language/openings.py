"""Finds the words that requests begin with (`lexicon/request_patterns.py`)."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from smartstack_ai.lexicon.opener import Form
from smartstack_ai.lexicon.request_patterns import GUARDS, OPENERS

_MOST_SOFTENERS = "{0,5}"
_WORD_BEFORE = re.compile(r"([\w']+) *$")


@dataclass(frozen=True, slots=True)
class Opened:
    """An opener found at ``start``; the title begins at ``end``."""

    start: int
    end: int
    form: Form
    score: float


@cache
def _combined() -> re.Pattern[str]:
    """All openers as one pattern; compiled on first use, as it is a fifth of the engine's start-up.

    They are tried where a word begins, but for the small words that begin none of them.
    """
    every = "|".join(f"(?P<o{i}>{_bounded(o.pattern)})" for i, o in enumerate(OPENERS))
    gate = r"\b(?=[a-z])(?!(?:to|of|with|from|at|as|for|or|into|than|was|on|in|s|t)\b)"
    return re.compile(f"{gate}(?:{every})", re.IGNORECASE)


def _bounded(pattern: str) -> str:
    """Softening words are repeated a few times at most: "and and and ..." would else be tried from each of them."""
    return pattern.replace(")*", ")" + _MOST_SOFTENERS)


def find_openers(text: str, start: int, end: int) -> list[Opened]:
    """The openers in ``text[start:end]``, left to right, without overlaps."""
    return [
        Opened(opened.start + start, opened.end + start, opened.form, opened.score)
        for opened in _openers_in(text[start:end])
    ]


@lru_cache(maxsize=4)
def _openers_in(sentence: str) -> tuple[Opened, ...]:
    """The openers of one sentence; several stages ask for those of the same one."""
    found: list[Opened] = []
    for match in _combined().finditer(sentence):
        if _is_subordinate(sentence, match.start()):
            continue
        opener = OPENERS[int(str(match.lastgroup)[1:])]
        opened = Opened(match.start(), match.end(), opener.form, opener.score)
        if not found or found[-1].start < opened.start:
            found.append(opened)
        elif opened.form in {"noun", "passive"}:
            found[-1] = opened  # says more than one that only looked ahead
    return tuple(found)


def _is_subordinate(text: str, at: int) -> bool:
    """Whether the opener at ``at`` belongs to a question or to a noun: "what would you", "the invoice I need"."""
    before = _WORD_BEFORE.search(text, max(0, at - 16), at)
    if before is None:
        return False
    if before[1].lower() in GUARDS:
        return True
    own = _OWN_SUBJECT.match(text, at) is not None and before[1].lower() not in _JOINS
    return own and not _ADVERBIAL.match(text)


_OWN_SUBJECT = re.compile(r"(?:i|we)\b", re.IGNORECASE)
_JOINING = (
    "and but so also or then now plus because as think feel guess believe hope actually however today though since "
    "sorry hi hey please yes ok okay well again still sometimes eventually ideally"
)
_JOINS = frozenset(_JOINING.split())
_ADVERBIAL = re.compile(
    r"(?:(?:hi|hey|hello)\b.{0,20}, )?(?:by|for|next|in|on|before|after|this|at|to|once|when|if|from|with"
    r"|due|during|over|"
    r"ideally|currently|right|also|as|until|within|till|under|tomorrow|today|monday|tuesday|wednesday"
    r"|thursday|friday)\b",
    re.IGNORECASE,
)
