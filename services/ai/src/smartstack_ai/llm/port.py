"""The port every suggestion engine implements.

An engine reads one message and proposes tasks and commitments. It performs no action: a person accepts or
dismisses each proposal, so an engine's only duties are to quote what it read and to say how sure it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from smartstack_ai.values import Proposal, SourceText

FallbackReason = Literal["budget", "stopped", "refused", "throttled", "timeout", "unavailable", "bad_answer"]
"""Why the offline engine answered for another one: the month's budget is spent, an operator stopped all calls, the call
was not allowed, too many calls, too slow, out of reach, or an answer that was no use."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What one attempt to ask a model came to, for the ledger.

    ``outcome`` is ``answered`` or why there was no answer; ``cost_usd`` is None when none was reported.
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
