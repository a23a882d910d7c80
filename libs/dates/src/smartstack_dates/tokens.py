"""Words and numbers of date phrases, with exact offsets."""

import re
from typing import Literal, NamedTuple

TokenKind = Literal["num", "ord", "word", "punct"]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tue tues", "wednesday wed weds wensday wednsday", "thursday thu thur thurs",
            "friday fri", "saturday sat", "sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip
UNITS = {
    name: unit
    for unit, names in {
        "second": "second seconds sec secs",
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs",
        "day": "day days",
        "week": "week weeks wk wks",
        "fortnight": "fortnight fortnights",
        "month": "month months",
        "quarter": "quarter quarters",
        "year": "year years yr yrs",
    }.items()
    for name in names.split()
}
# Words that are also ordinary English: as dates they need a capital letter or an adjacent date.
AMBIGUOUS = {"may", "march", "mar", "sat", "sun"}
#: Words that lead in a date and so make an ambiguous one after them a date.
LEADS = {
    "on",
    "by",
    "until",
    "till",
    "til",
    "before",
    "due",
    "this",
    "next",
    "in",
    "of",
    "from",
    "since",
    "last",
    "coming",
}

_SMALL = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS = dict(
    zip(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        range(1, 21),
        strict=True,
    )
) | {"thirtieth": 30}

#: Words that are numbers.
SPELLED = frozenset([*_SMALL, *_TENS, *_ORDINALS])
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*|\S")


class Token(NamedTuple):
    """``text`` is lower-cased; ``value`` is the number of a ``num`` or ``ord``; offsets are into the text read."""

    kind: TokenKind
    text: str
    start: int
    end: int
    value: int = -1
    digits: int = 0
    capital: bool = False
    upper: bool = False


def tokenize(text: str) -> list[Token]:
    """Split ``text`` into date-relevant tokens; spelled-out numbers and ordinals become single tokens."""
    raw = [_token(match) for match in _TOKEN.finditer(text)]
    tokens: list[Token] = []
    index = 0
    while index < len(raw):
        merged, index = _merge(raw, index)
        tokens.append(merged)
    return tokens


def _token(match: re.Match[str]) -> Token:
    text, start, end = match[0], match.start(), match.end()
    if text.isdecimal():
        # More than eight digits is a phone number or an id, never a date.
        value = int(text) if len(text) <= 8 else -1
        return Token("num", text, start, end, value, len(text))
    if text[0].isalpha():
        return _word(text, start, end)
    return Token("punct", text, start, end)


def _word(text: str, start: int, end: int) -> Token:
    lower = text.lower()
    if lower in _SMALL or lower in _TENS:
        return Token("num", lower, start, end, _SMALL.get(lower, _TENS.get(lower, -1)))
    if lower in _ORDINALS:
        return Token("ord", lower, start, end, _ORDINALS[lower])
    return Token("word", lower, start, end, capital=text[0].isupper(), upper=text.isupper())


def _merge(raw: list[Token], index: int) -> tuple[Token, int]:
    token = raw[index]
    following = raw[index + 1] if index + 1 < len(raw) else None
    if token.digits and following and following.start == token.end and following.text in {"st", "nd", "rd", "th"}:
        merged = Token("ord", token.text + following.text, token.start, following.end, token.value)
        return merged, index + 2
    if token.text in _TENS:
        return _merge_tens(raw, index)
    return token, index + 1


def _merge_tens(raw: list[Token], index: int) -> tuple[Token, int]:
    token, unit = raw[index], index + 1
    if unit < len(raw) and raw[unit].text == "-":
        unit += 1
    if unit < len(raw) and raw[unit].kind in {"num", "ord"} and not raw[unit].digits and 0 < raw[unit].value < 10:
        last = raw[unit]
        text = f"{token.text} {last.text}"
        return Token(last.kind, text, token.start, last.end, token.value + last.value), unit + 1
    return token, index + 1
