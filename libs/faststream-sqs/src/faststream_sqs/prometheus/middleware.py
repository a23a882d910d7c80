"""The Prometheus middleware."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from faststream.prometheus.middleware import PrometheusMiddleware

from faststream_sqs._internal import EMPTY
from faststream_sqs.response import SQSPublishCommand

from .provider import provider_for

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class SQSPrometheusMiddleware(PrometheusMiddleware[Any, SQSPublishCommand]):
    """Metrics for every message sent and handled.

    Args:
        registry: where the metrics are registered.
        app_name: a label; by default the prefix.
        metrics_prefix: put before the metrics' names.
        received_messages_size_buckets: bytes.
        custom_labels: constant, or computed from the received message.
    """

    def __init__(
        self,
        *,
        registry: "CollectorRegistry",
        app_name: str = EMPTY,
        metrics_prefix: str = "faststream",
        received_messages_size_buckets: Sequence[float] | None = None,
        custom_labels: dict[str, str | Callable[[Any], str]] | None = None,
    ) -> None:
        super().__init__(
            settings_provider_factory=provider_for,
            registry=registry,
            app_name=app_name,
            metrics_prefix=metrics_prefix,
            received_messages_size_buckets=received_messages_size_buckets,
            custom_labels=custom_labels,
        )
