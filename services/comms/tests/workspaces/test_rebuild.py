"""The projection of workspace names: a rebuild equals, byte for byte, the state built event by event."""

from random import Random
from typing import Any

from sqlalchemy import text

from smartstack_chassis.events.replay import empty_copy
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts.events.gateway import WorkspaceCreated


async def copies(comms: ServiceHarness, members: list[Any]) -> list[list[str]]:
    found = []
    for member in members:
        async with comms.uow.begin(member) as transaction:
            rows = await transaction.session.execute(text("SELECT workspaces::text FROM workspaces"))
            found.append(list(rows.scalars()))
    return found


async def test_rebuilding_gives_what_living_through_it_gave(comms: ServiceHarness) -> None:
    members = [comms.member() for _ in range(6)]
    log = [
        event(
            WorkspaceCreated(workspace_id=each.workspace_id, workspace_name=f"Studio {n}.{sequence}", timezone="UTC"),
            each.workspace_id,
            subject=each.workspace_id,
            sequence=sequence,
        )
        for n, each in enumerate(members)
        for sequence in range(1, 4)
    ]
    for envelope in Random(1).sample(log * 2, 2 * len(log)):  # noqa: S311 - the seed makes the order repeatable
        await comms.deliver(envelope, times=1)
    before = await copies(comms, members)
    await empty_copy(comms.database.migrator_url, "workspaces")
    for envelope in log:
        await comms.deliver(envelope, times=1, rebuild="workspaces@1")
    assert await copies(comms, members) == before
    assert all("3" in rows[0] for rows in before)
