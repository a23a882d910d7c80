"""The OpenTelemetry middleware."""

from typing import Any

from faststream.opentelemetry.middleware import TelemetryMiddleware
from opentelemetry.metrics import Meter, MeterProvider
from opentelemetry.trace import TracerProvider

from faststream_sqs._internal import ContextRepo
from faststream_sqs.response import SQSPublishCommand

from .provider import provider_for
from .scope import SQSTelemetryScope


class SQSTelemetryMiddleware(TelemetryMiddleware[SQSPublishCommand]):
    """Spans and metrics for every message sent and handled.

    Args:
        tracer_provider: None: the global one.
        meter_provider: None: the global one.
        meter: instead of a provider.
        include_messages_counters: count messages in addition to measuring durations.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        meter: Meter | None = None,
        include_messages_counters: bool = True,
    ) -> None:
        super().__init__(
            settings_provider_factory=provider_for,
            tracer_provider=tracer_provider,
            meter_provider=meter_provider,
            meter=meter,
            include_messages_counters=include_messages_counters,
        )

    def __call__(self, msg: Any | None, /, *, context: ContextRepo) -> SQSTelemetryScope:
        """The scope of one message, sent or received."""
        return SQSTelemetryScope(msg, tracer=self._tracer, metrics_container=self._metrics, context=context)
