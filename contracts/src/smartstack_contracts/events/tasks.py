"""Events of the tasks service."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import AwareDatetime, Field

from smartstack_contracts import samples
from smartstack_contracts.envelope import EventData, Service
from smartstack_contracts.open_enums import Open
from smartstack_contracts.values import Priority, TaskSource, TaskStatus, Title


class LabelColor(StrEnum):
    """The colour of a label, by name: each theme shows it in a shade of its own."""

    GRAY = "gray"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"


_SOURCE: Final[dict[str, Any]] = {
    "suggestion_id": samples.SUGGESTION,
    "conversation_id": samples.CONVERSATION,
    "message_id": samples.MESSAGE,
}
_TASK: Final[dict[str, Any]] = {
    "task_id": samples.TASK,
    "title": "Send the updated wireframes",
    "status": TaskStatus.OPEN,
    "priority": Priority.NORMAL,
    "due_at": samples.DUE,
    "client_id": samples.CLIENT,
    "project_id": samples.PROJECT,
    "source": _SOURCE,
    "completed_at": None,
}

_LABEL: Final[dict[str, Any]] = {
    "label_id": samples.sample_id(7),
    "label_name": "Waiting for the client",
    "color": LabelColor.BLUE,
}


class _TasksEvent(EventData):
    service: ClassVar[Service] = "tasks"
    live = True


class ProjectCreated(_TasksEvent):
    """A project was added."""

    name = "project_created"
    aggregate = "project"
    example = {"project_id": samples.PROJECT, "project_name": "Website", "client_id": samples.CLIENT}

    project_id: UUID
    project_name: Annotated[str, Field(min_length=1, max_length=200)]
    client_id: UUID | None


class _LabelState(_TasksEvent):
    aggregate = "label"

    label_id: UUID
    label_name: Annotated[str, Field(min_length=1, max_length=50)]
    color: Open[LabelColor]


class LabelCreated(_LabelState):
    """A label exists; carries its state."""

    name = "label_created"
    example = _LABEL


class LabelUpdated(_LabelState):
    """A label was renamed, recoloured or restored; carries the state after it."""

    name = "label_updated"
    example = {**_LABEL, "color": LabelColor.ORANGE}


class LabelDeleted(_TasksEvent):
    """A label was deleted, which took it off all tasks."""

    name = "label_deleted"
    aggregate = "label"
    example = {"label_id": _LABEL["label_id"]}

    label_id: UUID


class _TaskState(_TasksEvent):
    aggregate = "task"

    task_id: UUID
    title: Title
    status: Open[TaskStatus]
    priority: Open[Priority]
    due_at: AwareDatetime | None
    client_id: UUID | None
    project_id: UUID | None
    source: TaskSource | None
    completed_at: AwareDatetime | None


class TaskCreated(_TaskState):
    """A task exists; carries its state."""

    name = "task_created"
    example = _TASK


class TaskUpdated(_TaskState):
    """A task changed; carries the state after it."""

    name = "task_updated"
    example = {**_TASK, "title": "Send the final wireframes"}


class TaskCompleted(_TaskState):
    """A task was done; `completed_at` says when."""

    name = "task_completed"
    example = {**_TASK, "status": TaskStatus.COMPLETED, "completed_at": samples.NOW}


class TaskDeleted(_TasksEvent):
    """A task was deleted."""

    name = "task_deleted"
    aggregate = "task"
    example = {"task_id": samples.TASK, "client_id": samples.CLIENT, "source": _SOURCE}

    task_id: UUID
    client_id: UUID | None
    source: TaskSource | None
