"""Reads projects. Row-level security limits each read to the workspace of the transaction."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import Invalid
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, text
from smartstack_tasks.clients.queries import client_name_of
from smartstack_tasks.projects.models import Project

# Spelled as in the index, which holds exactly this expression.
PROJECT_NAME = sa.func.lower(Project.name)
CLIENT_NAME = client_name_of(Project.client_id)


async def list_projects(
    transaction: Transaction, paging: PageRequest, *, client_id: UUID | None = None
) -> tuple[list[Project], str | None]:
    """Return a page of projects by name, and the next cursor."""
    query = sa.select(Project, CLIENT_NAME, PROJECT_NAME)
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


async def client_of_project(transaction: Transaction, project_id: UUID | None) -> UUID | None:
    """Return the client of a project, or None when it has none or no project is given. Raises Invalid without one."""
    if project_id is None:
        return None
    project = await transaction.session.scalar(sa.select(Project).where(Project.id == project_id))
    if project is None:
        raise Invalid.field("project_id", "There is no such project in this workspace.", "unknown_project")
    return project.client_id
