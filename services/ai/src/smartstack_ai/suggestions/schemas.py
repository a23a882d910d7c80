"""What the API takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from smartstack_ai.llm.port import FallbackReason
from smartstack_ai.suggestions.domain import SuggestionStatus
from smartstack_chassis.http.inputs import Input, Instant, VisibleText
from smartstack_contracts.values import Evidence, Priority, SuggestionKind, Title


class SuggestionFields(BaseModel):
    """What accepting would make. A due date without a time of day is 23:59:59 of that day in the workspace's zone."""

    title: str
    due_at: datetime | None
    priority: Priority


class Suggestion(BaseModel):
    """Something proposed, with the words it rests on; nothing happens until a person accepts it.

    `engine` is the one that read the message. With `fallback_reason`, another one was asked and could not answer.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: SuggestionKind
    status: SuggestionStatus
    needs_review: bool
    fields: SuggestionFields
    evidence: list[Evidence]
    engine: str
    fallback_reason: FallbackReason | None
    confidence: float
    client_id: UUID
    conversation_id: UUID
    message_id: UUID
    task_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class EditedFields(Input):
    """Corrections made while accepting; what is left out stays as suggested."""

    title: Annotated[Title, VisibleText] | None = None
    due_at: Instant | None = None
    priority: Priority | None = None


class AcceptSuggestion(Input):
    """The body of accepting: nothing, or corrections."""

    fields: EditedFields = Field(default_factory=EditedFields)


class AcceptedSuggestion(BaseModel):
    """The task that accepting makes; it appears under this id within moments."""

    model_config = ConfigDict(from_attributes=True)

    task_id: UUID
