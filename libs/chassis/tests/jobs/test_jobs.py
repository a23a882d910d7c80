"""Jobs: set with the command, run once when due, retried, parked, and seen by nobody else."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from smartstack_chassis.core.errors import Conflict, Unavailable
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_chassis.jobs import claims, operations
from smartstack_chassis.jobs.gauges import JobGauges
from smartstack_chassis.jobs.handlers import JobHandlers, Report
from smartstack_chassis.jobs.job import Job, cancel_job, move_job, set_job
from smartstack_chassis.jobs.runner import LONGEST_RETRY_SECONDS, JobRunner, retry_seconds
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import service_harness
from smartstack_contracts import new_id

from .conftest import Desk, far, write_note


async def test_a_due_job_runs_once_and_its_effect_commits_with_its_removal(desk: Desk) -> None:
    desk.handlers.on("note")(write_note)
    await desk.set("note")
    await asyncio.gather(*(desk.runner.drain() for _ in range(3)))
    assert (await desk.notes(), await desk.announced(), await desk.rows()) == (["one"], ["one"], [])


async def test_a_command_that_rolls_back_leaves_no_job(desk: Desk) -> None:
    with pytest.raises(Conflict):
        async with desk.harness.uow.begin(desk.harness.member(desk.workspace)) as transaction:
            await set_job(transaction, "note", "one")
            raise Conflict("no", "No.")
    assert await desk.rows() == []


async def test_a_job_waits_until_it_is_due_and_kinds_of_others_are_left_alone(desk: Desk) -> None:
    desk.handlers.on("note")(write_note)
    await desk.set("note", due_at=far())
    await desk.set("of_a_later_release")
    await desk.runner.drain()
    assert (await desk.notes(), len(await desk.rows())) == ([], 2)


async def test_setting_a_job_again_replaces_it(desk: Desk) -> None:
    await desk.set("note", due_at=far(), payload={"n": 1})
    await desk.set("note", payload={"n": 2})
    row = await desk.row()
    assert (row.payload, row.due_at < far()) == ({"n": 2}, True)


async def test_a_job_is_moved_and_cancelled_by_kind_and_subject(desk: Desk) -> None:
    desk.handlers.on("note")(write_note)
    await desk.set("note")
    async with desk.harness.uow.begin(desk.harness.member(desk.workspace)) as transaction:
        assert await move_job(transaction, "note", "one", far())
        assert not await move_job(transaction, "note", "two", far())
    await desk.runner.drain()
    assert await desk.notes() == []
    async with desk.harness.uow.begin(desk.harness.member(desk.workspace)) as transaction:
        assert await cancel_job(transaction, "note", "one")
        assert not await cancel_job(transaction, "note", "one")
    assert await desk.rows() == []


async def test_the_command_of_a_job_sees_its_own_workspace_alone_and_acts_for_whoever_set_it(desk: Desk) -> None:
    seen: list[Any] = []

    @desk.handlers.on("look")
    async def look(transaction: Transaction, _: Job) -> None:
        rows = await transaction.session.execute(text("SELECT workspace_id FROM jobs"))
        seen.append((transaction.workspace_id, transaction.actor.auth_id, [row.workspace_id for row in rows]))

    await Desk(desk.harness).set("look", due_at=far())
    member = desk.harness.member(desk.workspace)
    async with desk.harness.uow.begin(member) as transaction:
        await set_job(transaction, "look", "one")
        await set_job(transaction, "stays", "one", far())
    await desk.runner.drain()
    assert seen == [(desk.workspace, member.auth_id, [desk.workspace])]


async def test_the_same_subject_in_two_workspaces_is_two_jobs(desk: Desk) -> None:
    other = Desk(desk.harness)
    await desk.set("note", due_at=far())
    await other.set("note")
    assert (await desk.row()).due_at == far()
    assert (await other.row()).due_at < far()


async def test_a_failed_job_leaves_nothing_and_is_put_off_with_the_reason(desk: Desk) -> None:
    @desk.handlers.on("note")
    async def fail(transaction: Transaction, job: Job) -> None:
        await write_note(transaction, job)
        raise Unavailable("away", "The other side is away.")

    await desk.set("note")
    await desk.runner.drain()
    row = await desk.row()
    assert (row.attempts, row.parked_at, row.reason) == (1, None, "Unavailable: The other side is away.")
    assert (await desk.notes(), await desk.announced()) == ([], [])
    before = row.due_at
    await desk.runner.drain()
    assert (await desk.row()).due_at == before


async def test_a_job_is_parked_after_its_last_attempt(desk: Desk) -> None:
    desk.handlers.on("note", attempts=3)(failing(Unavailable("away", "Away.")))
    await desk.set("note")
    for attempt in (1, 2, 3):
        assert (await desk.row()).parked_at is None
        await desk.runner.drain()
        assert (await desk.row()).attempts == attempt
        await desk.make_due()
    assert (await desk.row()).parked_at is not None
    await desk.runner.drain()
    assert (await desk.row()).attempts == 3


async def test_an_error_that_trying_again_cannot_help_parks_the_job(desk: Desk) -> None:
    desk.handlers.on("note")(failing(Conflict("refused", "This can never be.")))
    await desk.set("note")
    await desk.runner.drain()
    row = await desk.row()
    assert (row.attempts, row.reason) == (1, "Conflict: This can never be.")
    assert row.parked_at is not None


def failing(error: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*_: object) -> None:
        raise error

    return fail


def test_retries_wait_longer_each_time_within_a_bound_and_never_the_same() -> None:
    waits = [retry_seconds(attempt) for attempt in range(1, 8)]
    assert all(later > 1.9 * earlier for earlier, later in pairwise(waits[:5]))
    assert retry_seconds(50) <= LONGEST_RETRY_SECONDS
    assert len({retry_seconds(3) for _ in range(20)}) > 1


async def test_a_parked_job_is_listed_retried_and_discarded(desk: Desk) -> None:
    uow, failed = desk.harness.uow, desk.handlers.on("note")(failing(Conflict("no", "No.")))
    assert failed
    first, second = await desk.set("note", "one"), await desk.set("note", "two")
    await desk.set("note", "waits", due_at=far())
    await desk.runner.drain()
    listed = await operations.list_jobs(uow)
    assert {(job.id, job.reason) for job in listed} == {(first, "Conflict: No."), (second, "Conflict: No.")}
    assert len(await operations.list_jobs(uow, parked=False, kind="note")) == 3
    assert await operations.list_jobs(uow, kind="other") == []
    assert await operations.discard_jobs(uow, [first]) == 1
    assert await operations.retry_jobs(uow, None) == 1
    desk.handlers.commands.clear()
    desk.handlers.on("note")(write_note)
    await desk.runner.drain()
    assert (await desk.notes(), [row.subject for row in await desk.rows()]) == (["two"], ["waits"])


async def test_work_of_a_leased_job_runs_outside_of_a_transaction_and_reports_how_far_it_is(desk: Desk) -> None:
    progress: list[Any] = []

    async def prepare(transaction: Transaction, job: Job, report: Report) -> Callable[[], Awaitable[str]]:
        assert transaction.workspace_id == desk.workspace

        async def work() -> str:
            await report(3, 10)
            progress.append(await desk.row())
            return f"result for {job.subject}"

        return work

    @desk.handlers.on("import", prepare=prepare, reported=True)
    async def finish(transaction: Transaction, job: Job, result: str) -> None:
        await write_note(transaction, replace(job, subject=result))

    await desk.set("import")
    await desk.runner.drain()
    assert (progress[0].progress, progress[0].leased_until is not None) == ({"done": 3, "total": 10}, True)
    row = await desk.row()
    assert (row.finished_at is not None, row.leased_until) == (True, None)
    assert await desk.notes() == ["result for one"]
    await desk.runner.drain()
    assert await desk.notes() == ["result for one"]
    await operations.delete_finished(desk.harness.uow)
    assert len(await desk.rows()) == 1


@pytest.mark.parametrize("meanwhile", ["replaced", "cancelled", "taken over"])
async def test_a_leased_job_that_changed_while_it_was_prepared_has_no_effect(desk: Desk, meanwhile: str) -> None:
    async def prepare(*_: object) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            async with desk.harness.uow.begin(desk.harness.member(desk.workspace)) as transaction:
                if meanwhile == "cancelled":
                    await cancel_job(transaction, "note", "one")
                elif meanwhile == "replaced":
                    await set_job(transaction, "note", "one", far())
                else:
                    await transaction.session.execute(text("UPDATE jobs SET attempts = attempts + 1"))

        return work

    desk.handlers.on("note", prepare=prepare)(write_note)
    await desk.set("note")
    await desk.runner.drain()
    assert await desk.notes() == []
    assert [row.due_at == far() for row in await desk.rows()] == {
        "replaced": [True],
        "cancelled": [],
        "taken over": [False],
    }[meanwhile]


async def test_a_job_that_never_comes_to_an_end_is_parked(desk: Desk) -> None:
    desk.handlers.on("note", prepare=failing(RuntimeError("unreached")), attempts=2)(write_note)  # type: ignore[arg-type]
    await desk.set("note")
    async with desk.harness.uow.system() as session:
        await session.execute(text("UPDATE jobs SET attempts = 2"))
    await desk.runner.drain()
    row = await desk.row()
    assert "never came to an end" in row.reason
    assert row.parked_at is not None


async def test_a_recurring_job_runs_and_is_due_again_a_period_later_whatever_happens(desk: Desk) -> None:
    ran: list[UnitOfWork] = []
    error: list[Exception] = []

    @desk.handlers.every("sweep", 3600)
    async def sweep(uow: UnitOfWork, _: Any) -> None:
        ran.append(uow)
        if error:
            raise error[0]

    async def look() -> Any:
        async with desk.harness.uow.system() as session:
            return (
                await session.execute(text("SELECT *, due_at - now() AS wait FROM jobs WHERE kind = 'sweep'"))
            ).one()

    await asyncio.gather(desk.runner.drain(), desk.runner.drain())
    assert len(ran) == 1
    row = await look()
    assert (row.attempts, row.workspace_id) == (0, None)
    assert 3500 < row.wait.total_seconds() <= 3600
    error.append(Conflict("no", "No."))
    for _ in range(10):
        async with desk.harness.uow.system() as session:
            await session.execute(text("UPDATE jobs SET due_at = now() WHERE kind = 'sweep'"))
        await desk.runner.drain()
    row = await look()
    assert (len(ran), row.attempts, row.parked_at, row.reason) == (11, 10, None, "Conflict: No.")


async def test_a_commit_wakes_the_runner_of_its_process(probe_service: Service, postgres_admin_url: str) -> None:
    jobs = JobHandlers()
    jobs.on("note")(write_note)
    async with service_harness(replace(probe_service, jobs=jobs), postgres_admin_url) as harness:
        slow = JobRunner(harness.uow, jobs, harness.runtime.settings, sweep_seconds=600)
        harness.runtime.jobs.stop()
        harness.uow.after_jobs = slow.nudge
        running = asyncio.create_task(slow.run())
        desk = Desk(harness)
        await desk.set("note")
        async with asyncio.timeout(20):
            while not await desk.notes():
                await asyncio.sleep(0.05)
        slow.stop()
        await asyncio.wait_for(running, 20)


async def test_jobs_are_counted_by_what_becomes_of_them(desk: Desk) -> None:
    gauges = JobGauges(desk.harness.uow, 1)
    before = await gauges.look()
    desk.handlers.on("bad")(failing(Conflict("no", "No.")))
    await desk.set("bad")
    await desk.runner.drain()
    await desk.set("late")
    await desk.make_due()
    await desk.set("later", due_at=far())
    after = await gauges.look()
    # The recurring jobs of the harness come and go meanwhile.
    assert after["due"] >= 1
    assert after["parked"] - before["parked"] == 1
    assert after["lag"] >= 1


async def test_what_a_job_runs_belongs_to_the_trace_in_which_it_was_set(desk: Desk, exporter: Any) -> None:
    from smartstack_chassis.telemetry.setup import tracer

    desk.handlers.on("note")(write_note)
    with tracer.start_as_current_span("click") as span:
        await desk.set("note")
    await desk.runner.drain()
    (ran,) = [each for each in exporter.get_finished_spans() if each.name == "run note"]
    assert ran.context.trace_id == span.get_span_context().trace_id
    published = [each for each in await desk.harness.published() if each.workspaceid == desk.workspace]
    assert f"{ran.context.trace_id:032x}" in (published[0].traceparent or "")


async def test_a_run_ends_without_effect_when_a_sibling_holds_the_job_that_replaced_its_own(desk: Desk) -> None:
    async def prepare(*_: object) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            await desk.set("note", payload={"n": 2})
            async with desk.harness.uow.system() as session:
                assert await claims.lease(session, ["note"], 60)

        return work

    desk.handlers.on("note", prepare=prepare)(write_note)
    await desk.set("note", payload={"n": 1})
    await desk.runner.drain()
    row = await desk.row()
    assert (await desk.notes(), row.payload, row.attempts) == ([], {"n": 2}, 1)


def test_two_jobs_of_one_kind_are_refused() -> None:
    jobs, other = JobHandlers(), JobHandlers()
    jobs.on("note")(write_note)
    other.every("note", 1)(failing(RuntimeError()))
    with pytest.raises(ValueError, match="two jobs are named note"):
        jobs.include(other)


async def test_a_payload_is_what_was_set(desk: Desk) -> None:
    seen: list[Any] = []

    @desk.handlers.on("look")
    async def look(_: Transaction, job: Job) -> None:
        seen.append(job.payload)

    payload = {"id": str(new_id()), "words": ["Grüße", None, 1]}
    await desk.set("look", payload=payload)
    await desk.runner.drain()
    assert json.loads(json.dumps(seen)) == [payload]
