"""Our span around a message is the one that FastStream's own middleware makes."""

from typing import Any

import pytest
from faststream.opentelemetry import CurrentBaggage, CurrentSpan
from faststream.opentelemetry.middleware import TelemetryMiddleware
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from faststream_sqs import SQSBroker, SQSRawMessage, TestSQSBroker
from faststream_sqs.opentelemetry import SQSTelemetryMiddleware
from faststream_sqs.opentelemetry.provider import provider_for
from faststream_sqs.wire import string_attribute

UNSAMPLED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}
UNREADABLE = {"traceparent": "00-x"}
BAGGAGE = {"baggage": "customer=7"}


def ours(**options: Any) -> Any:
    return SQSTelemetryMiddleware(**options)


def theirs(**options: Any) -> Any:
    return TelemetryMiddleware(settings_provider_factory=provider_for, include_messages_counters=True, **options)


async def observed(kind: Any, headers: dict[str, str], *, fails: bool, batch: bool) -> Any:
    """What a message leaves behind: spans, metrics, and what its handler saw."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracer_provider = TracerProvider()
    tracer_provider.add_span_processor(SimpleSpanProcessor(exporter))
    middleware = kind(tracer_provider=tracer_provider, meter_provider=MeterProvider(metric_readers=[reader]))
    broker = SQSBroker(region="eu-west-1", middlewares=[middleware], logger=None)
    seen: list[Any] = []

    @broker.subscriber("orders", batch=batch)
    @broker.publisher("answers")
    async def handle(body: Any, span: CurrentSpan, baggage: CurrentBaggage) -> str:
        seen.append((span.is_recording(), span is trace.get_current_span(), baggage.get_all()))
        if fails:
            raise ValueError("no é")
        return "answer"

    @broker.subscriber("answers")
    async def answer(body: str) -> None: ...

    async with TestSQSBroker(broker) as test_broker:
        try:
            await test_broker.publish("x", "orders", headers=headers, correlation_id="c")
        except ValueError:
            seen.append("raised")
    spans = exporter.get_finished_spans()
    names = {span.context.span_id: span.name for span in spans}
    metrics: Any = reader.get_metrics_data()
    return (
        seen,
        [_told(span, names) for span in spans],
        [
            (metric.name, dict(point.attributes), getattr(point, "count", None) or point.value)
            for metric in metrics.resource_metrics[0].scope_metrics[0].metrics
            for point in metric.data.data_points
        ],
        trace.get_current_span().get_span_context().is_valid,
    )


def _told(span: Any, names: dict[int, str]) -> Any:
    attributes = {k: v for k, v in span.attributes.items() if k != "messaging.message.id"}
    events = [(event.name, event.attributes["exception.message"]) for event in span.events]
    parent = names.get(span.parent.span_id) if span.parent else None
    return span.name, span.kind, parent, attributes, span.status.status_code, span.status.description, events


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("headers", [{}, UNSAMPLED, UNREADABLE, BAGGAGE])
async def test_a_message_leaves_the_same_spans_and_metrics_as_with_faststreams_own(
    headers: dict[str, str], fails: bool, batch: bool
) -> None:
    options = {"fails": fails, "batch": batch}
    assert await observed(ours, dict(headers), **options) == await observed(theirs, dict(headers), **options)


async def test_after_a_message_its_span_is_not_the_current_one_any_more() -> None:
    tracer_provider = TracerProvider()
    broker = SQSBroker(middlewares=[SQSTelemetryMiddleware(tracer_provider=tracer_provider)], logger=None)
    seen: list[Any] = []

    @broker.subscriber("orders")
    async def handle(body: str) -> None:
        seen.append(trace.get_current_span().get_span_context().trace_id)

    attributes = {name: string_attribute(value) for name, value in UNSAMPLED.items()}
    wire = {"MessageId": "m", "ReceiptHandle": "r", "Body": "x", "MessageAttributes": attributes}
    async with TestSQSBroker(broker):
        (subscriber,) = broker.subscribers
        await subscriber.process_message(SQSRawMessage(wire, queue="orders"))
    assert seen == [0x0AF7651916CD43DD8448EB211C80319C]
    assert trace.get_current_span() is trace.INVALID_SPAN
