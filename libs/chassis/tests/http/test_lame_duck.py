"""A process that was asked to stop ends each connection with its next answer."""

import asyncio
from typing import Any

import pytest

from smartstack_chassis.http.lame_duck import LameDuck


async def answer(app: Any) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer of `app`."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await app({"type": "http"}, receive, send)
    headers: list[tuple[bytes, bytes]] = sent[0]["headers"]
    return headers


@pytest.mark.parametrize("own", [[], [(b"Connection", b"keep-alive")]])
async def test_connections_end_once_the_process_stops_and_not_before(own: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*own, (b"x", b"y")]})

    stopping = asyncio.Event()
    lame_duck = LameDuck(app, stopping)
    assert await answer(lame_duck) == [*own, (b"x", b"y")]
    stopping.set()
    assert await answer(lame_duck) == [(b"x", b"y"), (b"connection", b"close")]
