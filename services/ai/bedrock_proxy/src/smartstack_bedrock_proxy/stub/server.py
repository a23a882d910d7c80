"""The stub as an ASGI application, and on a port."""

import asyncio
import json
import socket
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import uvicorn

from smartstack_bedrock_proxy import converse
from smartstack_bedrock_proxy.eventstream import CONTENT_TYPE
from smartstack_bedrock_proxy.refusals import Refusal
from smartstack_bedrock_proxy.stub import answers
from smartstack_bedrock_proxy.stub.behaviour import ERRORS, Answer, Behaviour, Cut, Failure, Slow

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came; `finished` is set when its answer was sent whole, or given up."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    finished: threading.Event

    @property
    def content(self) -> dict[str, Any]:
        """Return the body as JSON."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class Stub:
    """Answers by script. `received` holds what came, oldest first; `given_up` counts answers that nobody waited for."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.given_up = 0
        self._script: deque[Behaviour] = deque()

    def script(self, *behaviours: Behaviour) -> None:
        """Say what happens to the next calls, one each; this replaces what was left of an earlier script."""
        self._script = deque(behaviours)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["raw_path"].decode()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = Received(scope["method"], path, headers, await _body(receive), threading.Event())
        self.received.append(request)
        answering = asyncio.ensure_future(self._answer(request, receive, send))
        watching = asyncio.ensure_future(_gone(receive))
        await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            self.given_up += 1
            answering.cancel()
        watching.cancel()
        await asyncio.gather(answering, watching, return_exceptions=True)
        request.finished.set()
        if not answering.cancelled():
            answering.result()

    async def _answer(self, request: Received, receive: Receive, send: Send) -> None:
        try:
            wanted = converse.operation(request.method, request.path)
        except Refusal as refusal:
            await _fail(send, refusal.status, refusal.code, refusal.message)
            return
        behaviour = self._script.popleft() if self._script else Answer()
        if isinstance(behaviour, Failure):
            await _fail(send, ERRORS[behaviour.code], behaviour.code, behaviour.message)
        elif isinstance(behaviour, Cut):
            if behaviour.parts:
                await _stream(send, request, Answer(), between=0, parts=behaviour.parts)
            else:
                await _hang_up(receive)
        else:
            slow = behaviour if isinstance(behaviour, Slow) else Slow(answer=behaviour)
            await asyncio.sleep(slow.before)
            if wanted.stream:
                await _stream(send, request, slow.answer, between=slow.between)
            else:
                await _whole(send, 200, answers.whole(request.content, request.body, slow.answer), {})


async def _stream(send: Send, request: Received, answer: Answer, *, between: float, parts: int | None = None) -> None:
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"x-amzn-requestid", str(uuid4()).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number, part in enumerate(answers.parts(request.content, request.body, answer)):
        if number == parts:
            # Not even a whole message: half of it, and then the end of the connection.
            await send({"type": "http.response.body", "body": part[: len(part) // 2], "more_body": True})
            return
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(between)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hang_up(receive: Receive) -> None:
    """Close the connection without a word; ASGI has no way to, so this reaches for what uvicorn's `receive` is of."""
    cast("Any", receive).__self__.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _fail(send: Send, status: int, code: str, message: str) -> None:
    # The header carries a URL behind a colon, as AWS's own does.
    error_type = f"{code}:http://internal.amazon.com/coral/com.amazon.bedrock/"
    await _whole(send, status, json.dumps({"message": message}).encode(), {"x-amzn-errortype": error_type})


async def _whole(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    told = {"content-type": "application/json", "content-length": str(len(body)), "x-amzn-requestid": str(uuid4())}
    raw = [(name.encode(), value.encode()) for name, value in {**told, **headers}.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextmanager
def serving(app: Any, *, stopping: Callable[[], Awaitable[None]] | None = None) -> Iterator[str]:
    """Run an ASGI application in a thread on a free port of this machine; yields its URL.

    `stopping` runs last, in the application's own event loop.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        # From here on a caller waits until the server has started instead of being refused.
        listener.listen(128)
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)

        async def run() -> None:
            await server.serve([listener])
            if stopping is not None:
                await stopping()

        thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
