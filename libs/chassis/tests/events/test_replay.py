"""A replay tells every committed event once, wherever its relay stands."""

from collections.abc import Sequence

import pytest

from smartstack_chassis.events.outbox import OutboxMessage, OutboxRelay
from smartstack_chassis.events.replay import PAGE, Wanted, replay
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import ClientCreated


async def emit(probe: ServiceHarness, count: int) -> None:
    async with probe.uow.begin(probe.member()) as transaction:
        for number in range(count):
            transaction.emit(ClientCreated(client_id=new_id(), client_name=str(number)), subject=new_id(), sequence=1)


async def test_published_and_not_yet_published_events_are_told_once_in_order_page_by_page(
    probe: ServiceHarness,
) -> None:
    probe.uow.after_commit = lambda: None
    told: list[OutboxMessage] = []
    progress: list[tuple[int, int]] = []

    async def publish_every_other(messages: Sequence[OutboxMessage]) -> Sequence[bool]:
        return [index % 2 == 0 for index in range(len(messages))]

    async def send(messages: Sequence[OutboxMessage]) -> None:
        told.extend(messages)
        # What moves to the log between two pages is neither missed nor repeated.
        await OutboxRelay(probe.uow, publish_every_other).drain()

    await emit(probe, PAGE + 100)
    wanted = Wanted(types=[ClientCreated.type()])
    assert await replay(probe.uow, wanted, send, lambda *now: progress.append(now)) == PAGE + 100
    assert progress == [(PAGE, PAGE + 100), (PAGE + 100, PAGE + 100)]
    ids = [message.id for message in told]
    assert ids == sorted(set(ids))


async def test_a_queue_that_refuses_ends_the_replay(probe: ServiceHarness) -> None:
    async def refuse(_: Sequence[OutboxMessage]) -> None:
        raise ConnectionError

    await emit(probe, 1)
    with pytest.raises(ConnectionError):
        await replay(probe.uow, Wanted(types=[ClientCreated.type()]), refuse, lambda *_: None)
