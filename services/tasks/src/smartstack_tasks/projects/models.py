"""The table of projects."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column, query_expression

from smartstack_tasks.base import Base


class Project(Base):
    """Work for a client, or for ourselves."""

    __tablename__ = "projects"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    client_id: Mapped[UUID | None]
    client_name: Mapped[str | None] = query_expression()
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
