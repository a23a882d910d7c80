"""Reads. Row-level security limits each of them to the workspace of the transaction."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, instant, text
from smartstack_contracts.values import TaskStatus
from smartstack_tasks.models import Client, Project, Task

# Spelled as in the indexes, which hold exactly this expression.
_NEVER = sa.literal_column("'infinity'::timestamptz", sa.DateTime(timezone=True))
DUE = sa.func.coalesce(Task.due_at, _NEVER)
PROJECT_NAME = sa.func.lower(Project.name)

TASK_CLIENT_NAME = sa.select(Client.name).where(Client.id == Task.client_id).correlate(Task).scalar_subquery()
PROJECT_CLIENT_NAME = sa.select(Client.name).where(Client.id == Project.client_id).correlate(Project).scalar_subquery()


def with_client_name(row: sa.Row[Task, str | None]) -> Task:
    """Return the task of a (task, client name) row with the name in place."""
    task, name = row
    set_committed_value(task, "client_name", name)
    return task


async def get_task(transaction: Transaction, task_id: UUID) -> Task:
    """Return a task; raises NotFound when there is none, or it was deleted."""
    found = sa.select(Task, TASK_CLIENT_NAME).where(Task.id == task_id, Task.deleted_at.is_(None))
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
    query = sa.select(Task, TASK_CLIENT_NAME).where(Task.deleted_at.is_(None))
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


async def list_projects(
    transaction: Transaction, paging: PageRequest, *, client_id: UUID | None = None
) -> tuple[list[Project], str | None]:
    """Return a page of projects by name, and the next cursor."""
    query = sa.select(Project, PROJECT_CLIENT_NAME, PROJECT_NAME)
    if client_id is not None:
        query = query.where(Project.client_id == client_id)
    if after := paging.after(text, UUID):
        query = query.where(sa.tuple_(PROJECT_NAME, Project.id) > after)
    rows = await transaction.session.execute(query.order_by(PROJECT_NAME, Project.id).limit(paging.limit + 1))
    page, cursor = paging.page(rows.all(), lambda row: (row[2], row[0].id))
    return [_project(row[0], row[1]) for row in page], cursor


def _project(project: Project, client_name: str | None) -> Project:
    set_committed_value(project, "client_name", client_name)
    return project


async def find_client_name(transaction: Transaction, client_id: UUID) -> str | None:
    """Return the name of a client that this service has heard of, else None."""
    return await transaction.session.scalar(sa.select(Client.name).where(Client.id == client_id))


async def find_project(transaction: Transaction, project_id: UUID) -> Project | None:
    """Return a project, or None."""
    return await transaction.session.scalar(sa.select(Project).where(Project.id == project_id))
