"""Where a fact about tasks becomes public."""

from typing import Any

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.tasks import TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated
from smartstack_tasks.tasks.models import Task


def task_created(transaction: Transaction, task: Task) -> None:
    """Announce a new task."""
    transaction.emit(TaskCreated(**_task_fields(task)), subject=task.id, sequence=task.version)


def task_updated(transaction: Transaction, task: Task) -> None:
    """Announce the state of a task that changed."""
    transaction.emit(TaskUpdated(**_task_fields(task)), subject=task.id, sequence=task.version)


def task_completed(transaction: Transaction, task: Task) -> None:
    """Announce a task that was done."""
    transaction.emit(TaskCompleted(**_task_fields(task)), subject=task.id, sequence=task.version)


def task_deleted(transaction: Transaction, task: Task) -> None:
    """Announce that a task is gone."""
    data = TaskDeleted(task_id=task.id, client_id=task.client_id, source=task.source)
    transaction.emit(data, subject=task.id, sequence=task.version)


def _task_fields(task: Task) -> dict[str, Any]:
    return {
        "task_id": task.id,
        "title": task.title,
        "status": task.status,
        "priority": task.priority,
        "due_at": task.due_at,
        "client_id": task.client_id,
        "project_id": task.project_id,
        "source": task.source,
        "completed_at": task.completed_at,
    }
