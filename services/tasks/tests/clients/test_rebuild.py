"""The copy of clients' names: told from the start it is, byte for byte, what it became event by event."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from smartstack_chassis.events.replay import empty_copy, empty_copy_of
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id
from smartstack_tasks.main import handlers
from smartstack_tasks.testing import Studio


async def copy_of(tasks: ServiceHarness, member: Any) -> list[str]:
    async with tasks.uow.begin(member) as transaction:
        rows = await transaction.session.execute(text("SELECT clients::text FROM clients ORDER BY id"))
        return list(rows.scalars())


def history(studio: Studio, random: Random) -> list[Any]:
    """Return what comms would have logged: clients that are renamed now and then."""
    clients = [new_id() for _ in range(8)]
    log = [studio.client_created(client_id, f"Client {n}") for n, client_id in enumerate(clients)]
    for sequence in range(2, 6):
        renamed = random.sample(clients, 5)
        log += [studio.client_updated(client_id, f"{client_id} v{sequence}", sequence) for client_id in renamed]
    return log


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("everybody", [True, False])
async def test_rebuilding_gives_what_living_through_it_gave(
    tasks: ServiceHarness, studio: Studio, stranger: Studio, seed: int, everybody: bool
) -> None:
    random = Random(seed)  # noqa: S311 - the seed makes the order repeatable
    log = history(studio, random)
    others = history(stranger, random)
    for envelope in random.sample([*log, *log, *others], 2 * len(log) + len(others)):
        await tasks.deliver(envelope, times=1)
    before = await copy_of(tasks, studio.member), await copy_of(tasks, stranger.member)

    if everybody:
        await empty_copy(tasks.database.migrator_url, "clients")
        assert await copy_of(tasks, stranger.member) == []
    else:
        await empty_copy_of(tasks.uow, "clients", studio.member.workspace_id)
        assert await copy_of(tasks, stranger.member) == before[1]
    assert await copy_of(tasks, studio.member) == []
    # What is delivered once more, and not told again, is swallowed: the inbox was not touched.
    await tasks.deliver(log[0], times=1)
    assert await copy_of(tasks, studio.member) == []

    for envelope in [*log, *others, *log]:
        await tasks.deliver(envelope, times=1, rebuild=f"clients@{seed}-{everybody}")
    assert (await copy_of(tasks, studio.member), await copy_of(tasks, stranger.member)) == before


async def test_a_rebuild_has_no_effect_beyond_the_copy(tasks: ServiceHarness, studio: Studio) -> None:
    accepted = studio.suggestion_accepted()
    await tasks.deliver(accepted, rebuild="clients@1")
    assert await studio.listed() == []
    assert handlers.types_of_copy("clients") == {
        "smartstack.comms.client_created.v1",
        "smartstack.comms.client_updated.v1",
    }


async def test_news_that_come_during_a_rebuild_are_not_undone_by_it(tasks: ServiceHarness, studio: Studio) -> None:
    client_id = new_id()
    old, new = studio.client_created(client_id, "Old"), studio.client_updated(client_id, "New", 2)
    await tasks.deliver(old)
    await empty_copy_of(tasks.uow, "clients", studio.member.workspace_id)
    await tasks.deliver(new)
    await tasks.deliver(old, rebuild="clients@1")
    assert (await studio.create(client_id=str(client_id)))["client_name"] == "New"
