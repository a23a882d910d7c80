"""Many at once: nothing is lost, nothing happens twice."""

import asyncio
from collections import Counter

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_tasks.testing import Studio


async def test_of_many_changes_to_one_version_a_single_one_wins(studio: Studio) -> None:
    task = await studio.create()
    answers = await asyncio.gather(*(studio.patch(task, title=f"Title {i}") for i in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await studio.get(task["id"])).json() == won
    assert await studio.announced_names() == ["task_created", "task_updated"]


async def test_people_who_read_and_try_again_lose_no_change(studio: Studio) -> None:
    task = await studio.create(description="")

    async def sign(name: str) -> None:
        while True:
            current = (await studio.get(task["id"])).json()
            answer = await studio.patch(current, description=f"{current['description']},{name}")
            if answer.status_code == 200:
                return
            assert answer.status_code == 412

    await asyncio.gather(*(sign(f"n{i}") for i in range(8)))
    final = (await studio.get(task["id"])).json()
    assert sorted(final["description"].strip(",").split(",")) == sorted(f"n{i}" for i in range(8))
    assert final["version"] == 9
    assert [event.sequence for event in await studio.announced()] == list(range(1, 10))


async def test_completing_from_many_places_completes_once(studio: Studio) -> None:
    task = await studio.create()
    answers = await asyncio.gather(*(studio.send("POST", f"/tasks/{task['id']}/complete") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert await studio.announced_names() == ["task_created", "task_completed"]


async def test_a_change_and_a_deletion_of_one_version_do_not_both_happen(studio: Studio) -> None:
    for _ in range(5):
        task = await studio.create()
        changed, deleted = await asyncio.gather(
            studio.patch(task, title="New"), studio.send("DELETE", f"/tasks/{task['id']}", If_Match='"1"')
        )
        assert (changed.status_code, deleted.status_code) in {(200, 412), (404, 204), (412, 204)}


async def test_one_key_from_many_places_creates_once(studio: Studio) -> None:
    answers = await asyncio.gather(
        *(studio.send("POST", "/tasks", {"title": "x"}, Idempotency_Key="one") for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(await studio.listed()) == 1


async def test_an_acceptance_heard_from_many_places_makes_one_task(tasks: ServiceHarness, studio: Studio) -> None:
    accepted = studio.suggestion_accepted()
    await asyncio.gather(*(tasks.deliver(accepted) for _ in range(10)))
    assert len(await studio.listed()) == 1
    assert await studio.announced_names() == ["task_created"]
