"""The table of the copied workspaces."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from smartstack_comms.base import Base


class Workspace(Base):
    """A copy of the workspace's name: the author that a client sees."""

    __tablename__ = "workspaces"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sequence: Mapped[int]
