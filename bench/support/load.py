"""Closed-loop load: a number of connections that each ask again as soon as they are answered."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

CpuOf = Mapping[str, Callable[[], float]]
"""Reads the CPU seconds of what is under load, by name."""


@dataclass(frozen=True)
class Ask:
    """A request to repeat, as bytes."""

    port: int
    request: bytes

    @classmethod
    def of(cls, port: int, token: str, method: str, path: str, content: Mapping[str, str] | None = None) -> Self:
        """Return a request with a bearer token, and `content` as JSON if there is any."""
        body = json.dumps(content).encode() if content else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return cls(port, head.encode() + b"\r\n" + body)


@dataclass
class Run:
    """One run of load: how many requests, in which time, at which CPU cost."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Return requests per second."""
        return len(self.latencies) / self.seconds

    def cost(self, *names: str) -> float:
        """Return milliseconds of CPU per request, of all that are named."""
        return 1000 * sum(self.cpu[name] for name in names) / len(self.latencies)

    def percentile(self, share: float) -> float:
        """Return a latency in milliseconds."""
        return 1000 * sorted(self.latencies)[int(share * (len(self.latencies) - 1))]


async def load(ask: Ask, seconds: float, connections: int, cpu: CpuOf) -> Run:
    """Repeat `ask` over some connections for some seconds."""
    run, before, started = Run(), {name: read() for name, read in cpu.items()}, time.perf_counter()
    loop = asyncio.get_running_loop()
    callers: list[_Caller] = []
    for _ in range(connections):
        _, caller = await loop.create_connection(
            lambda: _Caller(ask.request, run, started + seconds), "127.0.0.1", ask.port
        )
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    run.seconds = time.perf_counter() - started
    run.cpu = {name: read() - before[name] for name, read in cpu.items()}
    return run


class _Caller(asyncio.Protocol):
    """One connection; parses no more of HTTP than it has to."""

    def __init__(self, request: bytes, run: Run, until: float) -> None:
        self._request, self._run, self._until = request, run, until
        self._answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Ask again when the answer is whole."""
        self._answer += data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not separator:
            return
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            self._end(SystemExit(f"an unexpected answer: {self._answer.decode()}"))
            return
        if len(body) < int(head.lower().partition(b"content-length:")[2].split(None, 1)[0]):
            return
        self._answer = b""
        now = time.perf_counter()
        self._run.latencies.append(now - self._asked)
        if now < self._until:
            self._ask()
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail when the server closed the connection."""
        self._end(exc or SystemExit("the server closed a connection"))

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def _end(self, error: BaseException | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
        self._transport.close()
