"""Baggage across process borders (W3C Baggage): two ids, in either direction, and nothing else.

Each span names them as attributes, so that a trace can be found by its workspace. Messages carry no baggage: both ids
are in the event itself.
"""

import re
from collections.abc import Mapping
from uuid import UUID

from opentelemetry import baggage, context, trace
from opentelemetry.context import Context
from opentelemetry.processor.baggage import BaggageSpanProcessor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

WORKSPACE_ID = "smartstack.workspace_id"
CORRELATION_ID = "smartstack.correlation_id"
ALLOWED = frozenset({WORKSPACE_ID, CORRELATION_ID})
_HEADER = "baggage"
_MAX_LENGTH = 8192
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class AllowedBaggage(TextMapPropagator):
    """W3C Baggage with the allowed ids alone; a value that is not a UUID is left out too.

    OpenTelemetry's own propagator takes several times as long, for any keys and values.
    """

    @property
    def fields(self) -> set[str]:
        """Return the header that this reads and writes."""
        return {_HEADER}

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        """Return the context with the allowed part of what was sent."""
        kept = _allowed(baggage.get_all(context))
        for header in getter.get(carrier, _HEADER) or ():
            if len(header) <= _MAX_LENGTH:
                kept |= _allowed(_entries(header))
        carried = baggage.clear(context)
        for name, value in kept.items():
            carried = baggage.set_baggage(name, value, carried)
        return carried

    def inject(
        self, carrier: CarrierT, context: Context | None = None, setter: Setter[CarrierT] = default_setter
    ) -> None:
        """Write the allowed part of the context's baggage."""
        if kept := _allowed(baggage.get_all(context)):
            setter.set(carrier, _HEADER, ",".join([f"{name}={value}" for name, value in kept.items()]))


def _allowed(entries: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in entries.items() if name in ALLOWED and _UUID.fullmatch(str(value))}


def _entries(header: str) -> dict[str, object]:
    """Read `name=value;property,name=value`."""
    pairs = (entry.partition(";")[0].partition("=") for entry in header.split(","))
    return {name.strip(): value.strip() for name, _, value in pairs}


TRACE_CONTEXT = TraceContextTextMapPropagator()
"""Accepted from outside: the trace that a request belongs to, and no baggage."""

PROPAGATOR = CompositePropagator([TRACE_CONTEXT, AllowedBaggage()])
"""Sent between our own processes over HTTP."""


def span_processor() -> BaggageSpanProcessor:
    """Return what gives each span the allowed ids of its context as attributes."""
    return BaggageSpanProcessor(ALLOWED.__contains__)


def enter(workspace_id: UUID, correlation_id: UUID | None = None) -> None:
    """Say whose work the current span is, and what follows in this task until that span ends.

    The workspace comes from a verified token or from our own event, never from a caller's claim.
    """
    workspace = str(workspace_id)
    carried = baggage.set_baggage(WORKSPACE_ID, workspace)
    if correlation_id is not None:
        carried = baggage.set_baggage(CORRELATION_ID, str(correlation_id), carried)
    # Not detached: the code that made the span current restores the context before it.
    context.attach(carried)
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attribute(WORKSPACE_ID, workspace)


def correlation_id() -> UUID | None:
    """Return the correlation id of the request that is being served, or None outside of any."""
    carried = baggage.get_baggage(CORRELATION_ID)
    return UUID(str(carried)) if carried else None
