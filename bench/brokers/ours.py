"""faststream-sqs as a worker. Arguments: what to do, then the variant (see `VARIANTS` in the commands)."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from meter import COUNT, ENDPOINT, KEYS, ORDER, QUEUE, REGION, Meter, Order
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from faststream_sqs import SendBatch, SQSBroker
from faststream_sqs.opentelemetry import SQSTelemetryMiddleware

AT_ONCE = 10
BATCH = 100


class Nowhere(SpanExporter):
    """Takes spans and drops them: the network is not what is compared."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - dropped
        """Drops spans."""
        return SpanExportResult.SUCCESS


def telemetry(variant: str) -> list[Any]:
    """The OpenTelemetry middleware, with what the variant asks for."""
    if "traces" not in variant:
        return []
    tracer_provider = TracerProvider()
    tracer_provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    metrics = {"meter_provider": MeterProvider([InMemoryMetricReader()])} if "metrics" in variant else {}
    return [SQSTelemetryMiddleware(tracer_provider=tracer_provider, **metrics)]


def make_broker(variant: str) -> SQSBroker:
    """A broker without an access log."""
    return SQSBroker(
        region=REGION,
        endpoint_url=ENDPOINT,
        transport="botocore" if "botocore" in variant else "fast",
        middlewares=telemetry(variant),
        send=SendBatch() if "linger" in variant else None,
        logger=None,
        **KEYS,
    )


async def consume(variant: str) -> None:
    """Fifty workers, so up to five polls at once, as in the loop that it is compared with."""
    broker, meter = make_broker(variant), Meter()
    if "batch" in variant:

        @broker.subscriber(QUEUE, max_workers=5, batch=True)
        async def handle_batch(orders: list[Order]) -> None:
            meter.hit(len(orders))
    else:

        @broker.subscriber(QUEUE, max_workers=50)
        async def handle(order: Order) -> None:  # noqa: ARG001 - parsed is enough
            meter.hit()

    await broker.start()
    await asyncio.Event().wait()


async def publish(variant: str) -> None:
    """Ten callers at once, or batches of a hundred."""
    meter = Meter()
    async with make_broker(variant) as broker:
        where: dict[str, Any] = {"topic": QUEUE} if "sns" in variant else {"queue": QUEUE}
        headers = {"type": "order.placed.v1"}

        async def one() -> int:
            await broker.publish(ORDER, headers=headers, **where)
            return 1

        async def batch() -> int:
            return len(await broker.publish_batch(*[ORDER] * BATCH, headers=headers, **where))

        await one()
        batched = "batch" in variant
        # grouped sends wait for company, so that more callers are needed to have some
        callers = 1 if batched else AT_ONCE * AT_ONCE if "linger" in variant else AT_ONCE
        await asyncio.gather(*(send(batch if batched else one, meter) for _ in range(callers)))


async def send(call: Callable[[], Awaitable[int]], meter: Meter) -> None:
    """Sends until the meter ends the process."""
    for _ in range(COUNT):
        meter.hit(await call())


asyncio.run({"consume": consume, "publish": publish}[sys.argv[1]](sys.argv[2]))
