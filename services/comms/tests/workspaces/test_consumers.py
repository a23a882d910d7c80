"""What others announce: delivered twice and in any order, the effect is that of once and in order."""

from random import Random
from typing import Any

import pytest

from smartstack_chassis.events.handlers import PermanentEventError
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.main import handlers
from smartstack_comms.workspaces import commands
from smartstack_contracts import encode, topology


def test_there_is_a_handler_for_exactly_what_the_topology_delivers() -> None:
    assert handlers.types == {model.type() for model in topology.consumed("comms")}


@pytest.mark.parametrize("seed", range(3))
async def test_every_workspace_gets_its_own_name_however_the_news_arrive(open_studio: Any, seed: int) -> None:
    studios = {f"Studio {i}": open_studio() for i in range(4)}
    news = [(studio, studio.workspace_created(name)) for name, studio in studios.items()] * 2
    Random(seed).shuffle(news)  # noqa: S311 - the seed makes the order repeatable
    for studio, envelope in news:
        await studio.comms.deliver(envelope, times=1)
    for name, studio in studios.items():
        said = await studio.hears(await studio.create_client())
        assert (await studio.writes(said["conversation_id"]))["author_name"] == name


async def test_older_news_of_the_name_is_ignored(comms: ServiceHarness, studio: Any) -> None:
    for name, sequence in (("Second", 2), ("First", 1), ("Third", 3), ("Third again", 3)):
        async with comms.uow.begin(studio.member) as transaction:
            await commands.project_workspace(transaction, name, sequence)
    said = await studio.hears(await studio.create_client())
    assert (await studio.writes(said["conversation_id"]))["author_name"] == "Third"


async def test_a_message_that_makes_no_sense_is_given_up_at_once(comms: ServiceHarness, studio: Any) -> None:
    whole = encode(studio.workspace_created())
    for broken in (b"{", b"null", whole.replace(b"workspace_name", b"name"), whole.replace(b"workspace_created", b"x")):
        with pytest.raises(PermanentEventError):
            await handlers.dispatch(broken, comms.uow)
