"""A whole gateway on a loopback port, in front of stub upstreams that a test scripts."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import uvicorn
from aiohttp import web

from smartstack_chassis.http.protocol import bounded_protocol
from smartstack_chassis.process.app import build_app
from smartstack_chassis.testing.harness import ServiceHarness, service_harness, test_key
from smartstack_contracts import new_id
from smartstack_gateway.main import compose

RETRIED = frozenset({429, 503, 504})
PASSWORD = "correct horse battery"
REFRESH_COOKIE = "smartstack_refresh_8000"
DEVICE_COOKIE = "smartstack_device_8000"


@dataclass
class Received:
    """One request as an upstream saw it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StubUpstream:
    """A service behind the gateway: records what arrives, answers from `answers`, or misbehaves as `mode` says."""

    url: str = ""
    mode: str = "ok"
    received: list[Received] = field(default_factory=list)
    answers: dict[str, Callable[[], web.StreamResponse]] = field(default_factory=dict)
    connections: int = 0
    before: Callable[[], Awaitable[None]] | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record a request and answer it."""
        self.connections += 1
        if self.mode == "hang":
            await asyncio.sleep(30)
            return web.Response()
        if self.mode == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if self.before:
            await self.before()
        body = await request.read()
        self.received.append(
            Received(request.method, request.path, request.rel_url.raw_query_string, dict(request.headers), body)
        )
        if request.path in self.answers:
            return self.answers[request.path]()
        return web.json_response({"items": [], "next_cursor": None})

    def answer(self, path: str, content: Any, status: int = 200) -> None:
        """Answer `path` with this JSON from now on."""
        self.answers[path] = lambda: self.json(content, status)

    def json(self, content: Any, status: int = 200) -> web.Response:
        """Return a JSON answer."""
        return web.json_response(content, status=status)

    def reset(self) -> None:
        """Forget requests and answers; serve normally."""
        self.mode = "ok"
        self.before = None
        self.received.clear()
        self.answers.clear()


@asynccontextmanager
async def serving(stub: StubUpstream) -> AsyncIterator[StubUpstream]:
    """Serve a stub on a loopback port for the block."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stub.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        await runner.cleanup()


@dataclass
class SignedUp:
    """A user with an account: the access token, the refresh cookie, and the response to signing up."""

    token: str
    cookie: str
    email: str
    body: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of a request by this person."""
        return {"Authorization": f"Bearer {self.token}"}


class MakeGateway(Protocol):
    """Runs a gateway with settings of its own; see the fixture `make_gateway`."""

    def __call__(self, **settings: Any) -> AbstractAsyncContextManager["Gateway"]:
        """Return a gateway that runs for the block."""


@dataclass
class Gateway:
    """A running gateway. `http` keeps no cookies: tests pass them on themselves."""

    url: str
    http: aiohttp.ClientSession
    harness: ServiceHarness
    upstreams: dict[str, StubUpstream]

    async def request(self, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
        """Return status, decoded body (text when it is not JSON) and headers. A refusal for now says until when."""
        async with self.http.request(method, self.url + path, **options) as answer:
            raw = await answer.text()
            assert answer.status not in RETRIED or "Retry-After" in answer.headers, raw
            return answer.status, (json.loads(raw) if raw and "json" in answer.content_type else raw), answer.headers

    async def get(self, path: str, **options: Any) -> tuple[int, Any, Any]:
        """Send a GET. See `request`."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> tuple[int, Any, Any]:
        """Send a POST. See `request`."""
        return await self.request("POST", path, **options)

    async def sign_up(self, **changes: Any) -> SignedUp:
        """Create an account; `changes` replace fields of the request."""
        asked = {
            "email": f"{new_id().hex}@example.com",
            "password": PASSWORD,
            "name": "Sam",
            "workspace_name": "Studio",
            **changes,
        }
        status, body, headers = await self.post("/api/v1/auth/signup", json=asked)
        assert status == 201, body
        return SignedUp(body["access_token"], cookie_of(headers), asked["email"], body)

    async def refresh(self, cookie: str) -> tuple[int, Any, Any]:
        """Exchange a refresh cookie."""
        return await self.post("/api/v1/auth/refresh", headers={"Cookie": f"{REFRESH_COOKIE}={cookie}"})

    async def log_out(self, cookie: str) -> int:
        """End the session of a refresh cookie; returns the status."""
        return (await self.post("/api/v1/auth/logout", headers={"Cookie": f"{REFRESH_COOKIE}={cookie}"}))[0]


def cookie_of(headers: Any) -> str:
    """Return the refresh cookie that an answer sets."""
    return set_cookies(headers)[REFRESH_COOKIE]


def set_cookies(headers: Any) -> dict[str, str]:
    """Return the cookies that an answer sets, by name."""
    sent = [line.split(";", 1)[0].partition("=") for line in headers.getall("Set-Cookie", [])]
    return {name: value for name, _, value in sent}


GENEROUS = {
    "principal_burst": 10_000,
    "workspace_burst": 10_000,
    "principal_in_flight": 100,
    "workspace_in_flight": 100,
    "address_burst": 10_000,
    "account_free_failures": 10_000,
    "network_free_failures": 10_000,
    "sign_ups_free": 10_000,
    "database_pool_size": 20,
    "upstream_seconds": 1.5,
    "today_seconds": 1.0,
    "cookie_secure": False,
}


@asynccontextmanager
async def run_gateway(admin_url: str, **settings: Any) -> AsyncIterator[Gateway]:
    """Run a gateway with stub upstreams on a database of its own."""
    key = test_key()
    async with contextlib.AsyncExitStack() as stack:
        upstreams = {
            name: await stack.enter_async_context(serving(StubUpstream())) for name in ("tasks", "comms", "ai")
        }
        values = {
            **GENEROUS,
            "jwt_keys": json.dumps({"keys": [key.as_dict(private=True)]}),
            **{f"{name}_url": each.url for name, each in upstreams.items()},
            **settings,
        }
        harness = await stack.enter_async_context(service_harness(compose(), admin_url, settings=values, key=key))
        url = await stack.enter_async_context(listening(harness))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=15))
        )
        yield Gateway(url, http, harness, upstreams)


@asynccontextmanager
async def listening(harness: ServiceHarness) -> AsyncIterator[str]:
    """Serve the harness's app over real HTTP."""
    app = build_app(harness.runtime.service, harness.runtime)
    limits = harness.runtime.settings.connection_limits
    options: dict[str, Any] = {
        "lifespan": "off",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": 60,
    }
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=bounded_protocol(limits), proxy_headers=False, **options))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        harness.runtime.stopping.set()
        server.should_exit = True
        await task
