"""A server that misbehaves: nothing is lost, nothing spins, everything recovers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from faststream_sqs import (
    Backoff,
    DeadLetter,
    NetworkError,
    Queue,
    ServerError,
    SQSBroker,
    SQSMessage,
    ThrottledError,
)

MakeBroker = Callable[..., SQSBroker]
Forward = Callable[[], Awaitable[web.Response]]

AT_ONCE = Backoff(0, cap=0)


def target(request: web.Request) -> str:
    return request.headers.get("X-Amz-Target", "").rpartition(".")[2]


def throttled() -> web.Response:
    return web.json_response({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}, status=400)


def failing(operation: str, times: int, answer: Callable[[], web.Response]) -> Any:
    """Answers the first requests of an operation itself."""
    left = times

    async def misbehave(request: web.Request, body: bytes, forward: Forward) -> web.StreamResponse:
        nonlocal left
        if target(request) == operation and left > 0:
            left -= 1
            return answer()
        return await forward()

    return misbehave


async def cut_off(request: web.Request) -> web.StreamResponse:
    """Starts an answer and drops the connection."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/x-amz-json-1.0"})
    await response.prepare(request)
    await response.write(b'{"Messages": [')
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize("answer", [throttled, lambda: web.Response(status=503, text="unavailable")])
async def test_receiving_survives_a_burst_of_errors_without_spinning(
    make_broker: MakeBroker, name: str, proxy: Any, eventually: Any, answer: Callable[[], web.Response]
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    handled: list[Any] = []

    @broker.subscriber(name)
    async def handle(body: Any) -> None:
        handled.append(body)

    proxy.misbehave = failing("ReceiveMessage", 4, answer)
    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: handled == ["x"])
    assert proxy.count("ReceiveMessage") < 40


async def test_receiving_survives_an_answer_that_is_cut_off(
    make_broker: MakeBroker, name: str, proxy: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    handled: list[Any] = []
    cut = 0

    @broker.subscriber(name)
    async def handle(body: Any) -> None:
        handled.append(body)

    async def misbehave(request: web.Request, body: bytes, forward: Forward) -> web.StreamResponse:
        nonlocal cut
        if target(request) == "ReceiveMessage" and cut < 2:
            cut += 1
            return await cut_off(request)
        return await forward()

    proxy.misbehave = misbehave
    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: handled == ["x"])
    assert cut == 2


@pytest.mark.parametrize("answer", [throttled, lambda: web.Response(status=500, text="broken")])
async def test_a_delete_that_fails_is_tried_again(
    make_broker: MakeBroker, name: str, proxy: Any, inspect: Any, eventually: Any, answer: Callable[[], web.Response]
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    handled: list[int] = []

    @broker.subscriber(name)
    async def handle(message: SQSMessage) -> None:
        handled.append(message.receive_count)

    proxy.misbehave = failing("DeleteMessageBatch", 3, answer)
    async with broker:
        await broker.start()
        await broker.publish_batch(*range(5), queue=name)
        await eventually(lambda: len(handled) == 5)
        await eventually(lambda: inspect.is_empty(name))
    assert handled == [1] * 5


async def test_a_delete_is_tried_again_when_the_answer_says_nothing(
    make_broker: MakeBroker, name: str, proxy: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)

    @broker.subscriber(name)
    async def handle() -> None: ...

    proxy.misbehave = failing("DeleteMessageBatch", 1, lambda: web.json_response({}))
    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: inspect.is_empty(name))
    assert proxy.count("DeleteMessageBatch") == 2


async def test_the_entries_of_a_delete_that_failed_are_tried_again_and_only_those(
    make_broker: MakeBroker, name: str, proxy: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    deletes: list[list[str]] = []

    @broker.subscriber(name)
    async def handle() -> None: ...

    async def misbehave(request: web.Request, body: bytes, forward: Forward) -> web.StreamResponse:
        if target(request) != "DeleteMessageBatch":
            return await forward()
        entries = (await request.json())["Entries"]
        deletes.append([entry["ReceiptHandle"] for entry in entries])
        if len(deletes) > 1:
            return await forward()
        failed = [{"Id": e["Id"], "Code": "InternalError", "SenderFault": False} for e in entries[:2]]
        answer = await forward()
        done = [{"Id": e["Id"]} for e in entries[2:]]
        assert answer.status == 200
        return web.json_response({"Successful": done, "Failed": failed})

    proxy.misbehave = misbehave
    async with broker:
        await broker.publish_batch(*range(4), queue=name)
        await broker.start()
        await eventually(lambda: len(deletes) >= 2)
        await eventually(lambda: inspect.is_empty(name))
    assert deletes[1] == deletes[0][:2]


async def test_a_lost_answer_to_a_delete_does_no_harm(
    make_broker: MakeBroker, name: str, proxy: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    handled: list[int] = []
    lost = 0

    @broker.subscriber(name)
    async def handle(message: SQSMessage) -> None:
        handled.append(message.receive_count)

    async def misbehave(request: web.Request, body: bytes, forward: Forward) -> web.StreamResponse:
        nonlocal lost
        answer = await forward()
        if target(request) == "DeleteMessageBatch" and lost == 0:
            lost += 1
            return await cut_off(request)
        return answer

    proxy.misbehave = misbehave
    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: bool(lost))
        await eventually(lambda: inspect.is_empty(name))
        await broker.publish("y", name)
        await eventually(lambda: len(handled) == 2)
    assert handled == [1, 1]


async def test_an_extension_that_fails_is_tried_again_in_time(
    make_broker: MakeBroker, name: str, proxy: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    attempts: list[int] = []
    done: list[int] = []

    @broker.subscriber(Queue(name, visibility=2))
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        await asyncio.sleep(3)
        done.append(1)

    proxy.misbehave = failing("ChangeMessageVisibilityBatch", 1, lambda: web.Response(status=500))
    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await eventually(lambda: bool(done))
    assert attempts == [1]


async def test_a_reject_whose_copy_cannot_be_sent_does_not_delete(
    make_broker: MakeBroker, name: str, proxy: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(endpoint_url=proxy.url)
    attempts: list[int] = []

    @broker.subscriber(Queue(name, dlq=DeadLetter()), retry=AT_ONCE)
    async def handle(message: SQSMessage) -> None:
        attempts.append(message.receive_count)
        await message.reject(reason="no")

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        proxy.misbehave = failing("SendMessage", 2, lambda: web.Response(status=500))
        await eventually(lambda: inspect.is_empty(name))
    assert len(await inspect.take(f"{name}-dlq")) == 1


async def test_a_queue_that_vanishes_is_declared_again_with_its_dead_letters_and_topics(
    make_broker: MakeBroker, name: str, inspect: Any, clients: Any, eventually: Any
) -> None:
    broker = make_broker()
    handled: list[Any] = []

    @broker.subscriber(Queue(name, visibility=7, dlq=DeadLetter()), topics=[f"{name}-t"])
    async def handle(body: Any) -> None:
        handled.append(body)

    async with broker:
        await broker.start()
        for queue in (name, f"{name}-dlq"):
            await clients.sqs.delete_queue(QueueUrl=await inspect.url(queue))

        async def is_back() -> bool:
            listed = await clients.sqs.list_queues(QueueNamePrefix=name)
            return len(listed.get("QueueUrls", [])) == 2

        await eventually(is_back)
        await broker.publish("x", topic=f"{name}-t")
        await eventually(lambda: handled == ["x"])
    assert (await inspect.attributes(name))["VisibilityTimeout"] == "7"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (throttled, ThrottledError),
        (lambda: web.Response(status=500, text="broken"), ServerError),
        (lambda: web.Response(text="no JSON", content_type="application/x-amz-json-1.0"), NetworkError),
    ],
)
async def test_a_publisher_gets_the_error_of_its_kind(
    make_broker: MakeBroker, name: str, proxy: Any, answer: Callable[[], web.Response], error: type[Exception]
) -> None:
    async with make_broker(endpoint_url=proxy.url) as broker:
        await broker.publish("x", name)
        proxy.misbehave = failing("SendMessage", 9, answer)
        with pytest.raises(error):
            await broker.publish("x", name)


async def test_nobody_listening_is_a_network_error_and_no_ping(make_broker: MakeBroker, name: str) -> None:
    async with make_broker(endpoint_url="http://127.0.0.1:9") as broker:
        with pytest.raises(NetworkError):
            await broker.publish("x", name)
        assert not await broker.ping(timeout=1)


async def test_a_whole_chunk_that_fails_is_told_per_message(make_broker: MakeBroker, name: str, proxy: Any) -> None:
    async with make_broker(endpoint_url=proxy.url) as broker:
        await broker.publish("make the topic", topic=name)
        calls = 0

        async def misbehave(request: web.Request, body: bytes, forward: Forward) -> web.StreamResponse:
            nonlocal calls
            if b"Action=PublishBatch" in body and b"m15" in body:
                calls += 1
                return web.Response(status=500)
            return await forward()

        proxy.misbehave = misbehave
        results = await broker.publish_batch(*[f"m{i}" for i in range(30)], topic=name, raise_on_failure=False)
    assert calls
    assert [r.index for r in results if not r.ok] == list(range(10, 20))


async def test_a_stop_under_load_loses_nothing(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    handled: list[Any] = []

    def consumer() -> SQSBroker:
        broker = make_broker(graceful_timeout=1, wait_time=1)

        @broker.subscriber(Queue(name, visibility=600), max_workers=25)
        async def handle(body: Any) -> None:
            await asyncio.sleep(0.01)
            handled.append(body)

        return broker

    async with make_broker() as sender:
        sending = asyncio.gather(*[sender.publish_batch(*range(i, i + 50), queue=name) for i in range(0, 600, 50)])
        for _ in range(3):
            broker = consumer()
            await broker.start()
            await asyncio.sleep(0.15)
            await broker.stop()
        await sending
        broker = consumer()
        await broker.start()
        await eventually(lambda: len(handled) >= 600, within=60)
        await broker.stop()
    assert sorted(handled) == list(range(600))
    assert await inspect.is_empty(name)


async def test_a_send_is_tried_again_as_often_as_wanted(make_broker: MakeBroker, name: str, proxy: Any) -> None:
    async with make_broker(endpoint_url=proxy.url, send_attempts=2) as broker:
        await broker.publish("x", name)
        proxy.misbehave = failing("SendMessage", 1, throttled)
        await broker.publish("y", name)
    assert proxy.count("SendMessage") == 3
