"""Tables of the ai service."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Numeric, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from smartstack_ai.domain import SuggestionStatus
from smartstack_chassis.database.engine import COLUMN_TYPES, NAMING
from smartstack_contracts.values import Priority, SuggestionKind


class Base(DeclarativeBase):
    """Base of this service's tables; the login role's search_path names the schema."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = COLUMN_TYPES


class Workspace(Base):
    """What this service must know of a workspace: the zone that dates are read in."""

    __tablename__ = "workspaces"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    timezone: Mapped[str]


class WaitingMessage(Base):
    """A message that came before its workspace was known here; `event` is its envelope."""

    __tablename__ = "waiting_messages"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelCall(Base):
    """The ledger: one attempt to have a message read by a model. `outcome` is `answered` or a FallbackReason."""

    __tablename__ = "model_calls"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    message_id: Mapped[UUID]
    engine: Mapped[str]
    model: Mapped[str]
    prompt_version: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    latency_ms: Mapped[int]
    outcome: Mapped[str]
    trace_id: Mapped[str | None]
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
