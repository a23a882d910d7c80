"""taskiq-aio-sqs as a worker. Argument: what to do."""

import asyncio
import sys

from aiobotocore.session import get_session
from meter import AWS, COUNT, ENDPOINT, KEYS, ORDER, QUEUE, REGION, Meter, Order
from taskiq.api import run_receiver_task
from taskiq_aio_sqs import SQSBroker

AT_ONCE = 10

meter = Meter()
broker = SQSBroker(
    endpoint_url=ENDPOINT,
    sqs_queue_name=QUEUE,
    region_name=REGION,
    max_number_of_messages=10,
    wait_time_seconds=10,
    **KEYS,
)


@broker.task(task_name="handle")
async def handle(order: Order) -> None:  # noqa: ARG001 - parsed is enough
    """Takes an order that taskiq has parsed."""
    meter.hit()


async def consume() -> None:
    """Works until the meter ends the process."""
    broker.is_worker_process = True
    await run_receiver_task(broker, run_startup=True)


async def publish() -> None:
    """Ten callers at once."""
    # taskiq-aio-sqs makes no queues
    async with get_session().create_client("sqs", **AWS) as sqs:
        await sqs.create_queue(QueueName=QUEUE)
    await broker.startup()
    await asyncio.gather(*(send() for _ in range(AT_ONCE)))


async def send() -> None:
    """Sends until the meter ends the process."""
    for _ in range(COUNT):
        await handle.kiq(ORDER)
        meter.hit()


asyncio.run({"consume": consume, "publish": publish}[sys.argv[1]]())
