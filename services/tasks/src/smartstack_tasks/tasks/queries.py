"""Reads tasks. Row-level security limits each read to the workspace of the transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.database.statements import Row, Sql, Value, columns_of, statement
from smartstack_chassis.database.transactions import Reader
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, instant
from smartstack_contracts.values import TaskStatus
from smartstack_tasks.clients.queries import client_name_of
from smartstack_tasks.labels.queries import carries_all, labels_of
from smartstack_tasks.tasks import schemas
from smartstack_tasks.tasks.models import Task, source_of

# Spelled as in the indexes, which hold exactly this expression.
_NEVER = sa.literal_column("'infinity'::timestamptz", sa.DateTime(timezone=True))
DUE = sa.func.coalesce(Task.due_at, _NEVER)
CLIENT_NAME = client_name_of(Task.client_id)
LABELS = labels_of(Task.id)
_SOURCE = (Task.source_suggestion_id, Task.source_conversation_id, Task.source_message_id)
_COLUMNS = [*columns_of(Task, schemas.Task, client_name=CLIENT_NAME, labels=LABELS), *_SOURCE]


def with_client_and_labels(row: sa.Row[Task, str | None, list[dict[str, str]]]) -> Task:
    """Return the task of a (task, client name, labels) row with name and labels in place."""
    task, name, labels = row
    set_committed_value(task, "client_name", name)
    set_committed_value(task, "labels", labels)
    return task


async def get_task(transaction: Transaction, task_id: UUID) -> Task:
    """Return a task; raises NotFound when there is none, or it was deleted."""
    found = sa.select(Task, CLIENT_NAME, LABELS).where(Task.id == task_id, Task.deleted_at.is_(None))
    row = (await transaction.session.execute(found)).one_or_none()
    if row is None:
        raise NotFound.of("task")
    return with_client_and_labels(row)


async def read_task(reader: Reader, task_id: UUID) -> schemas.Task:
    """Return a task as the API shows it; raises NotFound when there is none, or it was deleted."""
    row = await reader.first(_task, task_id=task_id)
    if row is None:
        raise NotFound.of("task")
    return _shown(row)


@statement
def _task(*, task_id: Value) -> Sql:
    return sa.select(*_COLUMNS).where(Task.id == task_id, Task.deleted_at.is_(None))


async def list_tasks(
    reader: Reader,
    paging: PageRequest,
    *,
    status: TaskStatus | None = None,
    client_id: UUID | None = None,
    project_id: UUID | None = None,
    due_before: datetime | None = None,
    label_ids: Sequence[UUID] = (),
) -> tuple[list[schemas.Task], str | None]:
    """Return a page of tasks, those that carry all of `label_ids`, and the next cursor.

    Due first, those without a due date last, newest first among equals.
    """
    due, task_id = paging.after(_due, UUID) or (None, None)
    rows = await reader.fetch(
        _tasks,
        limit=paging.limit + 1,
        status=status,
        client_id=client_id,
        project_id=project_id,
        due_before=due_before,
        label_ids=list(set(label_ids)) or None,
        after_due=due,
        after_id=task_id,
    )
    page, cursor = paging.page(rows, lambda row: (row["due_at"] or "", row["id"]))
    return [_shown(row) for row in page], cursor


@statement
def _tasks(
    *,
    limit: Value,
    status: Value | None,
    client_id: Value | None,
    project_id: Value | None,
    due_before: Value | None,
    label_ids: Value | None,
    after_due: Value | None,
    after_id: Value | None,
) -> Sql:
    query = sa.select(*_COLUMNS).where(Task.deleted_at.is_(None))
    for column, value in ((Task.status, status), (Task.client_id, client_id), (Task.project_id, project_id)):
        if value is not None:
            query = query.where(column == value)
    if due_before is not None:
        query = query.where(due_before > DUE)
    if label_ids is not None:
        query = query.where(carries_all(Task.id, label_ids))
    if after_id is not None:
        due = _NEVER if after_due is None else after_due
        query = query.where(due <= DUE, sa.or_(due < DUE, Task.id < after_id))
    return query.order_by(DUE, Task.id.desc()).limit(limit)


def _shown(row: Row) -> schemas.Task:
    source = source_of(*(row[column.key] for column in _SOURCE))
    return schemas.Task.model_validate(row | {"source": source})


def _due(value: str) -> object:
    """Read the due date in a cursor; empty stands for none."""
    return instant(value) if value else None
