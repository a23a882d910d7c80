"""The ASGI application: Bedrock's two Converse operations and a health check. No lifespan: nothing must be started."""

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from aiobotocore.session import AioSession, get_session
from opentelemetry import metrics
from opentelemetry.trace import Span

from smartstack_bedrock_proxy import converse, refusals, spans
from smartstack_bedrock_proxy.clients import Clients
from smartstack_bedrock_proxy.converse import Operation
from smartstack_bedrock_proxy.refusals import REASON_HEADER, Refusal
from smartstack_bedrock_proxy.service import Proxy
from smartstack_bedrock_proxy.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

logger = logging.getLogger(__name__)
HEALTH = "/health/live"
_refused = metrics.get_meter("smartstack").create_counter(
    "smartstack.ai.refusals", "{call}", "Calls that the proxy answered instead of Bedrock, by reason"
)


class App:
    """`await app(scope, receive, send)`; `session` holds the role's credentials (by default the usual AWS chain)."""

    def __init__(self, settings: Settings, session: AioSession | None = None) -> None:
        self._settings = settings
        self.clients = Clients(session or get_session(), settings.aws_region, settings.aws_endpoint_url)
        self._proxy = Proxy(settings, self.clients)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        reply = _Reply(send)
        path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace").partition("?")[0]
        if path == HEALTH:
            await reply.whole(200, {"content-type": "application/json"}, b'{"status":"live"}')
            return
        try:
            wanted = converse.operation(scope["method"], path)
        except Refusal as refusal:
            await reply.refuse(refusal)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        with spans.call_span(wanted, headers) as span:
            await self._converse(wanted, headers, receive, reply, span)

    async def _converse(
        self, wanted: Operation, headers: Mapping[str, str], receive: Receive, reply: "_Reply", span: Span
    ) -> None:
        try:
            workspace_id = await self._proxy.admit(wanted, headers)
            body = await self._body(receive)
            await _unless_gone(self._proxy.answer(workspace_id, wanted, body, reply, span), receive)
        except Refusal as refusal:
            spans.failed(span, refusal.code)
            _refused.add(1, {"reason": refusal.reason})
            logger.info("refused: %s", refusal.reason)
            await reply.refuse(refusal)
        except _Gone:
            logger.info("the caller went away")
        except (aiohttp.ClientError, ConnectionError) as error:
            # Part of the answer is out: the server cuts the connection of an answer that is not finished.
            spans.failed(span, type(error).__name__)
            logger.warning("the connection to Bedrock broke in the middle of an answer: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - its words may quote the prompt: kind and place are told
            spans.failed(span, type(error).__name__)
            logger.error("the proxy failed: %s at %s", type(error).__name__, _place(error))
            if not reply.started:
                await reply.refuse(refusals.internal())

    async def _body(self, receive: Receive) -> bytes:
        """Read the body, up to the limit. Raises Refusal beyond it."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > self._settings.max_body_bytes:
                raise refusals.invalid(f"The body is longer than {self._settings.max_body_bytes} bytes.")
            if not message.get("more_body", False):
                return bytes(body)


class _Gone(Exception):  # noqa: N818
    """Nobody waits for the answer."""


async def _unless_gone(work: Awaitable[None], receive: Receive) -> None:
    """Do the work, but cancel it (and wait for its end) when the caller goes away."""
    working, watching = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
            if working.cancelled():
                raise _Gone
        working.result()
    finally:
        watching.cancel()
        working.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


class _Reply:
    """Sends an answer over ASGI."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.started = True
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def send(self, chunk: bytes) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def finish(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def whole(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        await self.start(status, {**headers, "content-length": str(len(body))})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def refuse(self, refusal: Refusal) -> None:
        headers = {
            "content-type": "application/json",
            "x-amzn-errortype": refusal.code,
            "x-amzn-requestid": str(uuid4()),
            REASON_HEADER: refusal.reason,
        }
        await self.whole(refusal.status, headers, json.dumps({"message": refusal.message}).encode())
