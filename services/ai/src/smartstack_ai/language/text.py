"""The reading copy of a message: same words, plain punctuation, and a way back to the original offsets."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from smartstack_ai.lexicon.emoji import EMOJI
from smartstack_ai.values import Evidence

# Invisible characters that split words for a reader of code points but not for a person: zero-width, bidi, soft hyphen.
_INVISIBLE = frozenset(
    [0xAD, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFE0E, 0xFE0F]
)
# After an emoji these are part of it: 👩‍💻, ✉️.
_DRESSING = frozenset("\u200d\ufe0f")
_PICTURE = re.compile(EMOJI)
_PLAIN = {
    **dict.fromkeys("‘’‚‛ʼ＇`´", "'"),
    **dict.fromkeys("“”„‟«»＂", '"'),
    **dict.fromkeys("‐‑‒−", "-"),
    **dict.fromkeys("\r\t\v\f", " "),
    "\u2028": "\n",
    "\u2029": "\n",
    "\x85": "\n",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` is the reading copy; ``offsets[i]`` is where its character ``i`` stands in ``original``."""

    original: str
    text: str
    offsets: Sequence[int]

    def quote(self, start: int, end: int) -> Evidence:
        """The original text behind ``text[start:end]`` (not empty), verbatim."""
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        return Evidence(self.original[first:last], first, last)


def read(original: str) -> Reading:
    """Make the reading copy: one character out for each in, but for invisible ones, which are left out."""
    if original.isascii() and not any(control in original for control in "\r\t\v\f`"):
        return Reading(original, original, range(len(original)))
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(original):
        if ord(character) in _INVISIBLE and not (character in _DRESSING and _is_picture(original[offset - 1 : offset])):
            continue
        characters.append(_plain(character))
        offsets.append(offset)
    return Reading(original, "".join(characters), offsets)


def _is_picture(before: str) -> bool:
    return before >= "☀" and _PICTURE.match(before) is not None


def _plain(character: str) -> str:
    if character < "\x7f" and character >= " " and character != "`":
        return character
    known = _PLAIN.get(character)
    if known:
        return known
    if character.isspace() and character != "\n":
        return " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
