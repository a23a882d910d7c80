"""What becomes of a message by the outcome of its handler, against the emulator."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.exceptions import AckMessage, NackMessage, RejectMessage

from faststream_sqs import Backoff, DeadLetter, Queue, SQSBroker, SQSMessage

MakeBroker = Callable[..., SQSBroker]

AT_ONCE = Backoff(0, cap=0)


async def test_a_handled_message_is_gone(make_broker: MakeBroker, name: str, inspect: Any, eventually: Any) -> None:
    broker = make_broker()
    handled: list[dict[str, Any]] = []

    @broker.subscriber(name)
    async def handle(body: dict[str, Any]) -> None:
        handled.append(body)

    async with broker:
        await broker.start()
        await broker.publish({"n": 1}, name)
        await eventually(lambda: bool(handled))
        await eventually(lambda: inspect.is_empty(name))
    assert handled == [{"n": 1}]


async def test_deletes_share_requests(
    make_broker: MakeBroker, name: str, proxy: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    handled: list[Any] = []

    @broker.subscriber(name, max_workers=20)
    async def handle(body: Any) -> None:
        handled.append(body)

    async with broker:
        await broker.start()
        await broker.publish_batch(*range(100), queue=name)
        await eventually(lambda: len(handled) == 100)
    assert sorted(handled) == list(range(100))
    assert await inspect.is_empty(name)
    assert proxy.count("DeleteMessageBatch") <= 50
    assert proxy.count("DeleteMessage") == 0


async def test_a_failed_message_comes_again_after_its_backoff(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    times: list[float] = []

    @broker.subscriber(name, retry=Backoff(2, 1, jitter="none"))
    async def handle(message: SQSMessage) -> None:
        times.append(asyncio.get_running_loop().time())
        if message.receive_count == 1:
            raise ValueError("not yet")

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: len(times) == 2)
    assert times[1] - times[0] > 1.5


async def test_a_message_nacked_with_a_delay_waits_that_long(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    times: list[float] = []

    @broker.subscriber(name, retry=Backoff(600, jitter="none"))
    async def handle() -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 1:
            raise NackMessage(delay=1)

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: len(times) == 2)
    assert times[1] - times[0] > 0.8


async def test_a_rejected_message_is_in_the_dead_letter_queue_with_the_reason(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()

    @broker.subscriber(Queue(name, dlq=DeadLetter()))
    async def handle() -> None:
        raise RejectMessage(reason="no such order")

    async with broker:
        await broker.start()
        await broker.publish({"n": 1}, name, headers={"type": "order"}, correlation_id="c1")
        await eventually(lambda: inspect.is_empty(name))
    (copy,) = await inspect.take(f"{name}-dlq")
    texts = {key: value["StringValue"] for key, value in copy["MessageAttributes"].items()}
    assert copy["Body"] == '{"n":1}'
    assert texts["dlq-reason"] == "no such order"
    assert texts["dlq-source"] == name
    assert texts["dlq-receive-count"] == "1"
    assert (texts["type"], texts["correlation-id"]) == ("order", "c1")


async def test_a_policy_of_rejecting_gives_the_exception_as_reason(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(ack_policy=AckPolicy.REJECT_ON_ERROR)

    @broker.subscriber(Queue(name, dlq=DeadLetter()))
    async def handle() -> None:
        raise KeyError("customer")

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: inspect.is_empty(name))
    (copy,) = await inspect.take(f"{name}-dlq")
    assert copy["MessageAttributes"]["dlq-reason"]["StringValue"] == "KeyError: 'customer'"


async def test_an_error_that_no_attempt_can_help_is_rejected_at_once(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    attempts: list[int] = []

    @broker.subscriber(Queue(name, dlq=DeadLetter()), reject_on=[ValueError])
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        raise ValueError("malformed")

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: inspect.is_empty(name))
    (copy,) = await inspect.take(f"{name}-dlq")
    assert attempts == [1]
    assert copy["MessageAttributes"]["dlq-reason"]["StringValue"] == "ValueError: malformed"


async def test_a_rejected_message_goes_to_the_queue_of_an_existing_redrive_policy(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    async with make_broker() as owner:
        owner.subscriber(Queue(name, dlq=DeadLetter("the-dead-" + name)))
        await owner.start()
    broker = make_broker(declare="off")

    @broker.subscriber(name)
    async def handle() -> None:
        raise RejectMessage(reason="no")

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: inspect.is_empty(name))
    assert len(await inspect.take("the-dead-" + name)) == 1


async def test_sqs_moves_a_message_that_always_fails_after_the_last_receive(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    attempts: list[int] = []

    @broker.subscriber(Queue(name, dlq=DeadLetter(max_receive=3)), retry=AT_ONCE)
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        raise ValueError

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: inspect.is_empty(name))
        await asyncio.sleep(0.3)
    assert attempts == [1, 2, 3]
    assert len(await inspect.take(f"{name}-dlq")) == 1


@pytest.mark.parametrize(
    ("policy", "error"),
    [(AckPolicy.ACK, ValueError()), (AckPolicy.ACK_FIRST, ValueError()), (AckPolicy.NACK_ON_ERROR, AckMessage())],
    ids=["ack", "ack_first", "acknowledged by exception"],
)
async def test_these_failures_delete_the_message(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any, policy: AckPolicy, error: Exception
) -> None:
    broker = make_broker()
    attempts: list[int] = []

    @broker.subscriber(name, ack_policy=policy, retry=AT_ONCE)
    async def handle() -> None:
        attempts.append(1)
        raise error

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: bool(attempts))
        await eventually(lambda: inspect.is_empty(name))
    assert attempts == [1]


async def test_acknowledged_first_means_deleted_before_the_handler_runs(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    seen: list[tuple[int, int]] = []

    @broker.subscriber(name, ack_policy=AckPolicy.ACK_FIRST)
    async def handle() -> None:
        seen.append(await inspect.counts(name))

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: bool(seen))
    assert seen == [(0, 0)]


async def test_a_manual_message_is_settled_by_its_handler_only(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    seen: list[Any] = []

    @broker.subscriber(name, ack_policy=AckPolicy.MANUAL)
    async def handle(body: str, message: SQSMessage) -> None:
        seen.append(message)
        if body == "ack":
            await message.ack()

    async with broker:
        await broker.start()
        await broker.publish("ack", name)
        await broker.publish("keep", name)
        await eventually(lambda: len(seen) == 2)
        await asyncio.sleep(0.2)
        assert await inspect.counts(name) == (0, 1)
        (kept,) = [message for message in seen if message.body == b"keep"]
        await kept.ack()
        await eventually(lambda: inspect.is_empty(name))
