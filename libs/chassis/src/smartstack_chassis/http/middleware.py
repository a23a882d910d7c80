"""ASGI layers around every service: a bound on bodies, and a span per request."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from opentelemetry import baggage, context, trace
from opentelemetry.context import Context
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from smartstack_chassis.core.errors import TooLarge
from smartstack_chassis.http.problems import domain_problem
from smartstack_chassis.telemetry.baggage import CORRELATION_ID, PROPAGATOR, TRACE_CONTEXT
from smartstack_chassis.telemetry.metrics import REQUEST_DURATION
from smartstack_chassis.telemetry.setup import ERRORS_ARE_OURS, tracer
from smartstack_contracts import new_id

API_PREFIX = "/api/v1"
PROBES = ("/health/",)
_FROM_OUTSIDE = {b"traceparent"}
_FROM_US = {b"traceparent", b"tracestate", b"baggage"}
# Any other would be a name of the caller's choice in traces and metrics (OTel: http.request.method).
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Measured = dict[str, str | int]


class BodyLimit:
    """Answers 413 to a body over `max_bytes`, declared or streamed, before it is held in memory."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _declared_length(scope) > self._max:
            await self._refuse(scope, receive, send)
            return
        seen, over, started = 0, False, False

        async def bounded() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max:
                over = True
                raise self._error()
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            # A framework may turn the exception above into an answer of its own: ours is sent instead.
            if over and not started:
                return
            started = True
            await send(message)

        try:
            await self._app(scope, bounded, watched)
        except TooLarge:
            if started:
                raise
        if over and not started:
            await self._refuse(scope, receive, send)

    def _error(self) -> TooLarge:
        return TooLarge("body_too_large", f"The body may have at most {self._max} bytes.")

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await domain_problem(self._error())(scope, receive, send)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


class RequestSpan:
    """Wraps requests in a server span that continues the caller's trace, and measures how long they take.

    Names and attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans/. With `from_outside` no baggage
    is taken from the caller, and what the request causes gets a new correlation id, which goes along as baggage.
    Probes have no span, nor has what begins with one of `untraced`.
    """

    def __init__(self, app: ASGIApp, *, from_outside: bool = False, untraced: Sequence[str] = ()) -> None:
        self._app = app
        self._untraced = (*PROBES, *untraced)
        self._from_outside = from_outside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(self._untraced):
            await self._app(scope, receive, send)
            return
        # A span that becomes current leaves the baggage as it is: that of the caller has to be current itself.
        before = context.attach(self._context(scope))
        try:
            await self._serve(scope, receive, send)
        finally:
            context.detach(before)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        measured: Measured = {"http.request.method": method, "url.scheme": scope.get("scheme", "http")}
        attributes = {**measured, "url.path": scope["path"]}
        began = time.perf_counter()
        with tracer.start_as_current_span(
            method, kind=trace.SpanKind.SERVER, attributes=attributes, **ERRORS_ARE_OURS
        ) as span:
            try:
                await self._app(scope, receive, _recording(scope, send, span, measured))
            except asyncio.CancelledError:
                # The deadline passed (see admission.py).
                _fail(span, measured, "timeout")
                raise
            except Exception as error:
                _fail(span, measured, type(error).__qualname__)
                raise
            finally:
                REQUEST_DURATION.record(time.perf_counter() - began, measured)

    def _context(self, scope: Scope) -> Context:
        taken = _FROM_OUTSIDE if self._from_outside else _FROM_US
        carrier = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in taken}
        if not self._from_outside:
            return PROPAGATOR.extract(carrier, Context())
        return baggage.set_baggage(CORRELATION_ID, str(new_id()), TRACE_CONTEXT.extract(carrier, Context()))


def _recording(scope: Scope, send: Send, span: trace.Span, measured: Measured) -> Send:
    async def record(message: Message) -> None:
        if message["type"] == "http.response.start":
            status: int = message["status"]
            span.set_attribute("http.response.status_code", status)
            measured["http.response.status_code"] = status
            if (route := _route(scope)) is not None:
                span.update_name(f"{measured['http.request.method']} {route}")
                span.set_attribute("http.route", route)
                measured["http.route"] = route
            if status >= 500:
                _fail(span, measured, str(status))
        await send(message)

    return record


def _route(scope: Scope) -> str | None:
    """Return the shape of the public path. FastAPI tells that of the endpoint alone, without the router's prefix."""
    route = scope.get("route")
    if route is None:
        return None
    path: str = route.path
    included = scope["path"].startswith(f"{API_PREFIX}/") and not path.startswith(f"{API_PREFIX}/")
    return API_PREFIX + path if included else path


def _fail(span: trace.Span, measured: Measured, kind: str) -> None:
    span.set_status(trace.StatusCode.ERROR)
    span.set_attribute(ERROR_TYPE, kind)
    measured[ERROR_TYPE] = kind
