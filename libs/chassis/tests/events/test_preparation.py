"""What takes long runs before the handler's transaction, not in it; the effect still happens once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from smartstack_chassis.core.errors import Conflict, Unavailable
from smartstack_chassis.events.handlers import (
    PREPARATIONS,
    EventHandlers,
    OutdatedPreparationError,
    PermanentEventError,
)
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts import Envelope, encode, new_id
from smartstack_contracts.events.comms import ClientCreated


class Slow:
    """A handler whose work takes long; it notes what happens, in order."""

    def __init__(self, probe: ServiceHarness) -> None:
        self.happened: list[str] = []
        self.outdated = 0
        self.work: Callable[[], Awaitable[str]] = self._work
        self._probe = probe
        self.handlers = EventHandlers("tasks")
        self.handlers.on(ClientCreated, prepare=self.prepare)(self.on_client_created)

    async def prepare(self, transaction: Transaction, _: Envelope[Any]) -> Callable[[], Awaitable[str]]:
        self.happened.append("prepare")
        self._preparing = transaction
        return self.work

    async def _work(self) -> str:
        held = self._preparing._open._connection.dbapi_connection is not None
        self.happened.append("work in a transaction" if held else "work")
        return "the result"

    async def on_client_created(self, _: Transaction, __: Envelope[Any], prepared: str) -> None:
        if self.outdated:
            self.outdated -= 1
            raise OutdatedPreparationError
        self.happened.append(f"handle {prepared}")

    async def hears(self, message: Envelope[Any]) -> None:
        await self.handlers.dispatch(encode(message), self._probe.uow)


@pytest.fixture
def slow(probe: ServiceHarness) -> Slow:
    return Slow(probe)


def message() -> Envelope[Any]:
    return event(ClientCreated(client_id=new_id(), client_name="Acme"), new_id())


async def test_the_work_holds_no_transaction_and_its_result_reaches_the_handler(slow: Slow) -> None:
    await slow.hears(message())
    assert slow.happened == ["prepare", "work", "handle the result"]


async def test_what_was_handled_is_not_prepared_again(slow: Slow) -> None:
    said = message()
    for _ in range(3):
        await slow.hears(said)
    assert slow.happened.count("prepare") == 1


async def test_deliveries_at_once_may_prepare_twice_and_handle_once(slow: Slow) -> None:
    said = message()
    await asyncio.gather(*(slow.hears(said) for _ in range(5)))
    assert slow.happened.count("handle the result") == 1


async def test_an_outdated_preparation_is_made_again_and_leaves_nothing_behind(slow: Slow) -> None:
    slow.outdated = 2
    await slow.hears(message())
    assert slow.happened.count("prepare") == 3
    assert slow.happened[-1] == "handle the result"


async def test_what_stays_outdated_is_tried_again_later(slow: Slow) -> None:
    slow.outdated = PREPARATIONS
    said = message()
    with pytest.raises(Unavailable):
        await slow.hears(said)
    await slow.hears(said)
    assert slow.happened[-1] == "handle the result"


async def test_work_that_fails_leaves_the_event_unhandled(slow: Slow) -> None:
    async def fails() -> str:
        raise RuntimeError("the line is dead")

    async def refuses() -> str:
        raise Conflict("refused", "Never.")

    said = message()
    slow.work = fails
    with pytest.raises(RuntimeError):
        await slow.hears(said)
    slow.work = refuses
    with pytest.raises(PermanentEventError):
        await slow.hears(said)
    slow.work = slow._work
    await slow.hears(said)
    assert slow.happened[-1] == "handle the result"
