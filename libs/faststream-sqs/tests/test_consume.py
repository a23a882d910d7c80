"""How messages are received and held, against the emulator."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from faststream import Context
from faststream.exceptions import StopConsume

from faststream_sqs import Backoff, Extend, Fair, Queue, SQSBroker, SQSMessage, Topic

MakeBroker = Callable[..., SQSBroker]

AT_ONCE = Backoff(0, cap=0)


async def test_a_handler_three_times_as_slow_as_the_visibility_timeout_runs_once(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    attempts: list[int] = []
    done: list[int] = []

    @broker.subscriber(Queue(name, visibility=1))
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        await asyncio.sleep(3)
        done.append(1)

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: bool(done))
    assert attempts == [1]
    assert await inspect.is_empty(name)


async def test_a_lost_lease_is_not_acknowledged(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    attempts: list[int] = []

    @broker.subscriber(Queue(name, visibility=1), extend_visibility=None)
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        if message.receive_count == 1:
            await asyncio.sleep(1.5)

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: len(attempts) == 2)
    assert attempts == [1, 2]


async def test_extending_ends_with_its_limit(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    attempts: list[int] = []

    @broker.subscriber(Queue(name, visibility=1), extend_visibility=Extend(upto=1))
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        if message.receive_count == 1:
            await asyncio.sleep(10)

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: len(attempts) == 2)
        broker.config.broker_config.graceful_timeout = 0.1


async def test_no_more_messages_are_at_work_than_workers(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    release = asyncio.Event()
    started: list[Any] = []

    @broker.subscriber(name, max_workers=3)
    async def handle(body: Any) -> None:
        started.append(body)
        await release.wait()

    async with broker:
        await broker.start()
        await broker.publish_batch(*range(8), queue=name)
        await eventually(lambda: len(started) == 3)
        await asyncio.sleep(0.3)
        assert await inspect.counts(name) == (5, 3)
        release.set()
        await eventually(lambda: len(started) == 8)


async def test_pollers_are_added_under_load_and_leave_with_it(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    handled: list[Any] = []

    subscriber = broker.subscriber(name, max_workers=40)

    @subscriber
    async def handle(body: Any) -> None:
        await asyncio.sleep(0.05)
        handled.append(body)

    highest = 0

    def watch() -> bool:
        nonlocal highest
        intake = subscriber._intake
        highest = max(highest, intake.pollers.count if intake else 0)
        return len(handled) == 300

    async with broker:
        await broker.publish_batch(*range(300), queue=name)
        await broker.start()
        await eventually(watch)
        assert 1 < highest <= 4
        await eventually(lambda: subscriber._intake is not None and subscriber._intake.pollers.count == 1)


async def test_a_pause_costs_no_receive_count(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker(wait_time=1)
    counts: list[int] = []
    subscriber = broker.subscriber(name)

    @subscriber
    async def handle(message: SQSMessage) -> None:
        counts.append(message.receive_count)

    async with broker:
        await broker.start()
        await asyncio.sleep(0.1)
        subscriber.pause()
        assert subscriber.paused
        await broker.publish_batch(*range(5), queue=name)
        await asyncio.sleep(1.2)
        assert counts == []
        subscriber.resume()
        await eventually(lambda: len(counts) == 5)
    assert counts == [1] * 5


async def test_raw_and_enveloped_topics_arrive_alike(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    seen: list[tuple[str, Any, Any]] = []

    for form, raw in (("raw", True), ("enveloped", False)):

        @broker.subscriber(f"{name}-{form}", topics=[Topic(name, raw=raw)])
        async def handle(
            body: Any, message: SQSMessage, queue: Annotated[str, Context("message.raw_message.queue")]
        ) -> None:
            seen.append((queue, body, message.headers["type"]))

    async with broker:
        await broker.start()
        await broker.publish({"n": 1}, topic=name, headers={"type": "a"})
        await eventually(lambda: len(seen) == 2)
    assert sorted(seen) == [(f"{name}-enveloped", {"n": 1}, "a"), (f"{name}-raw", {"n": 1}, "a")]


@pytest.mark.parametrize("body", ["", None, b"", b"\x00\xff", "\x01", "a\r\nb", "🙂"])
async def test_every_body_arrives(make_broker: MakeBroker, name: str, eventually: Any, body: Any) -> None:
    broker = make_broker()
    seen: list[bytes] = []

    @broker.subscriber(name)
    async def handle(message: SQSMessage) -> None:
        seen.append(message.body)

    async with broker:
        await broker.start()
        await broker.publish(body, name)
        await eventually(lambda: bool(seen))
    assert seen == [body.encode() if isinstance(body, str) else body or b""]


async def test_messages_can_be_taken_by_hand(make_broker: MakeBroker, name: str, inspect: Any, eventually: Any) -> None:
    broker = make_broker()
    subscriber = broker.subscriber(name)
    async with broker:
        await broker.start()
        assert await subscriber.get_one(timeout=0.1) is None
        await broker.publish_batch("a", "b", "c", queue=name)
        first = await subscriber.get_one(timeout=2)
        assert first is not None
        await first.ack()
        seen = [await first.decode()]
        async for message in subscriber:
            seen.append(await message.decode())
            await message.ack()
            if len(seen) == 3:
                break
        await eventually(lambda: inspect.is_empty(name))
    assert sorted(seen) == ["a", "b", "c"]


async def test_a_handler_may_stop_its_own_subscriber(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    handled: list[int] = []
    subscriber = broker.subscriber(name, max_workers=1, retry=AT_ONCE)

    @subscriber
    async def handle() -> None:
        handled.append(1)
        raise StopConsume

    async with broker:
        await broker.start()
        await broker.publish_batch("a", "b", queue=name)
        await eventually(lambda: not subscriber.running)
        await asyncio.sleep(0.3)
    assert handled == [1]


async def test_one_tenants_backlog_leaves_workers_to_others_and_ages_no_message(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    """All that one tenant queued first is held, one at a time is handled, and the other tenant's message passes."""
    broker = make_broker()
    release = asyncio.Event()
    order: list[str] = []
    receives: list[int] = []
    busy = highest = 0

    @broker.subscriber(Queue(name, visibility=1), max_workers=2, fair=Fair("tenant", share=1, held=40))
    async def handle(body: str, message: SQSMessage) -> None:
        nonlocal busy, highest
        receives.append(message.receive_count)
        if body == "loud":
            busy += 1
            highest = max(highest, busy)
            await release.wait()
            busy -= 1
        order.append(body)

    async with broker:
        for body in ["loud"] * 25 + ["quiet"]:
            await broker.publish(body, name, headers={"tenant": body})
        await broker.start()
        await eventually(lambda: order == ["quiet"])
        await asyncio.sleep(1.5)
        release.set()
        await eventually(lambda: len(order) == 26)
    assert highest == 1
    assert set(receives) == {1}
    assert await inspect.is_empty(name)


async def test_what_waits_for_its_turn_is_returned_when_the_subscriber_stops(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    release = asyncio.Event()
    started: list[str] = []

    subscriber = broker.subscriber(name, max_workers=2, fair=Fair("tenant", share=1, held=40))

    @subscriber
    async def handle(body: str) -> None:
        started.append(body)
        await release.wait()

    async with broker:
        await broker.start()
        for _ in range(5):
            await broker.publish("loud", name, headers={"tenant": "loud"})
        await eventually(lambda: subscriber.busy == 5)
        stopping = asyncio.create_task(subscriber.stop())
        await asyncio.sleep(0.1)
        release.set()
        await stopping
    assert started == ["loud"]
    assert await inspect.counts(name) == (4, 0)
