"""Events of other services: delivered twice and in any order, they have the effect of once and in order."""

from random import Random

import pytest

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.testing import OpenStudio, Studio
from smartstack_comms.workspaces import commands


@pytest.mark.parametrize("seed", range(3))
async def test_every_workspace_gets_its_own_name_however_the_news_arrive(open_studio: OpenStudio, seed: int) -> None:
    studios = {f"Studio {i}": open_studio() for i in range(4)}
    news = [(studio, studio.workspace_created(name)) for name, studio in studios.items()] * 2
    Random(seed).shuffle(news)  # noqa: S311 - the seed makes the order repeatable
    for studio, envelope in news:
        await studio.comms.deliver(envelope, times=1)
    for name, studio in studios.items():
        said = await studio.hears(await studio.create_client())
        assert (await studio.writes(said["conversation_id"]))["author_name"] == name


async def test_older_news_of_the_name_is_ignored(comms: ServiceHarness, studio: Studio) -> None:
    for name, sequence in (("Second", 2), ("First", 1), ("Third", 3), ("Third again", 3)):
        async with comms.uow.begin(studio.member) as transaction:
            await commands.project_workspace(transaction, name, sequence)
    said = await studio.hears(await studio.create_client())
    assert (await studio.writes(said["conversation_id"]))["author_name"] == "Third"
