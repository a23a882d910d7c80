"""Traces and metrics through OpenTelemetry."""

from .middleware import SQSTelemetryMiddleware

__all__ = ("SQSTelemetryMiddleware",)
