"""dramatiq-sqs as a worker: eight threads, its own middleware. Argument: what to do."""

import sys
import threading

import dramatiq
from dramatiq.worker import Worker
from dramatiq_sqs import SQSBroker
from meter import AWS, COUNT, ORDER, QUEUE, Meter, Order

meter = Meter()
lock = threading.Lock()
broker = SQSBroker(**AWS)
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name=QUEUE)
def handle(order: dict[str, object]) -> None:
    """Parses an order."""
    Order.model_validate(order)
    with lock:
        meter.hit()


def consume() -> None:
    """Works until the meter ends the process."""
    Worker(broker, worker_threads=8).start()
    threading.Event().wait()


def publish() -> None:
    """Sends one by one, as dramatiq does."""
    for _ in range(COUNT):
        handle.send(ORDER.model_dump(mode="json"))
        meter.hit()


{"consume": consume, "publish": publish}[sys.argv[1]]()
