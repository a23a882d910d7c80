"""The table of tasks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column, query_expression

from smartstack_contracts.values import Priority, TaskSource, TaskStatus
from smartstack_tasks.base import Base
from smartstack_tasks.tasks.domain import TaskState


def source_of(suggestion_id: UUID | None, conversation_id: UUID | None, message_id: UUID | None) -> TaskSource | None:
    """Return where a task came from, or None when a member created it."""
    if suggestion_id is None or conversation_id is None or message_id is None:
        return None
    return TaskSource(suggestion_id=suggestion_id, conversation_id=conversation_id, message_id=message_id)


class Task(Base):
    """Something to do. A deleted one keeps its row: it can be restored, and a redelivered event cannot recreate it."""

    __tablename__ = "tasks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    title: Mapped[str]
    description: Mapped[str]
    status: Mapped[TaskStatus]
    priority: Mapped[Priority]
    due_at: Mapped[datetime | None]
    client_id: Mapped[UUID | None]
    client_name: Mapped[str | None] = query_expression()
    project_id: Mapped[UUID | None]
    labels: Mapped[list[dict[str, str]]] = query_expression()
    source_suggestion_id: Mapped[UUID | None]
    source_conversation_id: Mapped[UUID | None]
    source_message_id: Mapped[UUID | None]
    completed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def source(self) -> TaskSource | None:
        """Return where the task came from, or None when a member created it."""
        return source_of(self.source_suggestion_id, self.source_conversation_id, self.source_message_id)

    @property
    def state(self) -> TaskState:
        """Return what people can change about it."""
        return TaskState(
            title=self.title,
            description=self.description,
            status=self.status,
            priority=self.priority,
            due_at=self.due_at,
            client_id=self.client_id,
            project_id=self.project_id,
            completed_at=self.completed_at,
        )
