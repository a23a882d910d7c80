"""A service whose jobs a test runs by hand: the process's own runner does not know their kinds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.jobs.handlers import JobHandlers
from smartstack_chassis.jobs.job import Job, set_job
from smartstack_chassis.jobs.runner import JobRunner
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import ServiceHarness, service_harness
from smartstack_contracts import new_id
from smartstack_contracts.events.tasks import ProjectCreated


@dataclass
class Desk:
    """Sets jobs in one workspace, runs them, and looks at what became of them."""

    harness: ServiceHarness
    handlers: JobHandlers = field(default_factory=JobHandlers)
    workspace: UUID = field(default_factory=new_id)

    @property
    def runner(self) -> JobRunner:
        """A runner as a new process would have it."""
        return JobRunner(self.harness.uow, self.handlers, self.harness.runtime.settings)

    async def set(self, kind: str, subject: str = "one", **options: Any) -> UUID:
        async with self.harness.uow.begin(self.harness.member(self.workspace)) as transaction:
            return await set_job(transaction, kind, subject, **options)

    async def rows(self) -> list[Any]:
        async with self.harness.uow.begin(self.harness.member(self.workspace)) as transaction:
            return list((await transaction.session.execute(text("SELECT * FROM jobs ORDER BY kind, subject"))).all())

    async def row(self) -> Any:
        (row,) = await self.rows()
        return row

    async def make_due(self) -> None:
        """Let time pass: what is put off is due, and leases have expired."""
        async with self.harness.uow.system() as session:
            await session.execute(
                text(
                    "UPDATE jobs SET due_at = now() - interval '1 second', "
                    "leased_until = least(leased_until, now() - interval '1 second') WHERE workspace_id = :id"
                ),
                {"id": self.workspace},
            )

    async def notes(self) -> list[str]:
        async with self.harness.uow.begin(self.harness.member(self.workspace)) as transaction:
            return list((await transaction.session.execute(text("SELECT title FROM notes ORDER BY title"))).scalars())

    async def announced(self) -> list[str]:
        published = await self.harness.published()
        return [str(each.data.project_name) for each in published if each.workspaceid == self.workspace]  # type: ignore[attr-defined]


async def write_note(transaction: Transaction, job: Job, *_: object) -> None:
    """The effect of a job: a row and an event."""
    note = new_id()
    await transaction.session.execute(
        text("INSERT INTO notes (id, workspace_id, title) VALUES (:id, :workspace, :title)"),
        {"id": note, "workspace": transaction.workspace_id, "title": job.subject},
    )
    transaction.emit(
        ProjectCreated(project_id=note, project_name=job.subject, client_id=None), subject=note, sequence=1
    )


@pytest.fixture
async def harness(probe_service: Service, postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    async with service_harness(probe_service, postgres_admin_url) as running:
        yield running


@pytest.fixture
def desk(harness: ServiceHarness) -> Desk:
    return Desk(harness)


def far() -> datetime:
    return datetime(2099, 1, 1, tzinfo=UTC)
