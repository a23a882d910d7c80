"""Keeps web pages and strangers away from the emulator.

By itself it accepts unsigned requests and answers any origin: a page open in the developer's browser could read and
change everything in it, directly or by DNS rebinding, and so could any other user of the machine.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from .signatures import Request, is_signed, payload_is_declared

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})
HEALTH = "/_ministack/health"
# Headers of a browser request that a page of another site caused: an image, a style sheet, a form, a script.
_FROM_ELSEWHERE = frozenset({"cross-site", "same-site"})
# As AWS's Query protocol has it; clients of the others take the code from the status.
_REFUSAL = (
    b"<ErrorResponse><Error><Code>403</Code>"
    b"<Message>this emulator serves the programs of its own installation only</Message></Error></ErrorResponse>\n"
)
_LARGEST_BODY = 16 * 2**20


class Guard:
    """ASGI middleware: 403 for a foreign Host header, for a page that is not listed, and for a missing signature.

    `hosts` are names allowed besides the loopback ones, without port, or `*` for any; `origins` are full origins
    (`http://127.0.0.1:8000`) whose pages may upload and download files. With a `secret`, whatever is not signed with it
    (AWS Signature Version 4) is refused, except the question whether the emulator is there.
    """

    def __init__(
        self, application: Application, hosts: frozenset[str], origins: frozenset[str], secret: str | None = None
    ) -> None:
        self._application = application
        self._hosts = LOCAL_HOSTS | hosts
        self._origins = origins
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
        elif not self._allows(scope):
            await _refuse(scope, send)
        elif self._secret is None or _is_preflight(scope) or _is_health(scope):
            await self._application(scope, receive, send)
        else:
            await self._serve_signed(self._secret, scope, receive, send)

    async def _serve_signed(self, secret: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _refuse(scope, send)
            return
        request = _request(scope)
        body = None if payload_is_declared(request) else await _read(receive)
        if not is_signed(request, body or b"", secret, datetime.now(UTC)):
            await _refuse(scope, send)
            return
        await self._application(scope, receive if body is None else _again(body, receive), send)

    def _allows(self, scope: Scope) -> bool:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "").rsplit(":", 1)[0]
        origin = headers.get(b"origin")
        named = host in self._hosts or "*" in self._hosts
        if origin is not None:
            return named and origin in self._origins
        return named and headers.get(b"sec-fetch-site") not in _FROM_ELSEWHERE


def _is_health(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == HEALTH)


def _is_preflight(scope: Scope) -> bool:
    """Return whether this is the preflight of a listed page: it changes nothing, and cannot be signed."""
    return bool(scope["type"] == "http" and scope["method"] == "OPTIONS")


def _request(scope: Scope) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers[name.decode("latin-1").lower()] = value.decode("latin-1")
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return Request(scope["method"], path.partition("?")[0], scope["query_string"].decode("latin-1"), headers)


async def _read(receive: Receive) -> bytes:
    """The whole body; what is larger than anything that we send is cut off, and so does not match its signature."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body") or size > _LARGEST_BODY:
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body that was read, and then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/xml")]})
    await send({"type": "http.response.body", "body": _REFUSAL})
