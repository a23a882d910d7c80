"""`GET /jobs/{id}`: how far a job is that takes long. A service that has such jobs includes the router."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.http.dependencies import CurrentMember, Uow

router = APIRouter()

_READ = text(
    "SELECT id, kind, due_at, progress, CASE WHEN finished_at IS NOT NULL THEN 'finished' "
    "WHEN parked_at IS NOT NULL THEN 'failed' WHEN leased_until > now() THEN 'running' ELSE 'waiting' END AS state "
    "FROM jobs WHERE id = :id"
)


class JobProgress(BaseModel):
    """How much of a job is done."""

    done: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=0)]


class JobState(BaseModel):
    """A job and where it stands; it can be read for a day after its end."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    state: Literal["waiting", "running", "finished", "failed"]
    due_at: datetime
    progress: JobProgress | None


@router.get("/jobs/{job_id}", response_model=JobState, tags=["jobs"])
async def get_job(member: CurrentMember, uow: Uow, job_id: Annotated[UUID, Path()]) -> JobState:
    """Read where a job stands."""
    async with uow.begin(member) as transaction:
        row = (await transaction.session.execute(_READ, {"id": job_id})).one_or_none()
    if row is None:
        raise NotFound.of("job")
    return JobState.model_validate(row)
