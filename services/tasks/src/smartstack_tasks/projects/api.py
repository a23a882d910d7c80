"""HTTP -> command or query about projects. Each reply leaves after its transaction has committed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.pagination import Paging
from smartstack_tasks.projects import commands, queries
from smartstack_tasks.projects.schemas import NewProject, Project, ProjectPage

router = APIRouter()

OfClient = Annotated[UUID | None, Query(description="Only projects of this client.")]


@router.post("/projects", response_model=Project, status_code=201, tags=["projects"])
async def create_project(member: CurrentMember, idempotent: OncePerKey, body: NewProject) -> Response:
    """Create a project."""
    return await idempotent.run(member, commands.create_project, body, respond=Project)


@router.get("/projects", response_model=ProjectPage, tags=["projects"])
async def list_projects(member: CurrentMember, uow: Uow, paging: Paging, client_id: OfClient = None) -> Response:
    """List projects by name."""
    async with uow.begin(member) as transaction:
        projects, cursor = await queries.list_projects(transaction, paging, client_id=client_id)
    return reply(ProjectPage(items=[Project.model_validate(item) for item in projects], next_cursor=cursor))
