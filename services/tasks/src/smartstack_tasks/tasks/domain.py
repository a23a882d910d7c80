"""The rules about tasks: no I/O, no clock of their own."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from smartstack_chassis.core.errors import Invalid
from smartstack_contracts.values import Priority, TaskStatus

MAX_TITLE = 500
MAX_DESCRIPTION = 20_000


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
    """Return whether this change completes the task."""
    return before.status is TaskStatus.OPEN and after.status is TaskStatus.COMPLETED


def check_client(client_id: UUID | None, project_client_id: UUID | None) -> None:
    """Raise Invalid unless a task in a client's project belongs to that client."""
    if project_client_id not in (None, client_id):
        raise Invalid.field(
            "client_id", "Leave it out, or name the client whose project this is.", "project_of_another_client"
        )
