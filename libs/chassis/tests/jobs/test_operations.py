"""What people see of jobs: the progress of one over HTTP, and the operator's commands."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from smartstack_chassis.core.errors import Conflict
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http import jobs
from smartstack_chassis.jobs.job import Job
from smartstack_chassis.process.job_commands import add_verbs, run_jobs
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import ServiceHarness, service_harness
from smartstack_contracts import new_id

from .conftest import Desk, far


@pytest.fixture
async def serving(probe_service: Service, postgres_admin_url: str) -> AsyncIterator[Desk]:
    """A service that includes the router."""
    service = replace(probe_service, routers=[*probe_service.routers, jobs.router])
    async with service_harness(service, postgres_admin_url) as harness:
        yield Desk(harness)


async def read(harness: ServiceHarness, workspace: UUID, job: UUID) -> tuple[int, dict[str, object]]:
    headers = harness.headers(harness.member(workspace))
    answer = await harness.http.get(f"/api/v1/jobs/{job}", headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("change", "state", "progress"),
    [
        ("due_at = due_at", "waiting", None),
        ("leased_until = now() + interval '1 hour', progress = '{\"done\": 3, \"total\": 10}'", "running", 3),
        ("leased_until = now() - interval '1 hour'", "waiting", None),
        ("parked_at = now(), reason = 'a secret of ours'", "failed", None),
        ("finished_at = now()", "finished", None),
    ],
)
async def test_a_job_can_be_followed_until_its_end(
    serving: Desk, change: str, state: str, progress: int | None
) -> None:
    job = await serving.set("import", due_at=far())
    async with serving.harness.uow.system() as session:
        await session.execute(text(f"UPDATE jobs SET {change} WHERE id = :id"), {"id": job})
    status, told = await read(serving.harness, serving.workspace, job)
    assert (status, told["state"], told["kind"]) == (200, state, "import")
    assert told["progress"] == (None if progress is None else {"done": progress, "total": 10})
    assert "secret" not in json.dumps(told)


async def test_a_job_of_another_workspace_is_an_unknown_one(serving: Desk) -> None:
    job = await serving.set("import", due_at=far())
    assert (await read(serving.harness, new_id(), job))[0] == 404
    assert (await read(serving.harness, serving.workspace, new_id()))[0] == 404


async def operate(desk: Desk, *words: str) -> int:
    parser = argparse.ArgumentParser()
    add_verbs(parser)
    runtime = desk.harness.runtime
    return await asyncio.to_thread(run_jobs, runtime.service, runtime.settings, parser.parse_args(words))


async def parked(desk: Desk, subjects: Sequence[str]) -> dict[str, UUID]:
    @desk.handlers.on("refuse")
    async def refuse(_: Transaction, __: Job) -> None:
        raise Conflict("no", "This can never be.")

    made = {subject: await desk.set("refuse", subject) for subject in subjects}
    await desk.runner.drain()
    return made


async def test_an_operator_lists_retries_and_discards_parked_jobs(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await parked(desk, ["a", "b", "c"])
    await desk.set("refuse", "d", due_at=far())
    assert await operate(desk, "ls", "--json") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["id"] for each in listed} == {str(each) for each in made.values()}
    assert {(each["service"], each["reason"]) for each in listed} == {("tasks", "Conflict: This can never be.")}
    assert await operate(desk, "retry", str(made["a"])) == 0
    assert await operate(desk, "discard", str(made["b"])) == 0
    assert await operate(desk, "discard", str(made["b"])) == 1
    capsys.readouterr()
    assert await operate(desk, "ls", "--waiting", "--kind", "refuse") == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[3] for line in lines) == ["due", "due", "parked"]
    assert await operate(desk, "retry", "--all") == 0
    assert all(row.parked_at is None for row in await desk.rows())


@pytest.mark.parametrize("words", [["retry"], ["discard", "--all", str(new_id())], ["retry", "x"], []])
def test_a_command_that_does_not_say_which_jobs_is_refused(words: list[str]) -> None:
    parser = argparse.ArgumentParser()
    add_verbs(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(words)
