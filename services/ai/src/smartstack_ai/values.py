"""What the rooms of the ai service share: a message to read, and what is proposed for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

Direction = Literal["inbound", "outbound"]
Kind = Literal["task", "commitment"]
Priority = Literal["low", "normal", "high", "urgent"]


@dataclass(frozen=True, slots=True)
class SourceText:
    """One message as an engine sees it.

    ``at`` is when it was written (aware); ``zone`` is the workspace's zone, in which dates are read.
    ``inbound`` is what a client wrote to us, ``outbound`` what we wrote to a client. ``workspace_id`` is who pays for
    reading it; an engine that costs nothing does without.
    """

    text: str
    at: datetime
    zone: ZoneInfo
    direction: Direction
    workspace_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("SourceText.at must carry a time zone")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote: ``text[start:end] == quote``, offsets in Unicode code points."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """One piece of work read out of a message.

    ``due_at`` is aware and in the workspace's zone; a due date without a time of day is 23:59:59 of that day.
    ``confidence`` lies in [0, 1]. ``needs_review`` means the engine is not sure that this is work at all.
    The first evidence is the request itself; later ones say where the due date was read.
    """

    kind: Kind
    title: str
    due_at: datetime | None
    priority: Priority
    evidence: tuple[Evidence, ...]
    confidence: float
    needs_review: bool
