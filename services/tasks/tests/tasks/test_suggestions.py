"""What others announce: delivered twice and in any order, the effect is that of once and in order."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from smartstack_chassis.events.handlers import PermanentEventError
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts import encode, new_id
from smartstack_contracts.values import Priority
from smartstack_tasks.main import handlers
from smartstack_tasks.testing import Studio


async def test_an_accepted_suggestion_becomes_the_task_it_named(studio: Studio) -> None:
    accepted = studio.suggestion_accepted(
        title="Send the wireframes", due_at=datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC), priority=Priority.HIGH
    )
    await studio.hears(accepted)
    task = (await studio.get(accepted.data.task_id)).json()
    assert (task["title"], task["due_at"], task["priority"]) == ("Send the wireframes", "2026-11-26T23:59:59Z", "high")
    assert task["source"] == {
        "suggestion_id": str(accepted.data.suggestion_id),
        "conversation_id": str(accepted.data.conversation_id),
        "message_id": str(accepted.data.message_id),
    }
    [created] = await studio.announced()
    assert created.data.source.model_dump(mode="json") == task["source"]
    assert (created.causationid, created.correlationid) == (accepted.id, accepted.correlationid)
    assert created.authid == accepted.authid


async def test_the_task_gets_its_clients_name_even_when_that_is_heard_later(studio: Studio) -> None:
    accepted = studio.suggestion_accepted()
    await studio.hears(accepted)
    assert (await studio.get(accepted.data.task_id)).json()["client_name"] is None
    await studio.hears(studio.client_created(accepted.data.client_id, "Acme"))
    assert (await studio.get(accepted.data.task_id)).json()["client_name"] == "Acme"


async def test_the_same_acceptance_in_another_message_makes_no_second_task(studio: Studio) -> None:
    accepted = studio.suggestion_accepted()
    await studio.hears(accepted)
    await studio.hears(event(accepted.data, studio.member.workspace_id, subject=accepted.subject))
    assert len(await studio.listed()) == 1
    assert await studio.announced_names() == ["task_created"]


async def test_an_acceptance_told_again_revives_no_deleted_task_and_undoes_no_change(studio: Studio) -> None:
    kept, deleted = studio.suggestion_accepted(), studio.suggestion_accepted()
    for accepted in (kept, deleted):
        await studio.hears(accepted)
    task = (await studio.get(kept.data.task_id)).json()
    changed = (await studio.patch(task, title="Edited")).json()
    await studio.send("DELETE", f"/tasks/{deleted.data.task_id}", If_Match='"1"')
    for accepted in (kept, deleted):
        await studio.hears(event(accepted.data, studio.member.workspace_id))
    assert await studio.listed() == [changed]


@pytest.mark.parametrize("seed", range(5))
async def test_the_newest_name_of_a_client_stays_however_the_news_arrive(studio: Studio, seed: int) -> None:
    clients = {new_id(): f"Client {i}" for i in range(3)}
    news = [studio.client_created(client_id, name) for client_id, name in clients.items()]
    news += [
        studio.client_updated(client_id, f"{name} v{sequence}", sequence)
        for client_id, name in clients.items()
        for sequence in range(2, 6)
    ]
    shuffled = news * 2
    Random(seed).shuffle(shuffled)  # noqa: S311 - the seed makes the order repeatable
    for envelope in shuffled:
        await studio.tasks.deliver(envelope, times=1)
    shown = {(await studio.create(client_id=str(client_id)))["client_name"] for client_id in clients}
    assert shown == {f"Client {i} v5" for i in range(3)}


@pytest.mark.parametrize("seed", range(3))
async def test_everything_doubled_and_shuffled_ends_as_in_order(studio: Studio, stranger: Studio, seed: int) -> None:
    clients = [new_id() for _ in range(2)]
    ids = [new_id() for _ in range(4)]

    def story(teller: Any) -> list[Any]:
        return [
            *(teller.client_created(client_id, f"Client {i}") for i, client_id in enumerate(clients)),
            *(teller.client_updated(client_id, f"Client {i} Ltd", 2) for i, client_id in enumerate(clients)),
            *(
                teller.suggestion_accepted(title=f"Task {i}", task_id=task_id, client_id=clients[i % 2])
                for i, task_id in enumerate(ids)
            ),
        ]

    doubled = story(studio) * 2
    Random(seed).shuffle(doubled)  # noqa: S311 - the seed makes the order repeatable
    for envelope in doubled:
        await studio.tasks.deliver(envelope, times=1)
    # In order and once, told to another workspace under other ids.
    clients, ids = [new_id() for _ in range(2)], [new_id() for _ in range(4)]
    for envelope in story(stranger):
        await stranger.tasks.deliver(envelope, times=1)

    def essence(items: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return sorted((item["title"], item["client_name"], item["version"], item["status"]) for item in items)

    assert essence(await studio.listed()) == essence(await stranger.listed())
    assert sorted(await studio.announced_names()) == sorted(await stranger.announced_names())


async def test_an_acceptance_without_its_title_is_never_retried(tasks: ServiceHarness, studio: Studio) -> None:
    whole = encode(studio.suggestion_accepted())
    for broken in (whole.replace(b'"title"', b'"name"'), whole.replace(b"suggestion_accepted", b"x")):
        with pytest.raises(PermanentEventError):
            await handlers.dispatch(broken, tasks.uow)
    assert await studio.listed() == []
