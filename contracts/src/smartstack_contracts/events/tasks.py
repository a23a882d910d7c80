"""Events of the tasks service."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from smartstack_contracts.envelope import EventData, Service
from smartstack_contracts.values import Priority, TaskSource, TaskStatus, Title


class _TasksEvent(EventData):
    service: ClassVar[Service] = "tasks"


class ProjectCreated(_TasksEvent):
    """A project was added."""

    name = "project_created"

    project_id: UUID
    project_name: Annotated[str, Field(min_length=1, max_length=200)]
    client_id: UUID | None


class _TaskState(_TasksEvent):
    task_id: UUID
    title: Title
    status: TaskStatus
    priority: Priority
    due_at: AwareDatetime | None
    client_id: UUID | None
    project_id: UUID | None
    source: TaskSource | None
    completed_at: AwareDatetime | None


class TaskCreated(_TaskState):
    """A task exists; carries its state."""

    name = "task_created"


class TaskUpdated(_TaskState):
    """A task changed; carries the state after it."""

    name = "task_updated"


class TaskCompleted(_TaskState):
    """A task was done; `completed_at` says when."""

    name = "task_completed"


class TaskDeleted(_TasksEvent):
    """A task was deleted."""

    name = "task_deleted"

    task_id: UUID
    client_id: UUID | None
    source: TaskSource | None
