"""Reads tasks. Row-level security limits each read to the workspace of the transaction."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, instant
from smartstack_contracts.values import TaskStatus
from smartstack_tasks.clients.queries import client_name_of
from smartstack_tasks.tasks.models import Task

# Spelled as in the indexes, which hold exactly this expression.
_NEVER = sa.literal_column("'infinity'::timestamptz", sa.DateTime(timezone=True))
DUE = sa.func.coalesce(Task.due_at, _NEVER)
CLIENT_NAME = client_name_of(Task.client_id)


def with_client_name(row: sa.Row[Task, str | None]) -> Task:
    """Return the task of a (task, client name) row with the name in place."""
    task, name = row
    set_committed_value(task, "client_name", name)
    return task


async def get_task(transaction: Transaction, task_id: UUID) -> Task:
    """Return a task; raises NotFound when there is none, or it was deleted."""
    found = sa.select(Task, CLIENT_NAME).where(Task.id == task_id, Task.deleted_at.is_(None))
    row = (await transaction.session.execute(found)).one_or_none()
    if row is None:
        raise NotFound.of("task")
    return with_client_name(row)


async def list_tasks(
    transaction: Transaction,
    paging: PageRequest,
    *,
    status: TaskStatus | None = None,
    client_id: UUID | None = None,
    project_id: UUID | None = None,
    due_before: datetime | None = None,
) -> tuple[list[Task], str | None]:
    """Return a page of tasks and the next cursor.

    Due first, those without a due date last, newest first among equals.
    """
    query = sa.select(Task, CLIENT_NAME).where(Task.deleted_at.is_(None))
    for column, value in ((Task.status, status), (Task.client_id, client_id), (Task.project_id, project_id)):
        if value is not None:
            query = query.where(column == value)
    if due_before is not None:
        query = query.where(due_before > DUE)
    if after := paging.after(_due, UUID):
        due, task_id = _NEVER if after[0] is None else after[0], after[1]
        query = query.where(due <= DUE, sa.or_(due < DUE, Task.id < task_id))
    rows = await transaction.session.execute(query.order_by(DUE, Task.id.desc()).limit(paging.limit + 1))
    return paging.page([with_client_name(row) for row in rows], lambda task: (task.due_at or "", task.id))


def _due(value: str) -> object:
    """Read the due date in a cursor; empty stands for none."""
    return instant(value) if value else None
