"""What a connection may cost before an application sees a request."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from smartstack_chassis.core.connections import ConnectionLimits
from smartstack_chassis.http.protocol import bounded_protocol

GOOD = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the path, after the body when one is asked for."""
    body = b""
    if scope["method"] == "POST" and scope["path"] != "/early":
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
    content = scope["path"].encode() + body
    headers = [(b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@dataclass
class Running:
    port: int
    limits: ConnectionLimits

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, *parts: bytes) -> bytes:
        """Send on a connection of its own and return everything until the server ends it."""
        reader, writer = await self.open()
        with contextlib.suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                answer += piece
        writer.close()
        return answer

    async def counts(self, number: int) -> None:
        async with asyncio.timeout(10):
            while self.limits.open != number:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def running(limits: ConnectionLimits) -> AsyncIterator[Running]:
    options: dict[str, Any] = {"lifespan": "off", "log_config": None, "access_log": False, "ws": "none"}
    config = uvicorn.Config(app, port=0, http=bounded_protocol(limits), timeout_keep_alive=1, **options)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield Running(server.servers[0].sockets[0].getsockname()[1], limits)
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def server() -> AsyncIterator[Running]:
    async with running(ConnectionLimits()) as made:
        yield made


def problem_of(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head
    found: dict[str, Any] = json.loads(body)
    assert head.startswith(b"HTTP/1.1 %d " % found["status"])
    return found


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 33_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000, 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(100)) + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a" * 100_000, 431),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
    ],
)
async def test_a_head_over_a_bound_is_refused_as_a_problem_and_the_connection_ends(
    server: Running, head: bytes, status: int
) -> None:
    assert problem_of(await server.send(head))["status"] == status
    await server.counts(0)


async def test_a_head_that_never_ends_is_refused_long_before_it_fills_the_memory(server: Running) -> None:
    part = b"X: " + b"a" * 4000 + b"\r\n"
    answer = await server.send(b"GET / HTTP/1.1\r\nHost: a\r\n", *[part] * 200)
    assert problem_of(answer)["status"] == 431


async def test_a_head_within_the_bounds_is_served_whole_in_bytes_or_before_a_large_body(server: Running) -> None:
    fields = b"".join(b"X%d: " % n + b"a" * 300 + b"\r\n" for n in range(90))
    head = b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + b"\r\n"
    assert (await server.send(head)).endswith(b"/x")
    small = b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert (await server.send(*[bytes([each]) for each in small])).endswith(b"/x")
    body = b"b" * 500_000
    post = b"POST /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert (await server.send(post + body)).endswith(b"/y" + body)


async def test_large_bodies_and_pipelined_requests_do_not_count_as_heads(server: Running) -> None:
    post = b"POST /y HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + b"b" * 60_000
    last = b"GET /z HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " + b"a" * 30_000 + b"\r\n\r\n"
    answer = await server.send(post + post + last)
    assert answer.count(b"HTTP/1.1 200") == 3
    assert answer.endswith(b"/z")


async def test_a_flood_of_pipelined_requests_is_cut_off(server: Running) -> None:
    assert (await server.send(GOOD * 5000)).count(b"HTTP/1.1 200") < 5000
    await server.counts(0)


async def test_what_does_not_finish_its_head_in_time_is_told_so_and_ends() -> None:
    async with running(ConnectionLimits(head_seconds=0.1)) as server:
        assert problem_of(await server.send(b"GET / HTTP/1.1\r\nHost: a\r\nX:"))["status"] == 408
        assert await server.send() == b""
        assert await server.send(b"\r\n") == b""
        first = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = await server.send(first + b"GET /")
        assert b"/x" in answer
        await server.counts(0)


async def test_a_body_that_drips_on_after_its_answer_does_not_keep_the_connection() -> None:
    async with running(ConnectionLimits(head_seconds=0.1)) as server:
        reader, writer = await server.open()
        writer.write(b"POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        assert (await reader.readuntil(b"/early")).startswith(b"HTTP/1.1 200")
        writer.write(b"b")
        await server.counts(0)
        writer.close()


async def test_half_open_connections_end_and_leave_nothing_counted() -> None:
    async with running(ConnectionLimits(head_seconds=0.2)) as server:
        opened = [await server.open() for _ in range(200)]
        for _, writer in opened:
            writer.write(b"GET / HT")
        # On a busy machine the first may have ended before the last one opened.
        for reader, _ in opened:
            with contextlib.suppress(ConnectionError):
                await reader.read()
        await server.counts(0)
        assert not server.limits.by_address
        for _, writer in opened:
            writer.close()


@pytest.mark.parametrize("bound", [lambda: ConnectionLimits(connections=3), lambda: ConnectionLimits(per_address=3)])
async def test_connections_over_the_bound_are_answered_503_and_far_over_it_cut_off(
    bound: Callable[[], ConnectionLimits],
) -> None:
    async with running(bound()) as server:
        held = [await server.open() for _ in range(3)]
        await server.counts(3)
        answer = await server.send(GOOD)
        assert problem_of(answer)["code"] == "too_many_connections"
        assert b"retry-after" in answer
        more = [await server.open() for _ in range(64)]
        await server.counts(67)
        assert await server.send(GOOD) == b""
        for _, writer in held + more:
            writer.close()
        await server.counts(0)
        assert b"HTTP/1.1 200" in await server.send(GOOD)
