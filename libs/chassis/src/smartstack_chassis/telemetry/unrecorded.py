"""Spans of a process that sends them nowhere: they carry ids, and record nothing.

The ids still join what belongs together: lines of the log, problems, events, and the requests to other services.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    Tracer,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)

_FLAGS = TraceFlags(TraceFlags.DEFAULT)
# No secrets: they only have to differ.
_ids = random.Random()  # noqa: S311


class UnrecordedTracerProvider(TracerProvider):
    """Gives out tracers whose spans record nothing."""

    def get_tracer(self, *_: Any, **__: Any) -> Tracer:
        """Return such a tracer."""
        return _UnrecordedTracer()


class _UnrecordedTracer(Tracer):
    def start_span(self, name: str, context: Context | None = None, *_: Any, **__: Any) -> Span:  # noqa: ARG002
        """Return a span that continues the trace of `context`, or begins one."""
        parent = get_current_span(context).get_span_context()
        trace_id = parent.trace_id if parent.is_valid else _ids.getrandbits(128) or 1
        return NonRecordingSpan(SpanContext(trace_id, _ids.getrandbits(64) or 1, is_remote=False, trace_flags=_FLAGS))

    @contextmanager
    def start_as_current_span(  # type: ignore[override]
        self, name: str, context: Context | None = None, *_: Any, **__: Any
    ) -> Iterator[Span]:
        """Let such a span be the current one inside the block."""
        span = self.start_span(name, context)
        token = contexts.attach(set_span_in_context(span))
        try:
            yield span
        finally:
            contexts.detach(token)
