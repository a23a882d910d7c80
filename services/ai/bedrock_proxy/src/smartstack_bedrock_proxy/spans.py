"""Spans of model calls, by OpenTelemetry's conventions for generative AI, without a word of what was said.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from smartstack_bedrock_proxy.converse import Call, Operation

if TYPE_CHECKING:
    from smartstack_bedrock_proxy.service import Record

tracer = trace.get_tracer("smartstack")


@contextmanager
def call_span(wanted: Operation, headers: Mapping[str, str]) -> Iterator[Span]:
    """Wrap one call, as part of its caller's trace; of what came along, baggage above all, nothing else is taken."""
    traceparent = headers.get("traceparent")
    parent = propagate.extract({"traceparent": traceparent} if traceparent else {}, Context())
    attributes: dict[str, str | bool] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": wanted.model[:200],
        "gen_ai.request.stream": wanted.stream,
    }
    with tracer.start_as_current_span(
        "proxy converse", parent, SpanKind.SERVER, attributes, record_exception=False
    ) as span:
        yield span


def requested(span: Span, call: Call, workspace_id: UUID) -> None:
    """Note what is asked for."""
    span.set_attribute("gen_ai.request.max_tokens", call.max_tokens)
    span.set_attribute("smartstack.workspace_id", str(workspace_id))


def answered(span: Span, record: "Record", cost_usd: str) -> None:
    """Note what came of it."""
    if record.usage:
        span.set_attribute("gen_ai.usage.input_tokens", record.usage.input)
        span.set_attribute("gen_ai.usage.output_tokens", record.usage.output)
    if record.stop_reason:
        span.set_attribute("gen_ai.response.finish_reasons", [record.stop_reason])
    span.set_attribute("smartstack.ai.cost", float(cost_usd))
    span.set_attribute("aws.request_id", record.request_id)
    if record.error:
        failed(span, record.error)


def failed(span: Span, error_type: str) -> None:
    """Mark the call as failed."""
    span.set_attribute("error.type", error_type)
    span.set_status(Status(StatusCode.ERROR))


def trace_id(span: Span) -> str | None:
    """Return the trace's id as 32 hex digits, or None outside of any trace."""
    context = span.get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
