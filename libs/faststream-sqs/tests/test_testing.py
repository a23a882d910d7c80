"""The test broker: handlers in memory."""

from collections.abc import Callable
from typing import Any

import pytest
from faststream import FastStream, TestApp

from faststream_sqs import BatchFailures, Queue, SQSBroker, SQSMessage, SQSPublishItem, TestSQSBroker, Topic

MakeBroker = Callable[..., SQSBroker]


async def test_a_published_message_reaches_its_handler_and_the_handlers_publishers() -> None:
    broker = SQSBroker()
    publisher = broker.publisher(topic="out")

    @publisher
    @broker.subscriber("in")
    async def handle(n: int, message: SQSMessage) -> int:
        assert message.headers["type"] == "x"
        return n + 1

    async with TestSQSBroker(broker) as test_broker:
        await test_broker.publish(1, "in", headers={"type": "x"})
        handle.mock.assert_called_once_with(1)
        publisher.mock.assert_called_once_with(2)


async def test_filter_policies_decide_who_gets_a_topics_message() -> None:
    broker = SQSBroker()
    seen: list[tuple[str, int]] = []

    @broker.subscriber("a", topics=[Topic("events", filter={"type": ["a"]})])
    async def only_a(n: int) -> None:
        seen.append(("a", n))

    @broker.subscriber("all", topics=["events"])
    async def everything(n: int) -> None:
        seen.append(("all", n))

    async with TestSQSBroker(broker) as test_broker:
        await test_broker.publish(1, topic="events", headers={"type": "a"})
        await test_broker.publish(2, topic="events", headers={"type": "b"})
        results = await test_broker.publish_batch(
            SQSPublishItem(3, attributes={"type": "a"}), SQSPublishItem(4, attributes={"type": "b"}), topic="events"
        )
    assert [result.ok for result in results] == [True, True]
    assert sorted(seen) == [("a", 1), ("a", 3), ("all", 1), ("all", 2), ("all", 3), ("all", 4)]


async def test_a_batch_handler_gets_ten_at_a_time() -> None:
    broker = SQSBroker()
    sizes: list[int] = []

    @broker.subscriber("in", batch=True)
    async def handle(bodies: list[int]) -> BatchFailures:
        sizes.append(len(bodies))
        return BatchFailures([0])

    async with TestSQSBroker(broker) as test_broker:
        await test_broker.publish_batch(*range(12), queue="in")
        await test_broker.publish(1, "in")
    assert sizes == [10, 2, 1]


async def test_requests_are_answered_in_memory() -> None:
    broker = SQSBroker()

    @broker.subscriber("in")
    async def handle(n: int) -> dict[str, int]:
        return {"twice": n * 2}

    async with TestSQSBroker(broker) as test_broker:
        answer = await test_broker.request(4, "in")
        assert await answer.decode() == {"twice": 8}


async def test_a_handlers_error_reaches_the_test() -> None:
    broker = SQSBroker()

    @broker.subscriber(Queue("in"))
    async def handle() -> None:
        raise ValueError("wrong")

    async with TestSQSBroker(broker) as test_broker:
        with pytest.raises(ValueError, match="wrong"):
            await test_broker.publish("x", "in")


async def test_with_real_records_calls_over_sqs(make_broker: MakeBroker, name: str) -> None:
    broker = make_broker()

    @broker.subscriber(name)
    async def handle(body: Any) -> None: ...

    async with TestSQSBroker(broker, with_real=True) as test_broker:
        await test_broker.publish("x", name)
        await handle.wait_call(5)
        handle.mock.assert_called_once_with("x")


async def test_an_application_runs_under_the_test_broker() -> None:
    broker = SQSBroker()
    app = FastStream(broker)

    @broker.subscriber("in")
    async def handle(body: Any) -> None: ...

    @app.after_startup
    async def send() -> None:
        await broker.publish("x", "in")

    async with TestSQSBroker(broker), TestApp(app):
        handle.mock.assert_called_once_with("x")
