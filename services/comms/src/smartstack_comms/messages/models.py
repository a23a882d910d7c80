"""The table of messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from smartstack_comms.base import Base
from smartstack_comms.conversations.domain import Direction


class Message(Base):
    """Something that was said; never changed. `auth_id` says who wrote, as events name actors."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    client_id: Mapped[UUID]
    direction: Mapped[Direction]
    author_name: Mapped[str]
    auth_id: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
