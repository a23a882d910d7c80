"""Events of the ai service: what it proposes and what people decided."""

from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import AwareDatetime, Field

from smartstack_contracts import samples
from smartstack_contracts.envelope import EventData, Service
from smartstack_contracts.open_enums import Open
from smartstack_contracts.values import Evidence, Priority, SuggestionKind, Title

_BARE: Final[dict[str, Any]] = {
    "suggestion_id": samples.SUGGESTION,
    "kind": SuggestionKind.TASK,
    "client_id": samples.CLIENT,
    "conversation_id": samples.CONVERSATION,
    "message_id": samples.MESSAGE,
}
_PROPOSAL: Final[dict[str, Any]] = {
    **_BARE,
    "title": "Send the updated wireframes",
    "due_at": samples.DUE,
    "priority": Priority.NORMAL,
}


def _is_none(value: object) -> bool:
    return value is None


class _SuggestionEvent(EventData):
    service: ClassVar[Service] = "ai"
    aggregate = "suggestion"
    live = True
    example = _BARE

    suggestion_id: UUID
    kind: Open[SuggestionKind]
    client_id: UUID
    conversation_id: UUID
    message_id: UUID


class SuggestionCreated(_SuggestionEvent):
    """An engine proposes something; nothing happens until a person accepts it."""

    name = "suggestion_created"
    example = {
        **_PROPOSAL,
        "evidence": [
            {"message_id": samples.MESSAGE, "quote": samples.BODY, "start": 0, "end": len(samples.BODY)},
        ],
        "engine": "offline",
        "confidence": 0.9,
        "needs_review": False,
    }

    title: Title
    due_at: AwareDatetime | None
    priority: Open[Priority]
    evidence: list[Evidence]
    engine: str
    # Why the engine that was asked did not answer itself; a text, so that a reason added later can still be read.
    fallback_reason: Annotated[str | None, Field(exclude_if=_is_none)] = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    needs_review: bool


class SuggestionAccepted(_SuggestionEvent):
    """A person accepted, perhaps after editing. `task_id` is the id that the task will have."""

    name = "suggestion_accepted"
    subscribers = ("tasks",)
    example = {**_PROPOSAL, "task_id": samples.TASK}

    task_id: UUID
    title: Title
    due_at: AwareDatetime | None
    priority: Open[Priority]


class SuggestionDismissed(_SuggestionEvent):
    """A person did not want it."""

    name = "suggestion_dismissed"


class SuggestionRestored(_SuggestionEvent):
    """A person took the dismissal back."""

    name = "suggestion_restored"
