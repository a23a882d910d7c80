"""The use cases of tasks: one function each, and no other code writes tasks."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import PreconditionFailed
from smartstack_chassis.database.statements import Sql, Value, statement
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import known, new_id
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_contracts.values import Priority, TaskStatus
from smartstack_tasks.clients.queries import client_name_by_id, require_client_name
from smartstack_tasks.labels.commands import set_labels
from smartstack_tasks.projects.queries import client_of_project
from smartstack_tasks.tasks import domain, events, queries
from smartstack_tasks.tasks.models import Task
from smartstack_tasks.tasks.schemas import NewTask, TaskChanges


async def create_task(transaction: Transaction, new: NewTask) -> Task:
    """Create a task.

    Raises Invalid when client, project or a label is unknown, or when client and project do not belong together.
    """
    await require_client_name(transaction, new.client_id)
    of_project = await client_of_project(transaction, new.project_id)
    client_id = new.client_id or of_project
    domain.check_client(client_id, of_project)
    values = new.model_dump(exclude={"label_ids"}) | {"client_id": client_id}
    task = await _insert_task(transaction, new_id(), **values)
    if task is None:
        raise AssertionError("a new id was taken")
    if new.label_ids:
        await set_labels(transaction, task.id, set(new.label_ids))
        task = await queries.get_task(transaction, task.id)
    events.task_created(transaction, task)
    return task


async def create_suggested_task(transaction: Transaction, accepted: SuggestionAccepted) -> None:
    """Create the task that a person accepted, under the id chosen then; does nothing when it exists or existed."""
    task = await _insert_task(
        transaction,
        accepted.task_id,
        title=accepted.title,
        description="",
        priority=known(accepted.priority, Priority.NORMAL),
        due_at=accepted.due_at,
        client_id=accepted.client_id,
        project_id=None,
        source_suggestion_id=accepted.suggestion_id,
        source_conversation_id=accepted.conversation_id,
        source_message_id=accepted.message_id,
    )
    if task is not None:
        events.task_created(transaction, task)


async def update_task(transaction: Transaction, task_id: UUID, expected: int, changes: TaskChanges) -> Task:
    """Change a task that is at version `expected`; the same values again change nothing and keep the version.

    Raises NotFound, PreconditionFailed when it is at another version, Invalid when client and project do not fit
    or a label does not exist.
    """
    task = await queries.get_task(transaction, task_id)
    _require_version(task, expected)
    values = changes.as_dict()
    label_ids = set(values.pop("label_ids", _label_ids(task)))
    before = task.state
    after = domain.change(before, datetime.now(UTC), **await _with_client(transaction, task, values))
    if after == before and label_ids == _label_ids(task):
        return task
    if label_ids != _label_ids(task):
        await set_labels(transaction, task_id, label_ids)
    updated = await _update_task(transaction, task_id, expected, **asdict(after))
    announce = events.task_completed if domain.completes(before, after) else events.task_updated
    announce(transaction, updated)
    return updated


async def complete_task(transaction: Transaction, task_id: UUID) -> Task:
    """Complete a task, whatever its version; a completed one stays as it is. Raises NotFound."""
    now = datetime.now(UTC)
    task = await _write_task(
        transaction,
        [Task.id == task_id, Task.deleted_at.is_(None), Task.status == TaskStatus.OPEN],
        status=TaskStatus.COMPLETED,
        completed_at=now,
        updated_at=now,
    )
    if task is None:
        return await queries.get_task(transaction, task_id)
    events.task_completed(transaction, task)
    return task


async def delete_task(transaction: Transaction, task_id: UUID, expected: int) -> None:
    """Delete a task that is at version `expected`. Raises NotFound, or PreconditionFailed when it is at another."""
    task = await queries.get_task(transaction, task_id)
    _require_version(task, expected)
    events.task_deleted(transaction, await _update_task(transaction, task_id, expected, deleted_at=datetime.now(UTC)))


async def restore_task(transaction: Transaction, task_id: UUID) -> Task:
    """Undo a deletion, which is announced as a change; a task that is there stays as it is. Raises NotFound."""
    deleted = [Task.id == task_id, Task.deleted_at.is_not(None)]
    task = await _write_task(transaction, deleted, deleted_at=None, updated_at=datetime.now(UTC))
    if task is None:
        return await queries.get_task(transaction, task_id)
    events.task_updated(transaction, task)
    return task


async def _with_client(transaction: Transaction, task: Task, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes with the client that the task will have: the one named, else its project's, else as it was.

    Asks the database only about what changes.
    """
    moved = {name: changes[name] for name in ("client_id", "project_id") if name in changes}
    if all(value == getattr(task, name) for name, value in moved.items()):
        return changes
    of_project = await client_of_project(transaction, changes.get("project_id", task.project_id))
    client_id = changes.get("client_id", of_project or task.client_id)
    if client_id not in (task.client_id, of_project):
        await require_client_name(transaction, client_id)
    domain.check_client(client_id, of_project)
    return changes | {"client_id": client_id}


def _label_ids(task: Task) -> set[UUID]:
    return {UUID(label["id"]) for label in task.labels}


def _require_version(task: Task, expected: int) -> None:
    if task.version != expected:
        raise PreconditionFailed.stale(task.version)


async def _insert_task(transaction: Transaction, task_id: UUID, **values: Any) -> Task | None:
    """Insert an open task; returns None when the id is taken."""
    now = datetime.now(UTC)
    task = Task(
        id=task_id,
        workspace_id=transaction.workspace_id,
        status=TaskStatus.OPEN,
        version=1,
        created_at=now,
        updated_at=now,
        **values,
    )
    inserted = await transaction.first(_insert, **{name: getattr(task, name) for name in _INSERTED})
    if inserted is None:
        return None
    set_committed_value(task, "client_name", inserted["client_name"])
    set_committed_value(task, "labels", [])
    return task


_INSERTED = [column.name for column in Task.__table__.columns]


@statement
def _insert(*, client_id: Value | None, **values: Value | None) -> Sql:
    columns = values | {"client_id": client_id}
    row = insert(Task).values({name: value for name, value in columns.items() if value is not None})
    # Only the client that is inserted can be named here: SQLAlchemy does not correlate a subquery with an INSERT.
    name = sa.null() if client_id is None else client_name_by_id(client_id)
    return row.on_conflict_do_nothing(index_elements=[Task.id]).returning(name.label("client_name"))


async def _update_task(transaction: Transaction, task_id: UUID, expected: int, **values: Any) -> Task:
    """Write a task that was just read at version `expected`; the version guards against whoever wrote since."""
    task = await _write_task(
        transaction, [Task.id == task_id, Task.version == expected], updated_at=datetime.now(UTC), **values
    )
    if task is None:
        raise PreconditionFailed.stale((await queries.get_task(transaction, task_id)).version)
    return task


async def _write_task(transaction: Transaction, where: list[sa.ColumnElement[bool]], **values: Any) -> Task | None:
    written = (
        sa.update(Task)
        .where(*where)
        .values(version=Task.version + 1, **values)
        .returning(Task, queries.CLIENT_NAME, queries.LABELS)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    found = (await transaction.session.execute(written)).one_or_none()
    return None if found is None else queries.with_client_and_labels(found)
