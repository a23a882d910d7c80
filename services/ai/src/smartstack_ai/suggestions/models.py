"""Tables of suggestions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from smartstack_ai.base import Base
from smartstack_ai.suggestions.domain import SuggestionStatus
from smartstack_contracts.values import Priority, SuggestionKind


class WaitingMessage(Base):
    """A message that came before its workspace was known here; `event` is its envelope."""

    __tablename__ = "waiting_messages"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Suggestion(Base):
    """Something an engine proposed, and what a person decided."""

    __tablename__ = "suggestions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    client_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    message_id: Mapped[UUID]
    kind: Mapped[SuggestionKind]
    status: Mapped[SuggestionStatus]
    needs_review: Mapped[bool]
    title: Mapped[str]
    due_at: Mapped[datetime | None]
    priority: Mapped[Priority]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    engine: Mapped[str]
    engine_version: Mapped[str]
    fallback_reason: Mapped[str | None]
    model_call_id: Mapped[UUID | None]
    confidence: Mapped[float]
    task_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
