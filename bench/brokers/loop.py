"""The baseline: what one writes by hand over aiobotocore. Arguments: what to do, then the variant."""

import asyncio
import sys
from typing import Any

from aiobotocore.session import get_session
from meter import AWS, COUNT, ORDER, QUEUE, Meter, Order

POLLERS = 5
AT_ONCE = 10
ATTRIBUTES = {
    name: {"DataType": "String", "StringValue": value}
    for name, value in {
        "content-type": "application/json",
        "correlation-id": "0190f3c2-7d1c-7b7e-9c55-3d9a4f0c1b2e",
        "type": "order.placed.v1",
    }.items()
}


async def consume(_: str) -> None:
    """Five pollers: receive ten, parse each, delete ten."""
    meter = Meter()
    async with get_session().create_client("sqs", **AWS) as sqs:
        url = (await sqs.get_queue_url(QueueName=QUEUE))["QueueUrl"]
        await asyncio.gather(*(poll(sqs, url, meter) for _ in range(POLLERS)))


async def poll(sqs: Any, url: str, meter: Meter) -> None:
    """Until the meter ends the process."""
    while True:
        answer = await sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        for message in messages:
            Order.model_validate_json(message["Body"])
        if messages:
            entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)]
            await sqs.delete_message_batch(QueueUrl=url, Entries=entries)
            meter.hit(len(messages))


async def publish(variant: str) -> None:
    """Ten callers at once, one message or ten per request."""
    meter = Meter()
    topic = "sns" in variant
    async with get_session().create_client("sns" if topic else "sqs", **AWS) as client:
        if topic:
            target = (await client.create_topic(Name=QUEUE))["TopicArn"]
        else:
            target = (await client.create_queue(QueueName=QUEUE))["QueueUrl"]
        call = {
            "sqs": lambda: send(client, target),
            "sqs batch": lambda: send_batch(client, target),
            "sns": lambda: publish_one(client, target),
            "sns batch": lambda: publish_batch(client, target),
        }[variant]
        await asyncio.gather(*(again(call, meter) for _ in range(AT_ONCE)))


async def again(call: Any, meter: Meter) -> None:
    """Until the meter ends the process."""
    for _ in range(COUNT):
        meter.hit(await call())


async def send(sqs: Any, url: str) -> int:
    """One message to a queue."""
    await sqs.send_message(QueueUrl=url, MessageBody=ORDER.model_dump_json(), MessageAttributes=ATTRIBUTES)
    return 1


async def send_batch(sqs: Any, url: str) -> int:
    """Ten messages to a queue."""
    entries = [
        {"Id": str(i), "MessageBody": ORDER.model_dump_json(), "MessageAttributes": ATTRIBUTES} for i in range(10)
    ]
    await sqs.send_message_batch(QueueUrl=url, Entries=entries)
    return 10


async def publish_one(sns: Any, arn: str) -> int:
    """One message to a topic."""
    await sns.publish(TopicArn=arn, Message=ORDER.model_dump_json(), MessageAttributes=ATTRIBUTES)
    return 1


async def publish_batch(sns: Any, arn: str) -> int:
    """Ten messages to a topic."""
    entries = [{"Id": str(i), "Message": ORDER.model_dump_json(), "MessageAttributes": ATTRIBUTES} for i in range(10)]
    await sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
    return 10


asyncio.run({"consume": consume, "publish": publish}[sys.argv[1]](sys.argv[2]))
