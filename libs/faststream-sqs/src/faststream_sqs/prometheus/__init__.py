"""Metrics through Prometheus."""

from .middleware import SQSPrometheusMiddleware

__all__ = ("SQSPrometheusMiddleware",)
