"""The table of clients."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column, query_expression

from smartstack_comms.base import Base
from smartstack_comms.clients.domain import ClientState


class Client(Base):
    """A paying account: a company or a person."""

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    notes: Mapped[str]
    last_message_at: Mapped[datetime | None] = query_expression()
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def state(self) -> ClientState:
        """Return what people can change about it."""
        return ClientState(name=self.name, notes=self.notes)
