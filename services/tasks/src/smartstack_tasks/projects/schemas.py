"""What the API of projects accepts and returns."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from smartstack_chassis.http.inputs import Input, VisibleText
from smartstack_chassis.http.pagination import Page
from smartstack_tasks.projects import domain

ProjectName = Annotated[str, Field(min_length=1, max_length=domain.MAX_PROJECT_NAME), VisibleText]


class NewProject(Input):
    """A project to create."""

    name: ProjectName
    client_id: UUID | None = None


class Project(BaseModel):
    """Work for a client, or for ourselves when `client_id` is null."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    client_id: UUID | None
    client_name: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class ProjectPage(Page[Project]):
    """Projects by name."""
