"""The rules about tasks: no I/O, no clock of their own."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from smartstack_chassis.errors import Invalid
from smartstack_contracts.values import Priority, TaskStatus

MAX_TITLE = 500
MAX_DESCRIPTION = 20_000
MAX_PROJECT_NAME = 200


@dataclass(frozen=True, slots=True)
class TaskState:
    """What people can change about a task."""

    title: str
    description: str
    status: TaskStatus
    priority: Priority
    due_at: datetime | None
    client_id: UUID | None
    project_id: UUID | None
    completed_at: datetime | None


def change(state: TaskState, now: datetime, /, **changes: Any) -> TaskState:
    """Return the state after `changes` (fields of TaskState); equal to `state` when nothing really changes.

    `completed_at` follows the status: set once on completion, gone when the task is opened again.
    """
    after = replace(state, **changes)
    if after.status is TaskStatus.OPEN:
        return replace(after, completed_at=None)
    return replace(after, completed_at=state.completed_at or now)


def completes(before: TaskState, after: TaskState) -> bool:
    """Tell whether this change is the one that gets the task done."""
    return before.status is TaskStatus.OPEN and after.status is TaskStatus.COMPLETED


def client_of_task(client_id: UUID | None, project_client_id: UUID | None) -> UUID | None:
    """Return whose work a task in such a project is: by default the project's client's.

    Raises Invalid when the project is another client's.
    """
    if client_id is None or project_client_id is None:
        return client_id or project_client_id
    if client_id != project_client_id:
        raise Invalid.field("project_id", "This project belongs to another client.", "project_of_another_client")
    return client_id
