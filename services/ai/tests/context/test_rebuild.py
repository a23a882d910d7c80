"""The copy of workspaces: told from the start it is, byte for byte, what it became; and nothing is suggested anew."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from smartstack_ai.suggestions.consumers import handlers
from smartstack_chassis.events.replay import empty_copy
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts.events.gateway import WorkspaceCreated

ZONES = ["Europe/London", "America/Los_Angeles", "Asia/Kolkata", "UTC"]
ASKING = "Could you send the updated wireframes by Thursday?"


async def copies(ai: ServiceHarness, members: list[Any]) -> list[list[str]]:
    found = []
    for member in members:
        async with ai.uow.begin(member) as transaction:
            rows = await transaction.session.execute(text("SELECT workspaces::text FROM workspaces"))
            found.append(list(rows.scalars()))
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_rebuilding_gives_what_living_through_it_gave(ai: ServiceHarness, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the seed makes the order repeatable
    members = [ai.member() for _ in range(12)]
    log = [
        event(
            WorkspaceCreated(workspace_id=each.workspace_id, workspace_name="Studio", timezone=random.choice(ZONES)),
            each.workspace_id,
            subject=each.workspace_id,
        )
        for each in members
    ]
    for envelope in random.sample(log * 2, 2 * len(log)):
        await ai.deliver(envelope, times=1)
    before = await copies(ai, members)
    await empty_copy(ai.database.migrator_url, "workspaces")
    assert await copies(ai, members) == [[]] * len(members)
    for envelope in [*log, *log]:
        await ai.deliver(envelope, times=1, rebuild="workspaces@1")
    assert await copies(ai, members) == before


async def test_what_comes_while_the_copy_is_empty_waits_for_the_rebuild(ai: ServiceHarness, unannounced: Any) -> None:
    workspace_id = unannounced.member.workspace_id
    created = event(
        WorkspaceCreated(workspace_id=workspace_id, workspace_name="Studio", timezone="Europe/London"), workspace_id
    )
    old = unannounced.message(ASKING)
    await ai.deliver(created)
    await ai.deliver(old)
    await empty_copy(ai.database.migrator_url, "workspaces")
    await unannounced.says(ASKING)
    assert len(await unannounced.suggestions()) == 1
    for envelope in (created, old):
        await ai.deliver(envelope, rebuild="workspaces@1")
    assert len(await unannounced.suggestions()) == 2
    assert handlers.types_of_copy("workspaces") == {"smartstack.gateway.workspace_created.v1"}
