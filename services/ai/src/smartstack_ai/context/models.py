"""The table of the copied workspaces."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from smartstack_ai.base import Base


class Workspace(Base):
    """What this service must know of a workspace: the zone that dates are read in."""

    __tablename__ = "workspaces"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    timezone: Mapped[str]
