"""An estimate of the guesses that a password withstands.

The estimate follows zxcvbn (D. Wheeler, USENIX Security 2016) in short: a password is read as the cheapest series of
common words, words that the account itself suggests, runs, repetitions and single characters, and the logarithms of
their guesses are added. The list of words is made by tools/common_passwords.py.
"""

import gzip
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from smartstack_chassis.core.errors import Invalid
from smartstack_gateway.identity.domain import normal_password

LEAST_BITS = 30.0
"""About 10^9 guesses: out of reach online, and months of one computer against argon2id."""

_CHARACTER_BITS = math.log2(10)
_RUN_BITS = 4.0
_YEAR_BITS = 7.0
_DISGUISE_BITS = 1.0
_LONGEST_WORD = 24
_LOOKED_AT = 64
_SHORTEST_WORD = 3
_DISGUISES = str.maketrans("4@831!0$57+2", "aabeiiossttz")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qwertzuiop", "azertyuiop")
_STEPS = {pair: step for row in _ROWS for step in (1, -1) for pair in zip(row[::step], row[::step][1:], strict=False)}
_YEAR = re.compile("(19|20)[0-9]{2}")


@cache
def common_words() -> Mapping[str, int]:
    """Return the rank of each common word, 1 for the most common."""
    packed = files("smartstack_gateway.identity").joinpath("data/common_passwords.txt.gz").read_bytes()
    return {word: rank for rank, word in enumerate(gzip.decompress(packed).decode().split("\n"), 1)}


def suggested_words(texts: Iterable[str]) -> set[str]:
    """Return the guesses that these texts (address, names) suggest: each as a whole, and its words."""
    found = {"smartstack"}
    for text in texts:
        whole = normal_password(text).casefold()
        words = re.findall(r"\w+", whole)
        found |= {whole, whole.partition("@")[0], "".join(words), *words}
    return {word for word in found if len(word) >= _SHORTEST_WORD}


def guess_bits(password: str, suggested: Iterable[str] = ()) -> float:
    """Return the binary logarithm of the guesses that `password` withstands when `suggested` is known."""
    # A start that is hard to guess is enough, and bounds the work: it grows with the square of the length.
    text = password[:_LOOKED_AT].casefold()
    own = set(suggested)
    longest = max([_LONGEST_WORD, *map(len, own)])
    best = [0.0]
    for end in range(1, len(text) + 1):
        prices = [best[end - 1] + _CHARACTER_BITS]
        prices += [best[start] + bits for start, bits in _words(text, end, own, longest)]
        prices += [best[end - length] + _RUN_BITS + math.log2(length) for length in _runs(text, end)]
        best.append(min(prices))
    return best[-1]


def _words(text: str, end: int, own: set[str], longest: int) -> Iterator[tuple[int, float]]:
    """Yield where each word that ends at `end` starts, and its price."""
    for start in range(max(0, end - longest), end - _SHORTEST_WORD + 1):
        part = text[start:end]
        if part in text[:start]:
            yield start, math.log2(len(text))
        if _YEAR.fullmatch(part):
            yield start, _YEAR_BITS
        rank = _rank(part, own)
        if rank:
            yield start, _DISGUISE_BITS + math.log2(rank)
        disguised = _rank(part.translate(_DISGUISES), own) or _rank(part[::-1], own)
        if disguised:
            yield start, 2 * _DISGUISE_BITS + math.log2(disguised)


def _rank(word: str, own: set[str]) -> int | None:
    return 1 if word in own else common_words().get(word)


def _runs(text: str, end: int) -> Iterator[int]:
    """Yield the lengths of the longest runs that end at `end`: one repeated character, alphabets, rows of keys."""
    for step in (_difference, lambda one, other: _STEPS.get((one, other))):
        length = 1
        wanted = step(text[end - 2], text[end - 1]) if end > 1 else None
        while wanted is not None and length < end and step(text[end - length - 1], text[end - length]) == wanted:
            length += 1
        if length >= _SHORTEST_WORD:
            yield length


def _difference(one: str, other: str) -> int | None:
    difference = ord(other) - ord(one)
    return difference if abs(difference) <= 1 else None


def refuse_guessable(password: str, known: Iterable[str]) -> None:
    """Raise Invalid when `password` is easy to guess with `known`, the address and names."""
    if guess_bits(normal_password(password), suggested_words(known)) < LEAST_BITS:
        raise Invalid.field(
            "password",
            "This password is easy to guess: it is common, or made of your own names. "
            "Use four words without a connection, or let a password manager make one.",
            "password_guessable",
        )
