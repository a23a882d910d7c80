"""The content of a span as OTLP carries it. Pure.

Source of the format: opentelemetry-proto, trace/v1/trace.proto and common/v1/common.proto.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from smartstack_ops.schemas import Scalar, Span, SpanEvent, SpanKind, SpanLink, SpanStatus

WORKSPACE = "smartstack.workspace_id"
SERVICE = "service.name"

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# Where ids of things are found. Values elsewhere may hold ids that mean nothing, such as a process's.
_NAMES_THINGS = ("smartstack.", "messaging.", "url.", "http.", "gen_ai.")

_METHOD = "http.request.method"
_REQUEST = frozenset({_METHOD, "url.path", "url.full", "http.route"})
_OPS = "/api/v1/ops/"

LARGE_BYTES = 16 * 1024
_TEXT = 2000
_NAME = 200
_ATTRIBUTES = 64
_EVENTS = 32
_LINKS = 128

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS: dict[int, SpanKind] = {2: "server", 3: "client", 4: "producer", 5: "consumer"}
_STATUSES: dict[int, SpanStatus] = {Status.STATUS_CODE_OK: "ok", Status.STATUS_CODE_ERROR: "error"}


def scalar(value: AnyValue) -> Scalar:
    """Return an attribute's value; lists and the like as JSON text, numbers that JSON does not know as text."""
    kind = value.WhichOneof("value")
    if kind == "double_value" and not math.isfinite(value.double_value):
        return str(value.double_value)
    if kind in ("string_value", "bool_value", "int_value", "double_value"):
        simple: Scalar = getattr(value, kind)
        return simple
    return json.dumps(_nested(value), ensure_ascii=False)[:_TEXT]


def scalars(attributes: Iterable[KeyValue]) -> dict[str, Scalar]:
    """Return attributes by name."""
    return {each.key: scalar(each.value) for each in attributes}


def text_of(attributes: Iterable[KeyValue], name: str) -> str | None:
    """Return the text of one attribute, or None when it is missing or no text."""
    for each in attributes:
        if each.key == name and each.value.HasField("string_value"):
            return str(each.value.string_value)
    return None


def things_of(span: WireSpan) -> Iterator[bytes]:
    """Yield the ids of everything that the span and its links name.

    The workspace is passed over: it would be in all of them.
    """
    for attributes in (span.attributes, *(link.attributes for link in span.links)):
        for each in attributes:
            if each.key.startswith(_NAMES_THINGS) and each.key != WORKSPACE and each.value.HasField("string_value"):
                for found in _UUID.findall(each.value.string_value):
                    yield binary(found)


def binary(thing: str) -> bytes:
    """Return a UUID, or the id of a trace in hex, as it is stored; what is neither names nothing."""
    try:
        return bytes.fromhex(thing.replace("-", ""))
    except ValueError:
        return b""


def is_looking(span: WireSpan) -> bool:
    """Return whether the span reads telemetry: keeping such spans would bury the traces of the product."""
    attributes = {each.key: each.value.string_value for each in span.attributes if each.key in _REQUEST}
    return attributes.pop(_METHOD, "") == "GET" and any(_OPS in value for value in attributes.values())


def is_error(span: WireSpan) -> bool:
    """Return whether the span failed."""
    return bool(span.status.code == Status.STATUS_CODE_ERROR)


def error_of(span: WireSpan) -> str:
    """Return what went wrong in a failed span, as precisely as it says: the exception, its status, its error type."""
    for event in reversed(span.events):
        attributes = scalars(event.attributes)
        if event.name == "exception" and attributes.get("exception.type"):
            message = str(attributes.get("exception.message") or "").strip().splitlines()
            return f"{attributes['exception.type']}: {message[0]}" if message else str(attributes["exception.type"])
    return span.status.message or text_of(span.attributes, "error.type") or "unknown error"


def trim(span: WireSpan) -> None:
    """Cut an unusually large span down to what is worth keeping."""
    if span.ByteSize() <= LARGE_BYTES:
        return
    span.name = span.name[:_NAME]
    span.trace_state = ""
    span.status.message = span.status.message[:_TEXT]
    del span.attributes[_ATTRIBUTES:], span.events[_EVENTS:], span.links[_LINKS:]
    for link in span.links:
        link.trace_state = ""
        del link.attributes[8:]
        _trim_attributes(link.attributes)
    for event in span.events:
        event.name = event.name[:_NAME]
        del event.attributes[_ATTRIBUTES:]
        _trim_attributes(event.attributes)
    _trim_attributes(span.attributes)
    if span.ByteSize() > 4 * LARGE_BYTES:
        del span.events[:], span.links[:], span.attributes[8:]


def shown(span: WireSpan, service: str, trace_started_ns: int) -> Span:
    """Return the span as the API shows it."""
    return Span(
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        name=span.name,
        service=service,
        kind=_KINDS.get(span.kind, "internal"),
        offset_ms=milliseconds(span.start_time_unix_nano - trace_started_ns),
        duration_ms=milliseconds(max(0, span.end_time_unix_nano - span.start_time_unix_nano)),
        status=_STATUSES.get(span.status.code, "unset"),
        attributes=scalars(span.attributes),
        links=[SpanLink(trace_id=link.trace_id.hex(), span_id=link.span_id.hex()) for link in span.links],
        events=[
            SpanEvent(
                name=event.name,
                offset_ms=milliseconds(event.time_unix_nano - trace_started_ns),
                attributes=scalars(event.attributes),
            )
            for event in span.events
        ],
    )


def milliseconds(nanoseconds: int) -> float:
    """Return milliseconds, to the microsecond."""
    return round(nanoseconds / 1e6, 3)


def moment(after: int) -> datetime:
    """Return the moment so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=after)


def microseconds(at: datetime) -> int:
    """Return how many microseconds after 1970 the moment is."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _nested(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_nested(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return {each.key: _nested(each.value) for each in value.kvlist_value.values}
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return scalar(value) if kind else None


def _trim_attributes(attributes: Sequence[KeyValue]) -> None:
    for each in attributes:
        each.key = each.key[:_NAME]
        if each.value.HasField("string_value"):
            each.value.string_value = each.value.string_value[:_TEXT]
        elif each.value.ByteSize() > _TEXT:
            each.value.string_value = str(scalar(each.value))[:_TEXT]
