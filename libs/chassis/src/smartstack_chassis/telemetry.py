"""Traces: set up once per process, carried in W3C `traceparent` form across HTTP, outbox and queues."""

import logging

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

tracer = trace.get_tracer("smartstack")


def configure_telemetry(service: str, otlp_endpoint: str | None, environment: str) -> None:
    """Record spans under the service's name; export them to `otlp_endpoint` (base URL of an OTLP/HTTP receiver)."""
    resource = Resource.create(
        {"service.name": service, "service.namespace": "smartstack", "deployment.environment.name": environment}
    )
    provider = TracerProvider(resource=resource)
    if otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{otlp_endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)


def shutdown_telemetry() -> None:
    """Send what is still held."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def current_traceparent() -> str | None:
    """Return the current span as a `traceparent` header value, or None outside of any trace."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    """Return the current trace id as 32 hex digits, or None outside of any trace."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


class _TraceIds(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.trace = current_trace_id() or "-"
        return True


def configure_logging(service: str, level: str) -> None:
    """Log to standard error, each line with the service and the trace it belongs to; bodies are never logged."""
    handler = logging.StreamHandler()
    handler.addFilter(_TraceIds())
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s %(levelname)s {service} trace=%(trace)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Botocore logs whole requests at debug level, bodies and credentials included.
    for noisy in ("botocore", "aiobotocore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
