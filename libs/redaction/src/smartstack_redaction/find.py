"""The positions of personal data in a text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["secret", "email", "iban", "card", "phone", "ssn", "ip"]


@dataclass(frozen=True, slots=True)
class Found:
    """`text[start:end]` is personal data of this kind."""

    kind: Kind
    start: int
    end: int


def _is_iban(text: str) -> bool:
    """Check an IBAN by ISO 13616: moved round and written in digits, it is 1 modulo 97."""
    plain = re.sub(r"[ -]", "", text).upper()
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


def _is_card(text: str) -> bool:
    """Check a card number by Luhn's rule (ISO/IEC 7812-1); numbers of one digit alone are none."""
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) if index % 2 else each for index, each in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _is_phone(text: str) -> bool:
    """Recognise a phone number by the count of its digits: at most 15 (ITU-T E.164)."""
    return 8 <= sum(each.isdigit() for each in text) <= 15


def _is_ip(text: str) -> bool:
    return all(int(part) < 256 for part in text.split("."))


def _always(_: str) -> bool:
    return True


# In order: what comes first keeps its place. A number may be a phone number only when it is neither an IBAN nor a card.
_RULES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        "secret",
        re.compile(
            r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|\bgh[pousr]_[A-Za-z0-9]{30,}"
            r"|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][\w-]{16,}|\bxox[abprs]-[\w-]{10,}"
            r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8000}?-----END [A-Z ]{0,30}PRIVATE KEY-----"
        ),
        _always,
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])"), _always),
    ("iban", re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{2,4}){3,8}(?:[ -]?[A-Za-z0-9]{1,3})?\b"), _is_iban),
    ("card", re.compile(r"(?<![\w.,+-])\d(?:[ -]?\d){12,18}(?![\w-])"), _is_card),
    ("ssn", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), _always),
    ("ip", re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)"), _is_ip),
    (
        "phone",
        re.compile(
            r"(?<![\w.,])(?:\+|00)\d(?:[ ()./-]{0,2}\d){6,14}(?![\w-])"
            r"|(?<![\w.,/-])\(?0\d{1,4}\)?(?:[ /-]{0,2}\d){6,9}(?![\w/-])"
            r"|(?<![\w.,/-])(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])"
        ),
        _is_phone,
    ),
)


def find(text: str) -> list[Found]:
    """Return what was found, in order and without overlaps."""
    taken: list[Found] = []
    for kind, pattern, holds in _RULES:
        taken += [found for found in _matches(text, kind, pattern, holds) if not _overlaps(found, taken)]
    return sorted(taken, key=lambda found: found.start)


def _matches(text: str, kind: Kind, pattern: re.Pattern[str], holds: Callable[[str], bool]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        # An IBAN is followed by words that look like more of it: try it shorter, group by group.
        end = match.end()
        while not holds(text[match.start() : end]):
            shorter = re.search(r"[ -][^ -]*$", text[match.start() : end]) if kind == "iban" else None
            if shorter is None:
                break
            end = match.start() + shorter.start()
        else:
            yield Found(kind, match.start(), end)


def _overlaps(found: Found, taken: list[Found]) -> bool:
    return any(found.start < other.end and other.start < found.end for other in taken)
