"""The tables of labels and of the tasks that carry them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column, query_expression

from smartstack_contracts.events.tasks import LabelColor
from smartstack_tasks.base import Base


class Label(Base):
    """A word that tasks carry. A deleted one keeps its row and its tasks, so it can be restored."""

    __tablename__ = "labels"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    name_key: Mapped[str]
    color: Mapped[LabelColor]
    open_tasks: Mapped[int] = query_expression()
    deleted_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TaskLabel(Base):
    """A task carries a label."""

    __tablename__ = "task_labels"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    label_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
