"""Which lines of a message are earlier messages: quoted lines, what introduces them, and all below a separator."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from smartstack_ai.lexicon.history_patterns import DIVIDER, HEAD, HEAD_STARTS, HEADER, QUOTED

# Mail programs break the line above a quotation at most twice.
_HEAD_LINES = 3
_LONGEST_HEAD = 300
_HEADER_LINES = 8
_FEWEST_HEADERS = 3
_SURE_HEADERS = {"from", "sent"}
# Quoted lines begin this close below the line that introduces them.
_NEAR = 3


@dataclass(frozen=True, slots=True)
class History:
    """Lines from ``start`` on are earlier messages; ``lines`` above it are quoted, or introduce what is quoted."""

    start: int
    lines: frozenset[int]

    def __contains__(self, number: int) -> bool:
        return number >= self.start or number in self.lines


def find_history(lines: Sequence[str]) -> History:
    """Find the earlier messages in the lines of a message."""
    lines = [line if line.isascii() else unicodedata.normalize("NFC", line) for line in lines]
    quoted: set[int] = set()
    for number, line in enumerate(lines):
        if QUOTED.match(line):
            quoted.add(number)
            continue
        if number in quoted:
            continue
        if DIVIDER.match(line) or _is_header_block(lines, number):
            return History(number, frozenset(quoted))
        length = _head_length(lines, number)
        if not length:
            continue
        if not any(QUOTED.match(below) for below in lines[number + length : number + length + _NEAR]):
            return History(number, frozenset(quoted))
        quoted.update(range(number, number + length))
    return History(len(lines), frozenset(quoted))


def without_history(text: str) -> str:
    """Return the text with spaces for its earlier messages, so that offsets stay."""
    lines = text.split("\n")
    history = find_history(lines)
    return "\n".join(" " * len(line) if number in history else line for number, line in enumerate(lines))


def _head_length(lines: Sequence[str], number: int) -> int:
    """How many lines from here on are one "On Monday, Sam wrote:"; 0 when none."""
    if not HEAD_STARTS.match(lines[number]):
        return 0
    joined = ""
    for length in range(1, _HEAD_LINES + 1):
        following = lines[number + length - 1 : number + length]
        if not following or not following[0].strip() or len(joined) > _LONGEST_HEAD:
            return 0
        joined = f"{joined} {following[0].strip()}"
        if joined.endswith(":") and HEAD.match(joined):
            return length
    return 0


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """From, Sent, To and Subject, in any order and language, one beneath the other."""
    if not HEADER.match(lines[number]):
        return False
    found = [HEADER.match(line) for line in lines[number : number + _HEADER_LINES]]
    roles = {match.lastgroup for match in found if match}
    return roles >= _SURE_HEADERS and len(roles) >= _FEWEST_HEADERS
