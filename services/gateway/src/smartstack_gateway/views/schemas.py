"""Response schemas of views."""

from datetime import date as Date  # noqa: N812 - a field is called date
from typing import Annotated, Any

from pydantic import BaseModel, WithJsonSchema

from smartstack_gateway.values import UpstreamName

OWNED_SCHEMA = "x-owned-schema"


def _described_by(name: str) -> WithJsonSchema:
    """Name a model that another service owns; the merged OpenAPI document puts its schema here."""
    return WithJsonSchema({"type": "object", OWNED_SCHEMA: name})


OwnedTask = Annotated[dict[str, Any], _described_by("Task")]
OwnedSuggestion = Annotated[dict[str, Any], _described_by("Suggestion")]
OwnedConversation = Annotated[dict[str, Any], _described_by("Conversation")]


class TodayTasks(BaseModel):
    """Open tasks: those whose time is past, and those due in what is left of the day."""

    overdue: list[OwnedTask]
    due_today: list[OwnedTask]


class TodaySuggestions(BaseModel):
    """Suggestions that wait for a decision: the newest ones, and the total."""

    items: list[OwnedSuggestion]
    count: int


class TodayConversations(BaseModel):
    """Open conversations in which the client wrote last."""

    awaiting_reply: list[OwnedConversation]


class Today(BaseModel):
    """The day in the workspace's zone. `missing` names the services that gave no answer: their part is empty."""

    date: Date
    timezone: str
    tasks: TodayTasks
    suggestions: TodaySuggestions
    conversations: TodayConversations
    missing: list[UpstreamName]
