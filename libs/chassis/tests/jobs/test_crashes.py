"""A process dies at every boundary of a job: the effect happens once all the same."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import pytest

from smartstack_chassis.core import failpoints
from smartstack_chassis.core.failpoints import JOBS, LEASED_JOBS, Crash

from .conftest import Desk, write_note

dying: ContextVar[bool] = ContextVar("dying", default=False)


async def prepare(*_: object) -> Callable[[], Awaitable[str]]:
    async def work() -> str:
        return "prepared"

    return work


async def die(desk: Desk, point: str, times: int) -> bool:
    """Run what is due in a process that dies when it reaches the point for so many times; tell whether it died."""
    left = [times]

    def crash(name: str) -> None:
        # The relay and the runner of the harness pass such points too.
        if name == point and dying.get():
            left[0] -= 1
            if left[0] == 0:
                raise Crash

    token = dying.set(True)
    try:
        with failpoints.armed(crash):
            await desk.runner.drain()
    except Crash:
        return True
    finally:
        dying.reset(token)
    return False


@pytest.mark.parametrize("point", JOBS)
async def test_a_short_job_whose_process_dies_is_run_by_a_sibling_with_one_effect(desk: Desk, point: str) -> None:
    desk.handlers.on("note")(write_note)
    await desk.set("note")
    assert await die(desk, point, 1)
    await desk.runner.drain()
    assert (await desk.notes(), await desk.announced(), await desk.rows()) == (["one"], ["one"], [])


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("point", LEASED_JOBS)
async def test_a_leased_job_whose_process_dies_is_run_once_its_lease_is_over(
    desk: Desk, point: str, times: int
) -> None:
    """The second time is the commit of the command; the first is that of what `prepare` read."""
    desk.handlers.on("note", prepare=prepare)(write_note)
    await desk.set("note")
    died = await die(desk, point, times)
    assert died == (times == 1 or point in ("before_commit", "after_commit"))
    done = await desk.notes()
    await desk.runner.drain()
    assert await desk.notes() == done, "a lease holds although its process is gone"
    await desk.make_due()
    await desk.runner.drain()
    assert (await desk.notes(), await desk.announced(), await desk.rows()) == (["one"], ["one"], [])


@pytest.mark.parametrize("point", ["after_job_claim", "after_job"])
async def test_a_recurring_job_whose_process_dies_comes_back(desk: Desk, point: str) -> None:
    from sqlalchemy import text

    ran: list[int] = []

    @desk.handlers.every("sweep", 3600)
    async def sweep(*_: object) -> None:
        ran.append(1)

    assert await die(desk, point, 1)
    before = len(ran)
    async with desk.harness.uow.system() as session:
        await session.execute(text("UPDATE jobs SET leased_until = now() - interval '1 second' WHERE kind = 'sweep'"))
    await desk.runner.drain()
    assert len(ran) == before + 1
