"""The table of conversations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column, query_expression

from smartstack_comms.base import Base
from smartstack_comms.conversations.domain import ConversationStatus, Direction
from smartstack_contracts.values import Channel


class Conversation(Base):
    """A thread with a client: one per client and channel, opened by its first message."""

    __tablename__ = "conversations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    client_id: Mapped[UUID]
    client_name: Mapped[str] = query_expression()
    channel: Mapped[Channel]
    status: Mapped[ConversationStatus]
    last_message_at: Mapped[datetime]
    last_message_preview: Mapped[str]
    last_message_direction: Mapped[Direction]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
