"""Sending, singly and in batches, to queues and topics."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from faststream.exceptions import IncorrectState, SetupError

from faststream_sqs import (
    DestinationNotFoundError,
    InvalidMessageError,
    PublishBatchError,
    Queue,
    SendBatch,
    SQSBroker,
    SQSPublishItem,
    SQSResponse,
    Topic,
)

MakeBroker = Callable[..., SQSBroker]

TOO_LONG = "x" * (1024 * 1024 + 1)


async def test_a_batch_is_sent_ten_by_ten_with_one_result_each(make_broker: MakeBroker, name: str, proxy: Any) -> None:
    async with make_broker(endpoint_url=proxy.url) as broker:
        results = await broker.publish_batch(*range(25), queue=name)
    assert [result.index for result in results] == list(range(25))
    assert all(result.ok and result.message_id for result in results)
    assert proxy.count("SendMessageBatch") == 3


async def test_a_batch_is_split_by_size_too(make_broker: MakeBroker, name: str, proxy: Any) -> None:
    async with make_broker(endpoint_url=proxy.url) as broker:
        results = await broker.publish_batch(*["x" * 400_000] * 5, queue=name)
    assert all(result.ok for result in results)
    assert proxy.count("SendMessageBatch") == 3


async def test_a_batch_to_a_topic_is_split_by_the_smaller_limit(make_broker: MakeBroker, name: str, proxy: Any) -> None:
    async with make_broker(endpoint_url=proxy.url) as broker:
        results = await broker.publish_batch(*["x" * 100_000] * 5, topic=name)
    assert all(result.ok for result in results)
    assert proxy.count("PublishBatch") == 3


async def test_the_caller_learns_which_messages_of_a_batch_were_not_accepted(
    make_broker: MakeBroker, name: str
) -> None:
    async with make_broker() as broker:
        await broker.publish("make the queue", name)
        with pytest.raises(PublishBatchError) as raised:
            await broker.publish_batch("a", TOO_LONG, "b", queue=name)
        told = await broker.publish_batch("a", TOO_LONG, "b", queue=name, raise_on_failure=False)
    assert [result.index for result in raised.value.failed] == [1]
    assert [result.index for result in raised.value.succeeded] == [0, 2]
    assert [result.ok for result in told] == [True, False, True]
    assert isinstance(told[1].error, InvalidMessageError)


async def test_an_item_has_options_of_its_own(make_broker: MakeBroker, name: str, inspect: Any) -> None:
    async with make_broker() as broker:
        await broker.publish_batch(
            SQSPublishItem(b'{"a": 1}', attributes={"type": "own"}, correlation_id="c9", content_type="x/y"),
            "plain",
            queue=name,
            headers={"type": "shared", "also": "1"},
            correlation_id="c0",
        )
    taken = await inspect.take(name)
    by_body = {
        message["Body"]: {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
        for message in taken
    }
    assert by_body == {
        '{"a": 1}': {"type": "own", "also": "1", "correlation-id": "c9", "content-type": "x/y"},
        "plain": {"type": "shared", "also": "1", "correlation-id": "c0", "content-type": "text/plain"},
    }


async def test_an_empty_batch_sends_nothing(make_broker: MakeBroker, name: str, proxy: Any) -> None:
    async with make_broker(endpoint_url=proxy.url) as broker:
        assert await broker.publish_batch(queue=name) == []
    assert proxy.seen == []


async def test_after_a_failure_in_order_nothing_overtakes(make_broker: MakeBroker, name: str) -> None:
    async with make_broker() as broker:
        await broker.publish("first", f"{name}.fifo", group_id="g", deduplication_id="first")
        bodies = [str(i) for i in range(12)]
        bodies[3] = TOO_LONG
        results = await broker.publish_batch(
            *[SQSPublishItem(body, group_id="g", deduplication_id=str(i)) for i, body in enumerate(bodies)],
            queue=f"{name}.fifo",
            raise_on_failure=False,
        )
    assert not results[3].ok
    assert not any(result.ok for result in results[4:] if result.index >= 10)


async def test_single_sends_share_requests_and_each_learns_of_its_own(
    make_broker: MakeBroker, name: str, proxy: Any
) -> None:
    async with make_broker(endpoint_url=proxy.url, send=SendBatch(linger=0.05)) as broker:
        await broker.publish("make the queue", name)
        outcomes = await asyncio.gather(
            *[broker.publish(body, name) for body in ("a", "b", TOO_LONG, "c")], return_exceptions=True
        )
    assert [isinstance(outcome, InvalidMessageError) for outcome in outcomes] == [False, False, True, False]
    assert proxy.count("SendMessage") == 0
    # the queue's first message, what came before the long one, the long one, what came after
    assert proxy.count("SendMessageBatch") == 4


async def test_a_delayed_message_is_not_visible_at_once(make_broker: MakeBroker, name: str, inspect: Any) -> None:
    async with make_broker() as broker:
        await broker.publish("x", name, delay=2)
    assert await inspect.take(name, wait=0) == []
    assert len(await inspect.take(name, wait=4)) == 1


async def test_equal_deduplication_ids_are_one_message(make_broker: MakeBroker, name: str, inspect: Any) -> None:
    async with make_broker() as broker:
        for _ in range(2):
            await broker.publish("x", f"{name}.fifo", group_id="g", deduplication_id="d")
    assert (await inspect.counts(f"{name}.fifo"))[0] == 1


async def test_queues_can_be_named_by_url_and_arn(make_broker: MakeBroker, name: str, inspect: Any) -> None:
    async with make_broker() as broker:
        await broker.publish("by name", Queue(name))
        await broker.publish("by URL", await inspect.url(name))
        await broker.publish("by ARN", (await inspect.attributes(name))["QueueArn"])
    assert await inspect.counts(name) == (3, 0)


async def test_a_queue_that_was_deleted_is_made_again(
    make_broker: MakeBroker, name: str, inspect: Any, clients: Any
) -> None:
    async with make_broker() as broker:
        await broker.publish("x", name)
        await clients.sqs.delete_queue(QueueUrl=await inspect.url(name))
        await broker.publish("y", name)
    assert [message["Body"] for message in await inspect.take(name)] == ["y"]


@pytest.mark.parametrize("destination", [{"queue": "missing"}, {"topic": "missing"}])
async def test_a_missing_destination_is_an_error_unless_the_broker_creates(
    make_broker: MakeBroker, destination: dict[str, str]
) -> None:
    async with make_broker(declare="verify") as broker:
        with pytest.raises(DestinationNotFoundError, match="missing"):
            await broker.publish("x", **destination)


async def test_a_message_needs_a_destination_and_a_connection(make_broker: MakeBroker, name: str) -> None:
    broker = make_broker()
    with pytest.raises(IncorrectState):
        await broker.publish("x", name)
    async with broker:
        with pytest.raises(SetupError):
            await broker.publish("x")
        with pytest.raises(SetupError):
            await broker.publish("x", name, topic=name)


async def test_what_a_handler_returns_goes_to_its_publishers(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    seen: dict[str, Any] = {}

    @broker.subscriber(name)
    @broker.publisher(f"{name}-a", headers={"from": "publisher"})
    @broker.publisher(topic=f"{name}-t")
    async def handle(body: str) -> SQSResponse:
        return SQSResponse(body.upper(), headers={"own": "1"})

    @broker.subscriber(f"{name}-a")
    async def queue_side(body: str, message: Any = None) -> None:
        seen["queue"] = body

    @broker.subscriber(f"{name}-b", topics=[Topic(f"{name}-t", filter={"own": ["1"]})])
    async def topic_side(body: str) -> None:
        seen["topic"] = body

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: len(seen) == 2)
    assert seen == {"queue": "X", "topic": "X"}


async def test_a_batch_publisher_sends_one_message_per_item(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    broker = make_broker()
    seen: list[int] = []

    @broker.subscriber(name)
    @broker.publisher(f"{name}-out", batch=True)
    async def handle(n: int) -> list[int]:
        return list(range(n))

    @broker.subscriber(f"{name}-out")
    async def out(n: int) -> None:
        seen.append(n)

    async with broker:
        await broker.start()
        await broker.publish(12, name)
        await eventually(lambda: sorted(seen) == list(range(12)))


async def test_a_request_gets_its_answer_and_the_reply_queue_goes_with_the_broker(
    make_broker: MakeBroker, name: str, clients: Any
) -> None:
    broker = make_broker()

    @broker.subscriber(name)
    async def handle(n: int) -> int:
        await asyncio.sleep(0.1 / (n + 1))
        return n * 2

    async with broker:
        await broker.start()
        answers = await asyncio.gather(*[broker.request(n, name, timeout=5) for n in range(5)])
        assert [await answer.decode() for answer in answers] == [0, 2, 4, 6, 8]
        with pytest.raises(TimeoutError):
            await broker.request(1, f"{name}-nobody", timeout=0.2)
    listed = await clients.sqs.list_queues(QueueNamePrefix="faststream-reply-")
    assert listed.get("QueueUrls", []) == []
