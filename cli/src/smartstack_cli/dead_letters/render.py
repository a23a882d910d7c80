"""Dead letters on a terminal, or as JSON. Goes to standard output."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from smartstack_ops.dead_letters.audit import Entry
from smartstack_ops.dead_letters.messages import DeadLetter, Group, group

_NARROWEST = 80


def groups(found: Sequence[DeadLetter], *, as_json: bool) -> None:
    """Print letters by queue, type and reason."""
    grouped = group(found)
    if as_json:
        _json({"items": [asdict(each) for each in grouped]})
    elif grouped:
        _table(("QUEUE", "COUNT", "NEWEST", "TYPE", "REASON"), [_group_row(each) for each in grouped])
    else:
        print("no dead letters")


def letters(found: Sequence[DeadLetter], *, as_json: bool) -> None:
    """Print letters one by one, without their bodies."""
    if as_json:
        _json({"items": [_facts(each) for each in found]})
    elif found:
        _table(("QUEUE", "ID", "SENT", "TYPE", "REASON"), [_letter_row(each) for each in found])
    else:
        print("no dead letters")


def letter(found: DeadLetter, *, as_json: bool) -> None:
    """Print one letter, whole."""
    facts = _facts(found) | {"body": found.body}
    if as_json:
        _json(facts)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        if name != "body" and value is not None:
            print(f"{name:<{width}}  {_plain(value)}")
    print(f"\n{_indented(found.body)}")


def entries(found: Sequence[Entry], *, as_json: bool) -> None:
    """Print what was done."""
    if as_json:
        _json({"items": [asdict(each) for each in found]})
    elif found:
        _table(("AT", "ACTOR", "DID", "QUEUE", "ID", "WHY", "REASON"), [_entry_row(each) for each in found])
    else:
        print("no actions on dead letters yet")


def as_json(content: Any) -> None:
    """Print JSON."""
    _json(content)


def _facts(found: DeadLetter) -> dict[str, Any]:
    return {
        "queue": found.queue,
        "event_id": found.event_id,
        "message_id": found.message_id,
        "type": found.type,
        "reason": found.reason,
        "attempts": found.attempts,
        "sent_at": found.sent_at,
        "workspace_id": found.workspace_id,
        "subject": found.subject,
        "trace_id": found.trace_id,
    }


def _group_row(each: Group) -> tuple[str, ...]:
    return each.queue, str(each.count), _when(each.newest_at), _short(each.type), each.reason


def _letter_row(each: DeadLetter) -> tuple[str, ...]:
    return each.queue, each.id, _when(each.sent_at), _short(each.type), each.reason


def _entry_row(each: Entry) -> tuple[str, ...]:
    done_to = each.event_id or each.message_id
    return _when(each.at), each.actor, each.action, each.queue, done_to, each.why or "", each.reason


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Columns as wide as what is in them; the last one takes what the terminal has left."""
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles) - 1)]
    terminal = max(shutil.get_terminal_size((10_000, 24)).columns, _NARROWEST)
    for row in (titles, *rows):
        line = "  ".join(
            [*(f"{_clean(cell):<{width}}" for cell, width in zip(row[:-1], widths, strict=True)), _clean(row[-1])]
        )
        print(line if len(line) <= terminal else line[: terminal - 1] + "…")


def _clean(cell: str) -> str:
    """Escape control characters: text from a message may not move the cursor."""
    return "".join(character if character.isprintable() else " " for character in cell)


def _indented(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2)
    except (ValueError, RecursionError):
        return "\n".join(_clean(line) for line in body.splitlines())


def _short(kind: str | None) -> str:
    """`client_created` says enough where it is the first version of its type."""
    parts = (kind or "").split(".")
    return parts[2] if len(parts) == 4 and parts[3] == "v1" else kind or "unreadable"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else _clean(str(value))


def _json(content: Any) -> None:
    def encoded(value: object) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    print(json.dumps(content, indent=2, default=encoded, ensure_ascii=False))
