"""Compares what exists with what is declared, in words a person can act on."""

import json
from collections.abc import Mapping

_JSON_ATTRIBUTES = frozenset({"RedrivePolicy", "FilterPolicy", "Policy", "RedriveAllowPolicy"})

# SQS fixes these when a queue is created
IMMUTABLE = frozenset({"FifoQueue"})


def changed(existing: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
    """The declared attributes whose existing value is another (JSON values are compared by content)."""
    return {
        name: value
        for name, value in declared.items()
        if _comparable(name, existing.get(name)) != _comparable(name, value)
    }


def describe(kind: str, name: str, existing: Mapping[str, str], declared: Mapping[str, str]) -> list[str]:
    """One line per difference, for instance `queue "a": VisibilityTimeout is 30, declared 60`."""
    lines = []
    for attribute, value in sorted(changed(existing, declared).items()):
        found = existing.get(attribute)
        shown = "not set" if found in {None, ""} else found
        lines.append(f'{kind} "{name}": {attribute} is {shown}, declared {value or "none"}')
    return lines


def _comparable(name: str, value: str | None) -> object:
    if value is None or value == "":
        return None
    if name not in _JSON_ATTRIBUTES:
        return value.lower() if value.lower() in {"true", "false"} else value
    try:
        parsed = json.loads(value)
    except ValueError:
        return value
    if name == "RedrivePolicy" and isinstance(parsed, dict):
        # SQS answers with a number or a text, whichever the creator used
        return {key: str(item) for key, item in parsed.items()}
    return parsed or None
