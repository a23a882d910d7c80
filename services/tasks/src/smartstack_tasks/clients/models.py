"""The table of the copied clients."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from smartstack_tasks.base import Base


class Client(Base):
    """A copy of what comms says about a client; `sequence` is the version of the client that it shows."""

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    sequence: Mapped[int]
