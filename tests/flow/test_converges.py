"""Whatever crashes, is told twice or comes out of order: what is left is what the plain run leaves."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from smartstack_chassis.core import failpoints
from smartstack_chassis.core.failpoints import HANDLING, RELAYING, Crash


def test_the_plain_run_tells_of_every_effect(plain: dict[str, list[Any]]) -> None:
    assert [len(plain[name]) for name in plain if name.endswith("outbox")] == [0, 0, 0, 0]
    empty = {name for name, rows in plain.items() if not rows and not name.endswith("outbox")}
    assert empty == {"ai: SELECT message_id IS NULL FROM waiting_messages"}


def every_handler(world: Any) -> set[tuple[str, str]]:
    """Return the handlers of all services."""
    return {
        (service, name)
        for service, runtime in world.runtimes.items()
        for kind in runtime.service.handlers.types
        for name in runtime.service.handlers.names(kind)
    }


def handlers_that_died(world: Any, point: str) -> set[tuple[str, str]]:
    """Return the handlers of the events whose every handler died; all of them share the one acknowledgement."""
    died: set[tuple[str, str]] = set()
    for (service, kind), crashes in world.crashes.items():
        if kind != "relay":
            names = world.runtimes[service].service.handlers.names(kind)
            assert crashes >= (1 if point == "before_ack" else len(names)), (service, kind)
            died |= {(service, name) for name in names}
    return died


@pytest.mark.parametrize("point", HANDLING)
async def test_a_crash_of_every_handler_at_every_point_has_one_effect(
    world: Any, tell: Callable[..., Any], plain: dict[str, list[Any]], point: str
) -> None:
    """A delivery dies at the first handler's point, its next attempt at the second's, until there is none left."""
    died: set[tuple[int, int]] = set()

    def die(name: str) -> None:
        if name != point or world.trying is None or world.trying[1] == "relay":
            return
        world.reached += 1
        if (world.delivery, world.reached) not in died:
            died.add((world.delivery, world.reached))
            raise Crash

    with failpoints.armed(die):
        essence = await tell(world)
    assert essence == plain
    assert handlers_that_died(world, point) == every_handler(world)


@pytest.mark.parametrize("point", RELAYING)
async def test_a_crash_of_every_relay_at_every_point_loses_and_doubles_nothing(
    world: Any, tell: Callable[..., Any], plain: dict[str, list[Any]], point: str
) -> None:
    count = 0

    def die(name: str) -> None:
        nonlocal count
        if name == point and world.trying is not None:
            count += 1
            if count % 3:
                raise Crash

    with failpoints.armed(die):
        essence = await tell(world)
    assert essence == plain
    assert {service for service, what in world.crashes if what == "relay"} == {"gateway", "comms", "ai", "tasks"}


@pytest.mark.parametrize("seed", range(5))
async def test_everything_told_twice_and_shuffled_ends_as_the_plain_run(
    world: Any, tell: Callable[..., Any], plain: dict[str, list[Any]], seed: int
) -> None:
    world.shuffle = Random(seed)  # noqa: S311 - the seed makes the order repeatable
    assert await tell(world) == plain


@pytest.mark.parametrize("seed", range(3))
async def test_all_of_it_at_once(world: Any, tell: Callable[..., Any], plain: dict[str, list[Any]], seed: int) -> None:
    random = world.shuffle = Random(seed)  # noqa: S311 - the seed makes the crashes repeatable

    def die(_: str) -> None:
        if world.trying is not None and random.random() < 0.05:
            raise Crash

    with failpoints.armed(die):
        essence = await tell(world)
    assert essence == plain
    assert world.crashes
