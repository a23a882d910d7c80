"""Traces and metrics: set up once per process. A service records its own with `tracer` and `meter`.

    from smartstack_chassis.telemetry.setup import meter
    COST = meter.create_counter("smartstack.ai.cost", unit="USD")

Instruments made before the process is set up, at import, work; without a receiver to send to they cost next to nothing.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from opentelemetry import metrics, propagate, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider, TraceBasedExemplarFilter
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased

from smartstack_chassis.telemetry import baggage
from smartstack_chassis.telemetry.unrecorded import UnrecordedTracerProvider

tracer = trace.get_tracer("smartstack")
meter = metrics.get_meter("smartstack")

# Milliseconds for what a person waits for, up to the tens of seconds that a model may take.
SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2.5, 5, 10, 30, 60)
# A receiver that is away may hold up the end of the process no longer than this.
EXPORT_SECONDS = 2.0
# Proves to the local receiver that a span comes from a process of its own stack.
TOKEN_HEADER = "x-smartstack-telemetry"  # noqa: S105 - a header's name
# The collector decides what is kept once a trace is complete (infra/modules/observability/collector.yaml). A caller
# from outside who says that its trace is not sampled cannot hide what we do for it.
SAMPLER = ParentBased(root=ALWAYS_ON, remote_parent_not_sampled=ALWAYS_ON)

ERRORS_ARE_OURS: Mapping[str, Any] = {"record_exception": False, "set_status_on_exception": False}
"""Options of our spans: the SDK would record an exception's text and stack, which may repeat people's texts."""


def configure_telemetry(
    service: str,
    otlp_endpoint: str | None,
    environment: str,
    metrics_seconds: float = 5.0,
    token: str | None = None,
) -> None:
    """Record spans and metrics under the service's name; send them to `otlp_endpoint` (base URL of OTLP over HTTP).

    Metrics go every `metrics_seconds`; `token` goes along as TOKEN_HEADER. Without an endpoint nothing is recorded:
    spans then are ids alone.
    """
    propagate.set_global_textmap(baggage.PROPAGATOR)
    if not otlp_endpoint:
        trace.set_tracer_provider(UnrecordedTracerProvider())
        return
    resource = Resource.create(
        {
            "service.name": service,
            "service.namespace": "smartstack",
            "service.instance.id": str(uuid4()),
            "deployment.environment.name": environment,
        }
    )
    spans = TracerProvider(resource=resource, sampler=SAMPLER)
    spans.add_span_processor(baggage.span_processor())
    base = otlp_endpoint.rstrip("/")
    options: dict[str, Any] = {"timeout": EXPORT_SECONDS, "headers": {TOKEN_HEADER: token} if token else None}
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces", **options)))
    exporter = OTLPMetricExporter(f"{base}/v1/metrics", **options)
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=metrics_seconds * 1000)
    metrics.set_meter_provider(MeterProvider([reader], resource, exemplar_filter=TraceBasedExemplarFilter()))
    trace.set_tracer_provider(spans)


def is_recording() -> bool:
    """Return whether spans of this process are recorded; when not, their attributes need not be made."""
    return isinstance(trace.get_tracer_provider(), TracerProvider)


def shutdown_telemetry() -> None:
    """Send what is still held."""
    meters = metrics.get_meter_provider()
    if isinstance(meters, MeterProvider):
        meters.shutdown(timeout_millis=EXPORT_SECONDS * 1000)
    spans = trace.get_tracer_provider()
    if isinstance(spans, TracerProvider):
        spans.shutdown()


def traceparent_of(span: trace.Span) -> str | None:
    """Return a span as a `traceparent` (W3C Trace Context), or None when it is not recorded at all."""
    context = span.get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_trace_id() -> str | None:
    """Return the current trace id as 32 hex digits, or None outside of any trace."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
