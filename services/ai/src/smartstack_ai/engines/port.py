"""The port every suggestion engine implements, and the values that cross it.

An engine reads one message and proposes tasks and commitments. It performs no action: a person accepts or
dismisses each proposal, so an engine's only duties are to quote what it read and to say how sure it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

Direction = Literal["inbound", "outbound"]
Kind = Literal["task", "commitment"]
Priority = Literal["low", "normal", "high", "urgent"]
FallbackReason = Literal["budget", "stopped", "refused", "throttled", "timeout", "unavailable", "bad_answer"]
"""Why the offline engine answered for another one: the month's budget is spent, an operator stopped all calls, the call
was not allowed, too many calls, too slow, out of reach, or an answer that was no use."""


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


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What one attempt to ask a model came to, for the ledger.

    ``outcome`` is ``answered`` or why there was no answer; ``cost_usd`` is None when nobody told.
    """

    engine: str
    model: str
    prompt_version: str
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None
    latency_ms: int
    outcome: Literal["answered"] | FallbackReason
    trace_id: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read out of a message, and by whom: ``engine`` is the one that did, not the one that was asked."""

    proposals: Sequence[Proposal]
    engine: str
    engine_version: str
    fallback_reason: FallbackReason | None = None
    call: ModelCall | None = None


class Engine(Protocol):
    """What the ai service asks of an engine."""

    async def answer(self, source: SourceText) -> Answer:
        """Propose 0..n tasks and commitments for one message, in the order they appear in it; raises nothing.

        It may take seconds, so it is never called inside a transaction. The version in the answer changes whenever the
        engine's answers may.
        """
        ...
