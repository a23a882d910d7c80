"""What the API of tasks accepts and returns."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field

from smartstack_chassis.http.inputs import Input, Instant, Storable, VisibleText
from smartstack_chassis.http.pagination import Page
from smartstack_contracts.events.tasks import LabelColor
from smartstack_contracts.values import Priority, TaskSource, TaskStatus
from smartstack_tasks.labels.domain import MAX_LABELS_OF_TASK
from smartstack_tasks.tasks import domain

Title = Annotated[str, Field(min_length=1, max_length=domain.MAX_TITLE), VisibleText]
Description = Annotated[str, Field(max_length=domain.MAX_DESCRIPTION), Storable]
LabelIds = Annotated[list[UUID], Field(max_length=MAX_LABELS_OF_TASK)]

DueAt = Annotated[
    Instant | None,
    Field(description="A due date without a time of day is 23:59:59 of that day in the workspace's zone."),
]


class NewTask(Input):
    """A task to create. Without a client it is the project's client's."""

    title: Title
    description: Description = ""
    priority: Priority = Priority.NORMAL
    due_at: DueAt = None
    client_id: UUID | None = None
    project_id: UUID | None = None
    label_ids: LabelIds = Field(default_factory=list)


class TaskChanges(Input):
    """What to change about a task; what is left out stays as it is."""

    title: Title | MISSING = MISSING
    description: Description | MISSING = MISSING
    status: TaskStatus | MISSING = MISSING
    priority: Priority | MISSING = MISSING
    due_at: DueAt | MISSING = MISSING
    client_id: UUID | MISSING | None = MISSING
    project_id: UUID | MISSING | None = MISSING
    label_ids: LabelIds | MISSING = MISSING

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return self.model_dump()


class TaskLabel(BaseModel):
    """A label as a task shows it."""

    id: UUID
    name: str
    color: LabelColor


class Task(BaseModel):
    """Something to do. `source` says which suggestion and message it came from."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    description: str
    status: TaskStatus
    priority: Priority
    due_at: datetime | None
    client_id: UUID | None
    client_name: str | None
    project_id: UUID | None
    labels: list[TaskLabel]
    source: TaskSource | None
    completed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class TaskPage(Page[Task]):
    """Tasks, due first."""
