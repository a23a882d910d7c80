"""Every pattern of the lexicon has an example in which it is found, the way the code looks for it (examples.txt)."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from smartstack_ai import lexicon

PATTERNS: dict[str, re.Pattern[str]] = {
    f"{module.name}.{name}": value
    for module in pkgutil.iter_modules(lexicon.__path__)
    for name, value in vars(importlib.import_module(f"{lexicon.__name__}.{module.name}")).items()
    if isinstance(value, re.Pattern)
}
ROWS = [line.split(" | ", 2) for line in Path(__file__).with_name("examples.txt").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("name", "how", "example"), ROWS)
def test_a_pattern_is_found_in_its_example(name: str, how: str, example: str) -> None:
    assert getattr(PATTERNS[name], how)(example)


def test_every_pattern_has_an_example() -> None:
    assert {name for name, _, _ in ROWS} == {*PATTERNS}
