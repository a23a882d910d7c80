"""FIFO order, batch handlers and their partial failures."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from faststream.exceptions import RejectMessage

from faststream_sqs import (
    Backoff,
    BatchFailures,
    DeadLetter,
    Queue,
    SQSBatchMessage,
    SQSBroker,
    SQSMessage,
    SQSPublishItem,
    Topic,
)

MakeBroker = Callable[..., SQSBroker]

AT_ONCE = Backoff(0, cap=0)


def items(group: str, *bodies: Any) -> list[SQSPublishItem]:
    return [SQSPublishItem(body, group_id=group, deduplication_id=f"{group}-{body}") for body in bodies]


async def test_a_group_is_in_order_and_groups_are_parallel(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    order: dict[str, list[Any]] = defaultdict(list)
    at_work: set[str] = set()
    together = 0

    @broker.subscriber(f"{name}.fifo", max_workers=20)
    async def handle(body: Any, message: SQSMessage) -> None:
        nonlocal together
        group = message.group_id or ""
        assert group not in at_work
        at_work.add(group)
        together = max(together, len(at_work))
        await asyncio.sleep(0.02)
        at_work.discard(group)
        order[group].append(body)

    async with broker:
        await broker.start()
        for group in ("a", "b", "c"):
            await broker.publish_batch(*items(group, *range(8)), queue=f"{name}.fifo")
        await eventually(lambda: sum(map(len, order.values())) == 24)
    assert dict(order) == {group: list(range(8)) for group in ("a", "b", "c")}
    assert together > 1


async def test_a_failure_returns_the_rest_of_its_group_and_the_order_holds(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    done: list[Any] = []

    @broker.subscriber(Queue(f"{name}.fifo", visibility=600), retry=AT_ONCE)
    async def handle(body: Any, message: SQSMessage) -> None:
        if body == 1 and message.receive_count == 1:
            raise ValueError
        done.append(body)

    async with broker:
        await broker.publish_batch(*items("g", 0, 1, 2, 3), queue=f"{name}.fifo")
        await broker.start()
        # held back until the visibility timeout ends this would take ten minutes
        await eventually(lambda: len(done) == 4)
    assert done == [0, 1, 2, 3]


async def test_a_rejected_message_of_a_group_does_not_stop_the_next(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    done: list[Any] = []

    @broker.subscriber(Queue(f"{name}.fifo", dlq=DeadLetter()))
    async def handle(body: Any) -> None:
        if body == 1:
            raise RejectMessage(reason="poison")
        done.append(body)

    async with broker:
        await broker.start()
        await broker.publish_batch(*items("g", 0, 1, 2), queue=f"{name}.fifo")
        await eventually(lambda: done == [0, 2])
        await eventually(lambda: inspect.is_empty(f"{name}.fifo"))
    (copy,) = await inspect.take(f"{name}-dlq.fifo")
    assert copy["Body"] == "1"
    assert copy["Attributes"]["MessageGroupId"] == "g"


async def test_a_cancelled_group_leaves_nothing_behind(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(graceful_timeout=0.1)
    started: list[Any] = []

    @broker.subscriber(Queue(f"{name}.fifo", visibility=600))
    async def handle(body: Any) -> None:
        started.append(body)
        await asyncio.sleep(60)

    await broker.publish_batch(*items("g", 0, 1, 2), queue=f"{name}.fifo") if await broker.connect() else None
    await broker.start()
    await eventually(lambda: started == [0])
    await broker.stop()
    assert (await inspect.counts(f"{name}.fifo"))[1] == 0


async def test_a_fifo_topic_feeds_a_fifo_queue(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    seen: list[tuple[Any, str | None]] = []

    @broker.subscriber(f"{name}.fifo", topics=[Topic(f"{name}-events.fifo")])
    async def handle(body: Any, message: SQSMessage) -> None:
        seen.append((body, message.group_id))

    async with broker:
        await broker.start()
        results = await broker.publish_batch(*items("g", *range(12)), topic=f"{name}-events.fifo")
        await eventually(lambda: len(seen) == 12)
    assert [result.index for result in results] == list(range(12))
    assert seen == [(i, "g") for i in range(12)]


async def test_a_batch_handler_gets_what_one_receive_brought(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    batches: list[list[Any]] = []

    @broker.subscriber(name, batch=True, batch_size=4)
    async def handle(bodies: list[dict[str, int]], message: SQSBatchMessage) -> None:
        assert len(message.batch_headers) == len(bodies)
        batches.append(bodies)

    async with broker:
        await broker.publish_batch(*[{"n": n} for n in range(8)], queue=name)
        await broker.start()
        await eventually(lambda: sum(map(len, batches)) == 8)
        await eventually(lambda: inspect.is_empty(name))
    assert all(len(batch) <= 4 for batch in batches)
    assert sorted(body["n"] for batch in batches for body in batch) == list(range(8))


@pytest.mark.parametrize("how", ["returned", "marked"])
async def test_the_failed_messages_of_a_batch_come_again_and_the_others_do_not(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any, how: str
) -> None:
    broker = make_broker()
    seen: list[tuple[Any, int]] = []

    @broker.subscriber(name, batch=True, retry=AT_ONCE)
    async def handle(bodies: list[Any], message: SQSBatchMessage) -> Any:
        seen.extend((body, raw.receive_count) for body, raw in zip(bodies, message.raw_message, strict=True))
        failed = [
            i
            for i, (body, raw) in enumerate(zip(bodies, message.raw_message, strict=True))
            if body == "bad" and raw.receive_count == 1
        ]
        if how == "returned":
            return BatchFailures(failed)
        message.fail(*failed)
        return None

    async with broker:
        await broker.publish_batch("a", "bad", "b", queue=name)
        await broker.start()
        await eventually(lambda: ("bad", 2) in seen)
        await eventually(lambda: inspect.is_empty(name))
    assert sorted(seen) == [("a", 1), ("b", 1), ("bad", 1), ("bad", 2)]


async def test_a_batch_that_raises_comes_again_as_a_whole(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    seen: list[int] = []

    @broker.subscriber(name, batch=True, retry=AT_ONCE)
    async def handle(bodies: list[Any], message: SQSBatchMessage) -> None:
        seen.extend(raw.receive_count for raw in message.raw_message)
        if message.raw_message[0].receive_count == 1:
            raise ValueError

    async with broker:
        await broker.publish_batch("a", "b", queue=name)
        await broker.start()
        await eventually(lambda: sorted(seen) == [1, 1, 2, 2])


async def test_behind_a_failed_message_of_a_fifo_batch_its_group_fails_too(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    done: dict[str, list[Any]] = defaultdict(list)
    failed_once = False

    @broker.subscriber(f"{name}.fifo", batch=True, retry=AT_ONCE)
    async def handle(bodies: list[Any], message: SQSBatchMessage) -> BatchFailures:
        nonlocal failed_once
        stopped: set[str | None] = set()
        failures = []
        for index, (body, raw) in enumerate(zip(bodies, message.raw_message, strict=True)):
            if raw.group_id in stopped:
                continue
            if (raw.group_id, body) == ("a", 1) and not failed_once:
                failed_once = True
                failures.append(index)
                stopped.add(raw.group_id)
            else:
                done[raw.group_id or ""].append(body)
        return BatchFailures(failures)

    async with broker:
        await broker.publish_batch(*items("a", 0, 1, 2), *items("b", 0, 1), queue=f"{name}.fifo")
        await broker.start()
        await eventually(lambda: len(done["a"]) == 3 and len(done["b"]) == 2)
    assert done == {"a": [0, 1, 2], "b": [0, 1]}
