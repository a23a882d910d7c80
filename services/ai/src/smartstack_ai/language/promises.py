"""Promises in what we wrote: "I'll send it Friday", "You'll have it by noon"."""

from collections.abc import Iterator
from itertools import islice

from smartstack_ai.language.requests import Ask, skip_lead, split_verbs
from smartstack_ai.lexicon.opener import Form
from smartstack_ai.lexicon.promise_patterns import (
    AFTER_COMMA,
    ALREADY,
    CONDITIONAL,
    DATED,
    DOUBTED,
    GERUND,
    HEDGED,
    IDLE,
    JOINT,
    NEXT_PROMISE,
    PROMISE,
    QUOTED_WISH,
    READY,
    RECEIVE,
    UNDER_WAY,
    WEAK,
)


def find_promises(text: str, start: int, end: int, *, dated: bool) -> list[Ask]:
    """The promises in ``text[start:end]``; ``dated`` when a due date was found there, which vague ones need."""
    sentence = text[start:end]
    if sentence.rstrip().endswith("?") or QUOTED_WISH.match(sentence):
        return []
    found = [match.end() for match in PROMISE.finditer(sentence)]
    if found:
        return list(_promised(text, start, end, [start + offset for offset in found], dated=dated))
    received = RECEIVE.search(sentence)
    if received:
        phrase = sentence[received.start("phrase" if received["phrase"] else "expect") :]
        score = _weigh(sentence, phrase, 0.85, dated=dated)
        return [Ask(start, end, start + received.start(), "whole", score)] if score else []
    return _said_otherwise(text, start, end, dated=dated)


def _said_otherwise(text: str, start: int, end: int, *, dated: bool) -> list[Ask]:
    """Promises without "I will": "it'll be ready" and, dated, "sending it Friday", "plan: wireframes by Friday"."""
    sentence, lead = text[start:end], skip_lead(text, start, end)
    for first in [lead, *(match.end() for match in islice(AFTER_COMMA.finditer(text, lead, end), 3))]:
        if READY.match(text, first, end) and (dated or not ALREADY.search(text, first, end)):
            score = _weigh(sentence, text[first:end], 0.8, dated=dated)
            return [Ask(start, end, lead, "whole", score)] if score else []
    under_way = UNDER_WAY.match(text, lead, end)
    said = under_way or DATED.match(text, start, end)
    if not said or not dated:
        return []
    title_start = under_way.end() if under_way else said.start("planned") if said["planned"] else lead
    score = _weigh(sentence, text[title_start:end], 0.76, dated=True)
    return [Ask(start, end, title_start, "gerund" if under_way else "whole", score)]


def _promised(text: str, start: int, end: int, offsets: list[int], *, dated: bool) -> Iterator[Ask]:
    first = start
    for number, offset in enumerate(offsets):
        following = offsets[number + 1] if number + 1 < len(offsets) else None
        stop = _joint_before(text, offset, following) if following else end
        score = _weigh(text[start:end], text[offset:stop], 0.9, dated=dated)
        if score:
            form: Form = "gerund" if GERUND.match(text, offset) else "verb"
            asks = split_verbs(text, Ask(first, stop, offset, form, score))
            yield from (ask for ask in asks if not IDLE.match(text, ask.title_start, ask.end))
        first = stop if following is None else _after_joint(text, stop)


def _joint_before(text: str, start: int, following: int) -> int:
    """Where one promise ends: before the "and I'll" of the next."""
    match = NEXT_PROMISE.search(text, max(start, following - 60), following)
    return match.start() if match else following


def _after_joint(text: str, stop: int) -> int:
    match = JOINT.match(text, stop)
    return match.end() if match else stop


def _weigh(sentence: str, phrase: str, score: float, *, dated: bool) -> float:
    if IDLE.match(phrase) or phrase.strip(" .!").lower() in {"do", "do so", "do it", "do that", "do this"}:
        return 0.0
    if WEAK.match(phrase):
        score = 0.76 if dated else 0.6
    if HEDGED.search(sentence) and not dated:
        score -= 0.2
    if CONDITIONAL.search(sentence) or DOUBTED.search(sentence):
        return min(score, 0.58)
    return score + (0.05 if dated else 0.0)
