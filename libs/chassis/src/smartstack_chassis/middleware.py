"""ASGI layers around every service: a bound on bodies, and a span per request."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from opentelemetry import propagate, trace

from smartstack_chassis.errors import TooLarge
from smartstack_chassis.problems import domain_problem
from smartstack_chassis.telemetry import tracer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


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
    """Wraps each request in a server span that continues the caller's trace (OTel HTTP semantic conventions)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self._app(scope, receive, send)
            return
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        attributes = {"http.request.method": scope["method"], "url.path": scope["path"]}
        context = propagate.extract(carrier)
        with tracer.start_as_current_span(
            f"{scope['method']} {scope['path']}", context, trace.SpanKind.SERVER, attributes
        ) as span:

            async def record(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    route = scope.get("route")
                    if route is not None:
                        span.update_name(f"{scope['method']} {route.path}")
                        span.set_attribute("http.route", route.path)
                    if message["status"] >= 500:
                        span.set_status(trace.StatusCode.ERROR)
                await send(message)

            await self._app(scope, receive, record)
