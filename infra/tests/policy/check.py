"""Runs all rules over all environments."""

from collections.abc import Iterable
from pathlib import Path

from policy import rules_data, rules_events, rules_limits, rules_operations, rules_reach, rules_rights
from policy.cloud import Cloud
from policy.findings import RULES, Finding

ROOT = Path(__file__).parents[3]
SHARED = "environments-share-nothing"
# Importing them registers their rules.
RULE_MODULES = (rules_data, rules_events, rules_limits, rules_operations, rules_reach, rules_rights)


def read(files: Iterable[Path], root: Path = ROOT) -> dict[str, Cloud]:
    """Read environments; a file's name begins with its environment's."""
    return {file.name.partition(".")[0]: Cloud.read(file, root) for file in files}


def check(clouds: dict[str, Cloud]) -> list[Finding]:
    """Return everything that breaks a rule, by environment and rule."""
    found = [
        Finding(environment, rule.name, what)
        for environment, cloud in sorted(clouds.items())
        for rule in RULES.values()
        for what in rule.check(cloud)
    ]
    return found + [Finding(pair, SHARED, what) for pair, what in rules_operations.shared_between(clouds)]
