"""Small values that several events and APIs share."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Title = Annotated[str, Field(min_length=1, max_length=500)]
MessageBody = Annotated[str, Field(min_length=1, max_length=20_000)]


class Priority(StrEnum):
    """The priority of a task, least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TaskStatus(StrEnum):
    """The status of a task."""

    OPEN = "open"
    COMPLETED = "completed"


class SuggestionKind(StrEnum):
    """The kind of a suggestion: requested work, or a promise we made."""

    TASK = "task"
    COMMITMENT = "commitment"


class Channel(StrEnum):
    """The channel of a conversation."""

    CHAT = "chat"


class Evidence(BaseModel):
    """The words a suggestion rests on: `body[start:end] == quote`, in code points of the message body."""

    model_config = ConfigDict(frozen=True)

    message_id: UUID
    quote: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class TaskSource(BaseModel):
    """The origin of a task."""

    model_config = ConfigDict(frozen=True)

    suggestion_id: UUID
    conversation_id: UUID
    message_id: UUID
