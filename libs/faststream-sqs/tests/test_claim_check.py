"""Bodies over the limit in S3."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from faststream_sqs import Backoff, DeadLetter, Queue, S3ClaimCheck, SQSBroker, SQSMessage

MakeBroker = Callable[..., SQSBroker]

LARGE = "x" * 2000


@pytest.fixture
async def bucket(clients: Any, name: str) -> AsyncIterator[str]:
    """An empty bucket."""
    s3 = await clients.s3()
    await s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return name


async def keys(clients: Any, bucket: str) -> list[str]:
    """The keys in a bucket."""
    s3 = await clients.s3()
    return [found["Key"] for found in (await s3.list_objects_v2(Bucket=bucket)).get("Contents", [])]


@pytest.mark.parametrize("topic", [True, False])
async def test_a_large_body_takes_the_way_over_s3_and_a_small_one_does_not(
    make_broker: MakeBroker, name: str, bucket: str, clients: Any, eventually: Any, topic: bool
) -> None:
    broker = make_broker(claim_check=S3ClaimCheck(bucket, prefix="big/", threshold=1000))
    seen: list[Any] = []

    @broker.subscriber(name, topics=[f"{name}-t"])
    async def handle(body: Any, message: SQSMessage) -> None:
        seen.append((body, message.headers["h"]))

    destination: dict[str, Any] = {"topic": f"{name}-t"} if topic else {"queue": name}
    async with broker:
        await broker.start()
        await broker.publish_batch(LARGE, "small", **destination, headers={"h": "1"})
        await eventually(lambda: len(seen) == 2)
    assert sorted(seen) == [("small", "1"), (LARGE, "1")]
    (key,) = await keys(clients, bucket)
    assert key.startswith("big/")


async def test_without_a_threshold_the_destination_decides(
    make_broker: MakeBroker, name: str, bucket: str, clients: Any
) -> None:
    async with make_broker(claim_check=S3ClaimCheck(bucket)) as broker:
        await broker.publish("x" * 300_000, name)
        assert await keys(clients, bucket) == []
        await broker.publish("x" * 300_000, topic=name)
        assert len(await keys(clients, bucket)) == 1
        await broker.publish("x" * 1_100_000, name)
        assert len(await keys(clients, bucket)) == 2


async def test_the_body_is_deleted_with_its_message_if_wanted(
    make_broker: MakeBroker, name: str, bucket: str, clients: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(claim_check=S3ClaimCheck(bucket, threshold=10, delete_after_ack=True))

    @broker.subscriber(name)
    async def handle() -> None: ...

    async with broker:
        await broker.start()
        await broker.publish(LARGE, name)
        await eventually(lambda: inspect.is_empty(name))
    assert await keys(clients, bucket) == []


async def test_the_copy_in_the_dead_letter_queue_still_points_to_the_body(
    make_broker: MakeBroker, name: str, bucket: str, clients: Any, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(claim_check=S3ClaimCheck(bucket, threshold=10, delete_after_ack=True))

    @broker.subscriber(Queue(name, dlq=DeadLetter()))
    async def handle(message: SQSMessage) -> None:
        await message.reject(reason="no")

    async with broker:
        await broker.start()
        await broker.publish(LARGE, name)
        await eventually(lambda: inspect.is_empty(name))
    (copy,) = await inspect.take(f"{name}-dlq")
    (key,) = await keys(clients, bucket)
    kind, pointer = json.loads(copy["Body"])
    assert kind == "software.amazon.payloadoffloading.PayloadS3Pointer"
    assert pointer == {"s3BucketName": bucket, "s3Key": key}
    assert copy["MessageAttributes"]["ExtendedPayloadSize"]["StringValue"] == str(len(LARGE))


async def test_a_body_that_is_gone_is_poison(
    make_broker: MakeBroker, name: str, bucket: str, clients: Any, inspect: Any, eventually: Any
) -> None:
    async with make_broker(claim_check=S3ClaimCheck(bucket, threshold=10)) as sender:
        await sender.publish(LARGE, name)
    (key,) = await keys(clients, bucket)
    await (await clients.s3()).delete_object(Bucket=bucket, Key=key)
    broker = make_broker()

    @broker.subscriber(Queue(name, dlq=DeadLetter()), retry=Backoff(0, cap=0))
    async def handle() -> None:
        raise AssertionError("must not run")

    async with broker:
        await broker.start()
        await eventually(lambda: inspect.is_empty(name))
    (copy,) = await inspect.take(f"{name}-dlq")
    assert "is gone" in copy["MessageAttributes"]["dlq-reason"]["StringValue"]


async def test_requests_and_batches_fetch_too(make_broker: MakeBroker, name: str, bucket: str, eventually: Any) -> None:
    broker = make_broker(claim_check=S3ClaimCheck(bucket, threshold=1000))
    seen: list[Any] = []

    @broker.subscriber(name)
    async def answer(body: str) -> str:
        return body * 2

    @broker.subscriber(f"{name}-b", batch=True)
    async def batch(bodies: list[str]) -> None:
        seen.extend(bodies)

    async with broker:
        await broker.start()
        reply = await broker.request(LARGE, name, timeout=5)
        assert await reply.decode() == LARGE * 2
        await broker.publish(LARGE, f"{name}-b")
        await eventually(lambda: seen == [LARGE])
