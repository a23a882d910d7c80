"""Spans and metrics of model calls, by OpenTelemetry's conventions for generative AI, without a word of content.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ and …/gen-ai-metrics/
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import metrics, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from smartstack_ai.llm.port import ModelCall
from smartstack_ai.values import SourceText

PROVIDER = "aws.bedrock"
tracer = trace.get_tracer("smartstack")
_meter = metrics.get_meter("smartstack")
_duration = _meter.create_histogram("gen_ai.client.operation.duration", "s", "Duration of model calls")
_tokens = _meter.create_histogram("gen_ai.client.token.usage", "{token}", "Tokens of model calls, by direction")
_cost = _meter.create_counter("smartstack.ai.cost", "USD", "What model calls cost")


@contextmanager
def chat_span(model: str, source: SourceText, max_tokens: int, prompt_version: str) -> Iterator[Span]:
    """Wrap one attempt to have a message read by a model."""
    attributes: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDER,
        "gen_ai.request.model": model,
        "gen_ai.request.max_tokens": max_tokens,
        "smartstack.prompt_version": prompt_version,
        "smartstack.workspace_id": str(source.workspace_id),
    }
    with tracer.start_as_current_span(
        f"chat {model}", kind=SpanKind.CLIENT, attributes=attributes, record_exception=False
    ) as span:
        yield span


def measured(span: Span, call: ModelCall) -> None:
    """Note what the attempt came to, on its span and in the metrics."""
    labels = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": PROVIDER, "gen_ai.request.model": call.model}
    span.set_attribute("gen_ai.usage.input_tokens", call.input_tokens)
    span.set_attribute("gen_ai.usage.output_tokens", call.output_tokens)
    span.set_attribute("smartstack.ai.outcome", call.outcome)
    if call.outcome != "answered":
        span.set_attribute("error.type", call.outcome)
        span.set_status(Status(StatusCode.ERROR))
        _duration.record(call.latency_ms / 1000, {**labels, "error.type": call.outcome})
    else:
        _duration.record(call.latency_ms / 1000, labels)
    if call.input_tokens or call.output_tokens:
        _tokens.record(call.input_tokens, {**labels, "gen_ai.token.type": "input"})
        _tokens.record(call.output_tokens, {**labels, "gen_ai.token.type": "output"})
    if call.cost_usd is not None:
        span.set_attribute("smartstack.ai.cost", float(call.cost_usd))
        _cost.add(float(call.cost_usd), labels)


def trace_id(span: Span) -> str | None:
    """Return the trace's id as 32 hex digits, or None outside of any trace."""
    context = span.get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
