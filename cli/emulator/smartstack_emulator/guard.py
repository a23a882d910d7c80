"""Keeps web pages away from the emulator.

It accepts unsigned requests and answers any origin, so without this a page open in the developer's browser
could read and change everything in it, directly or by DNS rebinding.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})


class Guard:
    """ASGI middleware: 403 for a foreign Host header and for any Origin that is not listed.

    `hosts` are names allowed besides the loopback ones, without port, or `*` for any; `origins` are full origins
    (`http://127.0.0.1:8000`) whose pages may upload and download files.
    """

    def __init__(self, application: Application, hosts: frozenset[str], origins: frozenset[str]) -> None:
        self._application = application
        self._hosts = LOCAL_HOSTS | hosts
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._allows(scope):
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"this emulator serves local programs only\n"})

    def _allows(self, scope: Scope) -> bool:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "").rsplit(":", 1)[0]
        origin = headers.get(b"origin")
        return (host in self._hosts or "*" in self._hosts) and (origin is None or origin in self._origins)
