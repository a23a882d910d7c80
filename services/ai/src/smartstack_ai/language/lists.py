"""Lists below a request: items that are asked for, or details of the request above them."""

from collections.abc import Callable, Sequence

from smartstack_ai.language.requests import Ask
from smartstack_ai.language.sentences import Sentence
from smartstack_ai.lexicon.list_patterns import ASKS_FOR_ITEMS_ALONE, DETAIL

_MOST_WORDS = 8
Asks = Callable[[Sentence], Sequence[Ask]]


def asks_by_itself(title: str) -> bool:
    """Whether a lead-in names what shall be done, and to what: "Invite these people to the staging site"."""
    return ASKS_FOR_ITEMS_ALONE.fullmatch(title) is None


def details_below(text: str, sentences: Sequence[Sentence], index: int, asks: Asks) -> list[Sentence]:
    """The list below the lead-in ``sentences[index]``, when it holds details alone; empty when it asks something.

    ``asks`` finds what a sentence asks for, taken as an item of a list.
    """
    below = sentences[index + 1 :]
    bullets = bool(below) and below[0].bullet
    found: list[Sentence] = []
    for sentence in below:
        if sentence.bullet is not bullets or not (bullets or _is_line(text, sentence)):
            break
        if not _is_detail(text, sentence, asks):
            return [] if bullets or not found else found
        found.append(sentence)
    return found


def _is_line(text: str, sentence: Sentence) -> bool:
    """True for short lines that end like no sentence; lines in lower case read on into one another."""
    words = text[sentence.start : sentence.end]
    return words[-1] not in ".!?:" and all(len(line.split()) <= _MOST_WORDS for line in words.split("\n"))


def _is_detail(text: str, sentence: Sentence, asks: Asks) -> bool:
    lines = text[sentence.start : sentence.end].split("\n")
    if all(DETAIL.fullmatch(line.strip()) for line in lines):
        return True
    return all(ask.form == "noun" for ask in asks(sentence))
