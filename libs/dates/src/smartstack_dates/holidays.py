"""Holidays people name as deadlines: fixed, nth-weekday, Easter-relative and (tabular) Islamic ones."""

import re
from collections.abc import Callable
from datetime import date, timedelta

Rule = Callable[[int], date]


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    century, golden = year // 100, year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def _fixed(month: int, day: int) -> Rule:
    return lambda year: date(year, month, day)


def _easter(offset: int) -> Rule:
    return lambda year: easter(year) + timedelta(days=offset)


def _nth(month: int, weekday: int, n: int, offset: int = 0) -> Rule:
    def rule(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1) + offset)

    return rule


def _last_monday(month: int) -> Rule:
    def rule(year: int) -> date:
        last = date(year, month, 31)
        return last - timedelta(days=last.weekday())

    return rule


def _islamic(month: int, day: int) -> Rule:
    """The tabular calendar: right to within a day of what is announced from the sighted moon."""

    def gregorian(hijri_year: int) -> date:
        days = day + 29 * (month - 1) + month // 2 + (hijri_year - 1) * 354 + (3 + 11 * hijri_year) // 30
        return date.fromordinal(days + 227013)

    def rule(year: int) -> date:
        hijri = int((year - 622) * 33 / 32)
        return next(found for found in map(gregorian, range(hijri, hijri + 4)) if found.year >= year)

    return rule


_RULES: dict[str, Rule] = {
    "christmas eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "xmas": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "new year's eve": _fixed(12, 31),
    "new years eve": _fixed(12, 31),
    "new year's": _fixed(1, 1),
    "new years": _fixed(1, 1),
    "new year": _fixed(1, 1),
    "valentine's": _fixed(2, 14),
    "valentines": _fixed(2, 14),
    "st patrick's": _fixed(3, 17),
    "independence day": _fixed(7, 4),
    "international workers' day": _fixed(5, 1),
    "workers' day": _fixed(5, 1),
    "may day": _fixed(5, 1),
    "earth day": _fixed(4, 22),
    "halloween": _fixed(10, 31),
    "veterans day": _fixed(11, 11),
    "thanksgiving": _nth(11, 3, 4),
    "black friday": _nth(11, 3, 4, 1),
    "cyber monday": _nth(11, 3, 4, 4),
    "labor day": _nth(9, 0, 1),
    "columbus day": _nth(10, 0, 2),
    "martin luther king": _nth(1, 0, 3),
    "mlk": _nth(1, 0, 3),
    "presidents' day": _nth(2, 0, 3),
    "presidents day": _nth(2, 0, 3),
    "memorial day": _last_monday(5),
    "father's day": _nth(6, 6, 3),
    "fathers day": _nth(6, 6, 3),
    "good friday": _easter(-2),
    "easter monday": _easter(1),
    "easter": _easter(0),
    "ash wednesday": _easter(-46),
    "eid al fitr": _islamic(10, 1),
    "eid al adha": _islamic(12, 10),
}
_DAY_SUFFIXED = {"christmas", "xmas", "new year's", "new years", "valentine's", "valentines", "st patrick's",
                 "thanksgiving", "martin luther king", "mlk", "easter"}  # fmt: skip


# As the lexer splits them: a final apostrophe is a token of its own.
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|'")


def _phrases() -> dict[str, list[tuple[tuple[str, ...], Rule]]]:
    phrases: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
    for name, rule in _RULES.items():
        words = tuple(_WORD.findall(name))
        forms = [words, (*words, "day")] if name in _DAY_SUFFIXED else [words]
        for form in forms:
            phrases.setdefault(form[0], []).append((form, rule))
    for options in phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    return phrases


#: First word of a holiday -> its phrases, longest first, each with the rule that dates it in a year.
PHRASES = _phrases()
