"""Celery over SQS as a worker: one thread (`solo`), JSON, ten messages prefetched. Argument: what to do."""

import sys
from urllib.parse import urlsplit

from celery import Celery
from meter import COUNT, ENDPOINT, KEYS, ORDER, QUEUE, REGION, Meter, Order

meter = Meter()
app = Celery(
    "bench",
    broker=f"sqs://{KEYS['aws_access_key_id']}:{KEYS['aws_secret_access_key']}@{urlsplit(ENDPOINT).netloc}",
)
app.conf.update(
    broker_transport_options={"region": REGION, "is_secure": False, "wait_time_seconds": 10},
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=10,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
)


@app.task(name="handle")
def handle(order: dict[str, object]) -> None:
    """Parses an order."""
    Order.model_validate(order)
    meter.hit()


def consume() -> None:
    """Works until the meter ends the process."""
    options = ["--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"]
    app.worker_main(["--quiet", "worker", *options])


def publish() -> None:
    """Sends one by one, as Celery does."""
    for _ in range(COUNT):
        handle.delay(ORDER.model_dump(mode="json"))
        meter.hit()


{"consume": consume, "publish": publish}[sys.argv[1]]()
