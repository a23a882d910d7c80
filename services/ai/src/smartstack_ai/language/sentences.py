"""Sentences of a message with exact offsets: lines first (quotes, signatures, lists), then punctuation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from smartstack_ai.language.history import find_history
from smartstack_ai.lexicon.emoji import BEFORE_EMOJI, BEGINS_AFTER_EMOJI, EMOJI, FEELING, THING_AFTER_EMOJI
from smartstack_ai.lexicon.history_patterns import QUOTED
from smartstack_ai.lexicon.notice_patterns import NOTICE, NOTICE_HINTS, NOTICE_WORDS

_BULLET = re.compile(
    r"[ ]*(?:[-*•·▪◦●‣–—+]+(?:\s+\[ ?\])?|\(?\d{1,2}[.)]|\(?[a-hA-H][.)]|\[ ?\]|☐|👉|➡"
    r"|→)\s+(?=\S)"
)
_DONE = re.compile(r"[ ]*(?:[-*•]\s*)?(?:\[[xX✓]\]|[✓✔✅☑])")
_SIGNATURE = re.compile(r"[ ]*--[ ]*$")
_CLOSER = re.compile(
    r"[ ]*(?:(?:many |kind(?:est)? |warm(?:est)? |best |with (?:kind |best |warm )?)?(?:regards|wishes)"
    r"|all the best|best"
    r"|cheers|thanks(?: again| so much| a lot| a million| in advance| and regards)?|thank you(?: so much"
    r"| very much)?"
    r"|many thanks|thx|ta|sincerely|yours(?: \w+)?|br|kr|rgds|talk soon|speak soon|xx?x?|love|take care"
    r"|cordially"
    r"|have a (?:great|good|lovely|nice) (?:day|weekend|week|one"
    r"|evening))[ ]*[,!.]*[ ]*(?:[A-Z][\w.'-]*)?[ ]*[,!.]*[ ]*$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"[ ]*p\.?\s?p?\.?\s?s\b[.:]?", re.IGNORECASE)
_DEVICE = re.compile(r"[ ]*(?:sent from my|get outlook for|sent via)\b", re.IGNORECASE)
_GREETING = re.compile(
    r"[ ]*(?:hi|hiya|hey|hello|hullo|dear|good (?:morning|afternoon|evening|day)|morning|afternoon|evening"
    r"|yo)"
    r"(?:[ ]+(?:there|all|both|team|guys|folks|everyone|[A-Z][\w'-]*)){0,4}[ ]*[,!.:–—-]*[ ]*$",
    re.IGNORECASE,
)
# "p9 - delete the last sentence" begins a note of its own.
_LABEL = re.compile(
    r"(?:p|pg|pp|page|slide|section|line|para|fig|item|screen|photo|image|scene)\.? ?\d+[a-z]?\s*[:–—-]", re.IGNORECASE
)
_END = re.compile(
    r"(?<=\s)(?=\(?[1-9]\)\s)|(?<![.!?…])[.!?…]+[\"')\]*_]*(?=\s|$)|(?<=[a-z)][.!?])(?=[A-Z][a-z']*[ ])"
    rf"|(?<!{EMOJI}){EMOJI}+(?=\s|$)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|mr|mrs|ms|dr|prof|vs|approx|no|nr|inc|ltd|co|corp|st|jr|sr|fig|eg|ie|cf|ext|tel"
    r"|dept|est"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|fri|sat|sun|a\.m|p\.m|p\.s|pls)|(?:^"
    r"|\s)[A-Z])\.$",
    re.IGNORECASE,
)
# The last dot of "by 3.12. at noon" and of "3. December" ends nothing.
_DOTTED_DAY = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}$")
_DAY_BEFORE_MONTH = re.compile(
    r"\D?\d{1,2}\. (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]{0,6}\b)", re.IGNORECASE
)
_LONG_LINE = 45
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]``; ``block`` numbers the paragraph or list item, ``bullet`` marks a list item."""

    start: int
    end: int
    block: int
    bullet: bool
    heading: bool


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    bullet: bool
    joins: bool
    indented: bool


def split_sentences(text: str) -> list[Sentence]:
    """The sentences the writer wrote in this message: no earlier mail, greeting, signature or notice."""
    sentences: list[Sentence] = []
    blocks = list(_blocks(text))
    noticed = False
    lowered = text.lower()
    may_be_notice = any(word in lowered for word in NOTICE_HINTS)
    for block, (start, end, bullet) in enumerate(blocks):
        if noticed and NOTICE_WORDS.search(text, start, end):
            continue
        noticed = False
        opens_list = not bullet and block + 1 < len(blocks) and blocks[block + 1][2]
        for first, last in _split(text, start, end):
            if may_be_notice and NOTICE.search(text, first, last):
                noticed = True
                break  # it goes on to the end of its paragraph
            mark = text[last - 1]
            heading = mark == ":" or (opens_list and last == end and mark not in ".!?…")
            sentences.append(Sentence(first, last, block, bullet, heading))
    return sentences


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Runs of lines that read on into one another."""
    current: _Line | None = None
    for line in _own_lines(text):
        if current and line.joins and not line.bullet and (not current.bullet or line.indented):
            current.end = line.end
            continue
        if current:
            yield current.start, current.end, current.bullet
        current = line
    if current:
        yield current.start, current.end, current.bullet


def _own_lines(text: str) -> Iterator[_Line]:
    """Lines that are neither quoted, greeting nor signature; ``joins`` when the line continues the one before."""
    lines = list(_lines(text))
    history = find_history([text[start:end] for start, end in lines])
    previous_end = -1
    signed = False
    for number, (start, end) in enumerate(lines[: history.start]):
        line = text[start:end]
        if _POSTSCRIPT.match(line):
            signed = False
        elif _SIGNATURE.match(line) or (number > 0 and _closes(text, lines, number)):
            signed = True
        if signed or not line.strip() or _skipped(line) or number in history:
            previous_end = -1
            continue
        bullet = _BULLET.match(line)
        body = start + (bullet.end() if bullet else len(line) - len(line.lstrip()))
        joins = previous_end >= 0 and _reads_on(text, previous_end, body)
        wrapped = previous_end - text.rfind("\n", 0, max(previous_end, 0)) > _LONG_LINE
        yield _Line(body, end, bullet is not None, joins, line.startswith(" ") or wrapped)
        previous_end = end


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _skipped(line: str) -> bool:
    return bool(_DONE.match(line) or _DEVICE.match(line) or _GREETING.match(line))


def _closes(text: str, lines: list[tuple[int, int]], number: int) -> bool:
    """A closing formula with nothing but a short signature under it."""
    if not _CLOSER.match(text[slice(*lines[number])]):
        return False
    below = [text[slice(*span)].strip() for span in lines[number + 1 : number + 12]]
    below = [line for line in below if line and not QUOTED.match(line)]
    head = below[:2]
    return all(len(line) < 60 and not line.endswith("?") for line in head)


def _reads_on(text: str, previous_end: int, start: int) -> bool:
    """A wrapped line goes on in lower case, or fills the line and leaves the sentence open."""
    before, first = text[max(0, previous_end - 40) : previous_end].rstrip()[-1:], text[start : start + 1]
    if before in ".!?:;…" or _LABEL.match(text, start):
        return False
    wrapped = previous_end - (text.rfind("\n", 0, previous_end) + 1) > _LONG_LINE
    return first.islower() or (wrapped and (first.isdigit() or before in ",-(" or first.isupper()))


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _is_end(text, first, match, end):
            continue
        yield from _pieces(text, first, match.end())
        first = match.end()
    yield from _pieces(text, first, end)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """One sentence, trimmed; a text without any punctuation is cut at a space so that reading it stays linear."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = cut if cut > 0 else start + _LONGEST
        yield from filter(None, [_trim(text, start, cut)])
        start = cut
    yield from filter(None, [_trim(text, start, end)])


def _is_end(text: str, first: int, match: re.Match[str], end: int) -> bool:
    mark = match[0]
    if not mark or "?" in mark or "!" in mark:
        return True
    if mark[0] not in ".…":
        return _emoji_ends(text, first, match, end)
    following = text[match.end() : min(match.end() + 12, end)].lstrip()[:1]
    if mark[0] == "." and _is_inner_dot(text, first, match, following):
        return False
    return not (following.islower() and (len(mark) > 1 or mark == "…"))


def _is_inner_dot(text: str, first: int, match: re.Match[str], following: str) -> bool:
    """The dot of an abbreviation, of a number before its item, and of a day: "by 3.12. at noon", "3. December"."""
    dot = match.start()
    if _ABBREVIATION.search(text, max(first, dot - 12), dot + 1):
        return True
    number = text[first:dot].strip()
    if len(number) < 3 and number.isdigit():
        return True
    if following and not following.isupper() and _DOTTED_DAY.search(text, max(first, dot - 6), dot):
        return True
    return _DAY_BEFORE_MONTH.match(text, max(first, dot - 2)) is not None


def _emoji_ends(text: str, first: int, match: re.Match[str], end: int) -> bool:
    """Whether an emoji stands after a sentence ("Great 🎉 Now …") rather than in it ("the 🛒 page")."""
    named = BEFORE_EMOJI.search(text, max(first, match.start() - 12), match.start())
    felt = FEELING.search(text, match.start(), match.end())
    if THING_AFTER_EMOJI.match(text, match.end(), end):
        return False
    return not named and bool(felt or BEGINS_AFTER_EMOJI.match(text, match.end(), end))


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if any(map(str.isalnum, text[start:end])) else None
