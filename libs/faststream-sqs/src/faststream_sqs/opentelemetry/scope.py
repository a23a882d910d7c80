"""The span around one message."""

import time
from typing import Any

from faststream.message import StreamMessage
from faststream.opentelemetry import Baggage
from faststream.opentelemetry.consts import ERROR_TYPE, MESSAGING_DESTINATION_PUBLISH_NAME, MessageAction
from faststream.opentelemetry.middleware import BaseTelemetryMiddleware
from opentelemetry.context import attach, detach
from opentelemetry.semconv.trace import SpanAttributes
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from faststream_sqs._internal import AsyncFunc
from faststream_sqs.response import SQSPublishCommand

from .provider import SQSTelemetrySettingsProvider, provider_for

_PROPAGATOR = TraceContextTextMapPropagator()


class SQSTelemetryScope(BaseTelemetryMiddleware[SQSPublishCommand]):
    """FastStream's middleware at two thirds of its cost for the usual message: a single one that
    continues a trace and carries no baggage. All others are left to FastStream."""

    __slots__ = ("_provider",)

    def __init__(self, msg: Any | None, /, **options: Any) -> None:
        super().__init__(msg, settings_provider_factory=provider_for, **options)
        self._provider = provider_for(msg)

    async def consume_scope(self, call_next: AsyncFunc, msg: StreamMessage[Any]) -> Any:
        """Handles a message within a span that continues the trace of its sender."""
        provider, headers = self._provider, msg.headers
        if "baggage" in headers or msg.batch_headers or not isinstance(provider, SQSTelemetrySettingsProvider):
            return await super().consume_scope(call_next, msg)
        parent = _PROPAGATOR.extract(headers)
        if not parent:
            return await super().consume_scope(call_next, msg)
        self._origin_context = parent
        destination = provider.get_consume_destination_name(msg)
        attributes = provider.get_consume_attrs_from_message(msg)
        attributes[SpanAttributes.MESSAGING_OPERATION] = MessageAction.PROCESS
        metric_attributes: dict[str, Any] = {
            SpanAttributes.MESSAGING_SYSTEM: provider.messaging_system,
            MESSAGING_DESTINATION_PUBLISH_NAME: destination,
        }
        start_time = time.perf_counter()
        span = self._current_span = self._tracer.start_span(
            f"{destination} {MessageAction.PROCESS}", context=parent, kind=SpanKind.CONSUMER, attributes=attributes
        )
        # closed when a handler's result is published, as in FastStream's own; else with the message's context
        self._scope_tokens_stack.enter_context(self.context.scopes((("span", span), ("baggage", Baggage({})))))
        token = attach(set_span_in_context(span, parent))
        try:
            return await call_next(msg)
        except Exception as error:
            metric_attributes[ERROR_TYPE] = type(error).__name__
            _record(span, error)
            raise
        finally:
            detach(token)
            self._metrics.observe_consume(metric_attributes, time.perf_counter() - start_time, 1)


def _record(span: Span, error: Exception) -> None:
    if span.is_recording():
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
