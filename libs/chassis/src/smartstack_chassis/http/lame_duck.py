"""A process that stops sends its callers away before it closes: none of them meets a closing connection."""

import asyncio

from smartstack_chassis.http.middleware import ASGIApp, Message, Receive, Scope, Send


class LameDuck:
    """Once `stopping` is set, ends each connection with its next answer (RFC 9112, 9.6: `Connection: close`).

    The server closes connections that are idle at its end; a request that is on its way then is lost. Callers that are
    told so first, or whose idle connections have expired meanwhile, are gone by that time.
    """

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self._app = app
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_away(message: Message) -> None:
            if message["type"] == "http.response.start" and self._stopping.is_set():
                kept = [entry for entry in message.get("headers", ()) if entry[0].lower() != b"connection"]
                message["headers"] = [*kept, (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, send_away)
