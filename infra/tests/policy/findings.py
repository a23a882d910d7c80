"""The parts of a rule: a name, a sentence, and a function from an environment to its findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from policy.cloud import Cloud

Check = Callable[[Cloud], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `sentence` holds when there are no findings."""

    name: str
    sentence: str
    check: Check


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a rule."""

    environment: str
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.environment}: {self.rule}: {self.what}"


RULES: Final[dict[str, Rule]] = {}


def rule(name: str) -> Callable[[Check], Check]:
    """Register a function as the rule `name`; its docstring is the rule's sentence."""

    def register(check: Check) -> Check:
        RULES[name] = Rule(name, (check.__doc__ or "").strip(), check)
        return check

    return register
