"""Masking what was found: for good, or so that it can be put back."""

import re
from collections.abc import Callable
from typing import TypeVar

from smartstack_redaction.find import Found, find

_PLACEHOLDER = re.compile(r"\[(?:secret|email|iban|card|phone|ssn|ip) \d{1,4}\]")
J = TypeVar("J")


def mask(text: str) -> str:
    """Return the text with each find replaced by its kind, such as `[email]`."""
    return _replaced(text, lambda found, _: f"[{found.kind}]")


def mask_all(value: J) -> J:
    """Return JSON data with every text in it masked, keys of objects included."""
    masked: object = value
    if isinstance(value, str):
        masked = mask(value)
    elif isinstance(value, dict):
        masked = {mask(key): mask_all(item) for key, item in value.items()}
    elif isinstance(value, list):
        masked = [mask_all(item) for item in value]
    return masked  # type: ignore[return-value]  # of the same JSON type as what came in


class Masking:
    """One masking, reversible by its holder: the same value gets the same placeholder throughout."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._placeholders: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """Return the text with each find replaced by a numbered placeholder, such as `[email 1]`.

        A placeholder that stands in the text already is left alone, and never given to something else.
        """
        taken = set(_PLACEHOLDER.findall(text))
        return _replaced(text, lambda found, value: self._placeholder(found, value, taken))

    def reveal(self, text: str, *, where: str | None = None) -> str:
        """Return the text with known placeholders replaced by what they stand for.

        With `where`, a value comes back only if it stands in that text; other placeholders lose their number.
        """

        def value(match: re.Match[str]) -> str:
            known = self._values.get(match[0])
            if known is None:
                return match[0]
            return known if where is None or known in where else f"[{match[0][1:-1].split()[0]}]"

        return _PLACEHOLDER.sub(value, text)

    def _placeholder(self, found: Found, value: str, taken: set[str]) -> str:
        if value not in self._placeholders:
            number = 1 + sum(name.startswith(f"[{found.kind} ") for name in self._values)
            while (name := f"[{found.kind} {number}]") in taken or name in self._values:
                number += 1
            self._values[name], self._placeholders[value] = value, name
        return self._placeholders[value]


def _replaced(text: str, replacement: Callable[[Found, str], str]) -> str:
    parts, end = [], 0
    for found in find(text):
        parts += [text[end : found.start], replacement(found, text[found.start : found.end])]
        end = found.end
    return "".join([*parts, text[end:]])
