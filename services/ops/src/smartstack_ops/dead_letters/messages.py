"""Dead letters: their content, their selection and their groups. Pure.

Two ways lead into a dead-letter queue: our consumer puts a message there with its reason (`dlq-reason`, see
faststream_sqs.subscriber.dead_letters), and SQS moves one there, without any, whose consumer died each time. Of the
latter the last error may be known from its trace.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from faststream_sqs.subscriber.dead_letters import MESSAGE_ID, REASON, RECEIVE_COUNT

OWN_PREFIX = "dlq-"
IDS_IN_GROUP = 10

# Ids and numbers of eight and more digits (times) differ between messages with the same failure.
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_PARTICULAR = re.compile(r"\b(?:[0-9a-f]{16,}|\d{8,})\b", re.IGNORECASE)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message of a dead-letter queue.

    `reason` is None until it is known. `workspace_id` is None when the message names none, or two different ones.
    `raw` is the message as SQS gave it, `attempts` how often it was delivered to the inbox.
    """

    queue: str
    message_id: str
    body: str
    sent_at: datetime
    attempts: int
    known_reason: str | None
    event_id: str | None
    type: str | None
    subject: str | None
    workspace_id: UUID | None
    trace_id: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def reason(self) -> str:
        """Return why it is here, as far as anybody knows."""
        return self.known_reason or f"handled {self.attempts} times without success"

    @property
    def id(self) -> str:
        """Return the event's id, or the message's where the event is unreadable."""
        return self.event_id or self.message_id

    def because(self, error: str) -> "DeadLetter":
        """Return the letter with the last error that its trace knows of."""
        return replace(self, known_reason=f"handled {self.attempts} times without success: {error}")


def read(queue: str, raw: Mapping[str, Any], attempts: int) -> DeadLetter:
    """Return what a message of ReceiveMessage says. `attempts` is the queue's, for messages that do not say their own.

    Nothing in a message is taken for granted: it may be here because it is broken.
    """
    attributes: Mapping[str, Any] = raw.get("MessageAttributes", {})
    texts = {name: str(value.get("StringValue") or "") for name, value in attributes.items()}
    event = _event(raw["Body"])
    attempted = texts.get(RECEIVE_COUNT, "")
    return DeadLetter(
        queue=queue,
        message_id=texts.get(MESSAGE_ID) or raw["MessageId"],
        body=raw["Body"],
        sent_at=datetime.fromtimestamp(int(raw["Attributes"]["SentTimestamp"]) / 1000, UTC),
        attempts=int(attempted) if attempted.isascii() and attempted.isdigit() else attempts,
        known_reason=texts.get(REASON) or None,
        event_id=_one_uuid(event.get("id")),
        type=_text(event.get("type")) or texts.get("type") or None,
        subject=_one_uuid(event.get("subject")),
        workspace_id=_workspace(event.get("workspaceid"), texts.get("workspaceid")),
        trace_id=_trace_id(texts.get("traceparent") or _text(event.get("traceparent")) or ""),
        raw=raw,
    )


def strip_dlq_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message's attributes as they were before it came here."""
    return {name: value for name, value in attributes.items() if not name.startswith(OWN_PREFIX)}


def discard_mark(letter: DeadLetter) -> dict[str, Any] | None:
    """Return the attributes of the message that reports a letter's event as discarded; None where it names none."""
    if letter.event_id is None or letter.type is None or letter.workspace_id is None:
        return None
    texts = {"discarded": letter.event_id, "type": letter.type, "workspaceid": str(letter.workspace_id)}
    return {name: {"DataType": "String", "StringValue": value} for name, value in texts.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection of letters: of a workspace (None: of all), with these ids, of this type, with a reason like this."""

    workspace_id: UUID | None = None
    ids: frozenset[str] | None = None
    kind: str | None = None
    reason: str | None = None

    def takes(self, letter: DeadLetter) -> bool:
        """Return whether the letter is among them."""
        return (
            (self.workspace_id is None or letter.workspace_id == self.workspace_id)
            and (self.ids is None or letter.message_id in self.ids or letter.event_id in self.ids)
            and (self.kind is None or letter.type == self.kind)
            and (self.reason is None or normalise_reason(letter.reason) == normalise_reason(self.reason))
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Letters of one queue, one type and reasons that differ in particulars alone. `trace_id` is the newest one's."""

    queue: str
    type: str | None
    reason: str
    count: int
    oldest_at: datetime
    newest_at: datetime
    event_ids: list[str]
    trace_id: str | None

    @property
    def id(self) -> str:
        """Return a short name that is the group's own."""
        return hashlib.sha256(json.dumps([self.queue, self.type, self.reason]).encode()).hexdigest()[:16]


def group(letters: Iterable[DeadLetter]) -> list[Group]:
    """Return the groups, the one with the newest letter first. Their counts add up to the number of letters."""
    found: dict[tuple[str, str | None, str], list[DeadLetter]] = {}
    for letter in letters:
        found.setdefault((letter.queue, letter.type, normalise_reason(letter.reason)), []).append(letter)
    groups = [_group(*key, members) for key, members in found.items()]
    return sorted(groups, key=lambda each: (each.newest_at, each.id), reverse=True)


def normalise_reason(reason: str) -> str:
    """Return a reason without what is particular to one message."""
    return _PARTICULAR.sub("…", _UUID.sub("…", reason))


def _group(queue: str, kind: str | None, reason: str, members: list[DeadLetter]) -> Group:
    newest_first = sorted(members, key=lambda each: (each.sent_at, each.message_id), reverse=True)
    return Group(
        queue=queue,
        type=kind,
        reason=reason,
        count=len(members),
        oldest_at=newest_first[-1].sent_at,
        newest_at=newest_first[0].sent_at,
        event_ids=[each.event_id for each in newest_first if each.event_id][:IDS_IN_GROUP],
        trace_id=next((each.trace_id for each in newest_first if each.trace_id), None),
    )


def _event(body: str) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _one_uuid(value: object) -> str | None:
    found = _uuid(value)
    return str(found) if found else None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _workspace(in_body: object, in_attribute: object) -> UUID | None:
    """Return the workspace, or None when body and attribute disagree: a forged message must not reach a workspace."""
    named = {found for value in (in_body, in_attribute) if (found := _uuid(value))}
    return named.pop() if len(named) == 1 else None


def _trace_id(traceparent: str) -> str | None:
    found = _TRACEPARENT.fullmatch(traceparent)
    return found[1] if found else None
