"""Passes a request on to the upstream that answers it, and the answer back."""

import asyncio
import logging

import aiohttp

from smartstack_chassis.core import deadline
from smartstack_chassis.core.errors import Invalid
from smartstack_chassis.http.middleware import Receive, Scope, Send
from smartstack_chassis.http.problems import MEDIA_TYPE
from smartstack_gateway.edge.bodies import read_body
from smartstack_gateway.edge.headers import forwarded, returned
from smartstack_gateway.edge.routes import Route
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.upstreams.client import Call, UpstreamClient, upstream_error

logger = logging.getLogger(__name__)

# An answer up to this size is read whole and sent in one piece, which costs half of what streaming does.
SMALL = 64 * 1024


class Proxy:
    """Bodies are never parsed; small answers go out in one piece, others stream."""

    def __init__(self, upstreams: UpstreamClient, settings: GatewaySettings) -> None:
        self._upstreams = upstreams
        self._seconds = settings.upstream_seconds
        self._max_body = settings.max_body_bytes

    async def __call__(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request whose sender is known and admitted.

        Raises Unavailable when the upstream gives no answer (503, or 504 past the deadline), and what read_body does.
        """
        body = await read_body(scope, receive, self._max_body)
        call = Call(route.upstream, _method(scope), _target(scope), forwarded(scope["headers"]), body)
        try:
            async with deadline.within(self._seconds):
                answer = await self._upstreams.send(call)
                whole = await answer.read() if _is_small(answer) else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise upstream_error(route.upstream, error) from error
        if answer.status >= 500 and answer.content_type != MEDIA_TYPE:
            answer.close()
            logger.error("%s answered %s without a reason", route.upstream, answer.status)
            raise upstream_error(route.upstream, aiohttp.ClientError())
        await send({"type": "http.response.start", "status": answer.status, "headers": returned(answer.raw_headers)})
        if whole is not None:
            await send({"type": "http.response.body", "body": whole})
        else:
            await self._stream(answer, route, send)

    async def _stream(self, answer: aiohttp.ClientResponse, route: Route, send: Send) -> None:
        """Pass the body on as it comes, with a deadline on each piece; a broken one is left visibly incomplete."""
        try:
            while True:
                async with asyncio.timeout(self._seconds):
                    piece = await answer.content.readany()
                if not piece:
                    break
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            answer.close()
            logger.warning("the answer of %s broke off: %r", route.upstream, error)
            return
        answer.release()
        await send({"type": "http.response.body", "body": b""})


def _is_small(answer: aiohttp.ClientResponse) -> bool:
    length = answer.content_length
    return answer.status in (204, 304) or (length is not None and length <= SMALL)


def _method(scope: Scope) -> str:
    """Services answer GET alone; our server leaves the body of a HEAD's answer out."""
    method: str = scope["method"]
    return "GET" if method == "HEAD" else method


def _target(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    path: str = scope["path"]
    if not query:
        return path
    if not query.isascii():
        raise Invalid("invalid_query", "The query has to be percent-encoded.")
    return f"{path}?{query.decode('ascii')}"
