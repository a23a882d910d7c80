"""Where a fact about projects and tasks becomes public."""

from typing import Any

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.tasks import ProjectCreated, TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated
from smartstack_tasks.models import Project, Task


def project_created(transaction: Transaction, project: Project) -> None:
    """Announce a new project."""
    data = ProjectCreated(project_id=project.id, project_name=project.name, client_id=project.client_id)
    transaction.emit(data, subject=project.id, sequence=project.version)


def task_created(transaction: Transaction, task: Task) -> None:
    """Announce a new task."""
    transaction.emit(TaskCreated(**_state(task)), subject=task.id, sequence=task.version)


def task_updated(transaction: Transaction, task: Task) -> None:
    """Announce the state of a task that changed."""
    transaction.emit(TaskUpdated(**_state(task)), subject=task.id, sequence=task.version)


def task_completed(transaction: Transaction, task: Task) -> None:
    """Announce a task that was done."""
    transaction.emit(TaskCompleted(**_state(task)), subject=task.id, sequence=task.version)


def task_deleted(transaction: Transaction, task: Task) -> None:
    """Announce that a task is gone."""
    data = TaskDeleted(task_id=task.id, client_id=task.client_id, source=task.source)
    transaction.emit(data, subject=task.id, sequence=task.version)


def _state(task: Task) -> dict[str, Any]:
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
