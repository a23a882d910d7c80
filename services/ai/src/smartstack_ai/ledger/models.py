"""The table of model calls."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, func
from sqlalchemy.orm import Mapped, mapped_column

from smartstack_ai.base import Base


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
