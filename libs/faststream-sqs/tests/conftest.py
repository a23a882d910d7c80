"""An emulator over HTTP, an account of its own for every test, and a proxy that misbehaves on request."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from opentelemetry import context
from opentelemetry.context import Context

from faststream_sqs import SQSBroker
from faststream_sqs.transport import Clients, ClientSettings

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def outside_of_any_work() -> None:
    """Begin with nothing carried: what an earlier test set in this process must not show up in spans."""
    context.attach(Context())


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> str:
    """The emulator: a given one, else the repository's."""
    given = os.environ.get("SQS_TEST_ENDPOINT")
    return given or str(request.getfixturevalue("aws_endpoint_url"))


@pytest.fixture
def account() -> str:
    """An access key of twelve digits is an account of its own."""
    return str(random.SystemRandom().randrange(10**11, 10**12))


@pytest.fixture
def name() -> str:
    """A name nobody else uses."""
    return f"t-{uuid4().hex[:12]}"


@pytest.fixture
def make_broker(endpoint: str, account: str) -> Callable[..., SQSBroker]:
    """Makes brokers of this test's account. They do not poll long, so that tests end soon."""

    def make(**options: Any) -> SQSBroker:
        settings: dict[str, Any] = {
            "region": REGION,
            "endpoint_url": endpoint,
            "aws_access_key_id": account,
            "aws_secret_access_key": "test",
            "wait_time": 0,
            "send_attempts": 1,
            "logger": None,
            "transport": os.environ.get("SQS_TEST_TRANSPORT", "fast"),
        }
        return SQSBroker(**(settings | options))

    return make


@pytest.fixture
async def clients(endpoint: str, account: str) -> AsyncIterator[Clients]:
    """Clients of this test's account, to look at what the broker did."""
    opened = Clients(
        ClientSettings(region=REGION, endpoint_url=endpoint, aws_access_key_id=account, aws_secret_access_key="test")
    )
    await opened.open()
    yield opened
    await opened.close()


class Eventually:
    """Waits for a condition instead of a time."""

    async def __call__(self, condition: Callable[[], bool | Awaitable[bool]], *, within: float = 15.0) -> None:
        """Returns when the condition holds; fails the test after `within` seconds."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            holds = condition()
            if not isinstance(holds, bool):
                holds = await holds
            if holds:
                return
            assert asyncio.get_running_loop().time() < deadline, "the condition did not come true in time"
            await asyncio.sleep(0.02)


@pytest.fixture
def eventually() -> Eventually:
    """See `Eventually`."""
    return Eventually()


class Inspector:
    """Looks at queues from outside."""

    def __init__(self, clients: Clients) -> None:
        self._sqs = clients.sqs

    async def url(self, queue: str) -> str:
        """A queue's URL."""
        return (await self._sqs.get_queue_url(QueueName=queue))["QueueUrl"]

    async def attributes(self, queue: str) -> dict[str, str]:
        """A queue's attributes."""
        answer: Any = await self._sqs.get_queue_attributes(QueueUrl=await self.url(queue), AttributeNames=["All"])
        return dict(answer["Attributes"])

    async def counts(self, queue: str) -> tuple[int, int]:
        """How many messages are visible, and how many are in flight."""
        found = await self.attributes(queue)
        return (
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
        )

    async def is_empty(self, queue: str) -> bool:
        """Whether nothing is left, neither visible nor in flight."""
        return await self.counts(queue) == (0, 0)

    async def take(self, queue: str, *, wait: int = 2) -> list[Any]:
        """Receives up to ten messages as they are on the wire."""
        answer: Any = await self._sqs.receive_message(
            QueueUrl=await self.url(queue),
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))


@pytest.fixture
def inspect(clients: Clients) -> Inspector:
    """See `Inspector`."""
    return Inspector(clients)


Misbehaviour = Callable[[web.Request, bytes, Callable[[], Awaitable[web.Response]]], Awaitable[web.StreamResponse]]


class Proxy:
    """Stands between a broker and the emulator. `misbehave` sees every request and may answer it itself."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.url = ""
        self.seen: list[str] = []
        self.misbehave: Misbehaviour | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listens on a free port of loopback."""
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(auto_decompress=False) as self._session:
            try:
                yield self
            finally:
                await runner.cleanup()

    def count(self, operation: str) -> int:
        """How many requests of an operation came by."""
        return self.seen.count(operation)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        operation = operation_of(request, body)
        self.seen.append(operation)

        async def forward() -> web.Response:
            headers = {k: v for k, v in request.headers.items() if k.lower() not in {"host", "content-length"}}
            async with self._session.request(
                request.method, self._target + request.path_qs, data=body, headers=headers
            ) as answer:
                content_type = {"Content-Type": answer.headers.get("Content-Type", "")}
                return web.Response(status=answer.status, body=await answer.read(), headers=content_type)

        if self.misbehave is not None:
            return await self.misbehave(request, body, forward)
        return await forward()


def operation_of(request: web.BaseRequest, body: bytes) -> str:
    """The operation a request asks for, for instance `DeleteMessageBatch`."""
    if target := request.headers.get("X-Amz-Target"):
        return target.rpartition(".")[2]
    for part in body.decode(errors="replace").split("&"):
        if part.startswith("Action="):
            return part.removeprefix("Action=")
    return request.method


@pytest.fixture
async def proxy(endpoint: str) -> AsyncIterator[Proxy]:
    """See `Proxy`."""
    async with Proxy(endpoint).running() as running:
        yield running


class Loopback:
    """A server that stands for AWS: keeps every request and answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[web.BaseRequest] = []
        self.bodies: list[bytes] = []
        self.answer: Callable[[web.BaseRequest, bytes], Awaitable[web.StreamResponse]] = self.nothing
        self.connections: set[Any] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Loopback"]:
        """Listens on a free port of loopback."""
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def nothing(self, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        """Answers that nothing was found."""
        return web.json_response({})

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(request)
        self.bodies.append(body)
        self.connections.add(request.transport)
        return await self.answer(request, body)


@pytest.fixture
async def loopback() -> AsyncIterator[Loopback]:
    """See `Loopback`."""
    async with Loopback().running() as running:
        yield running


@pytest.fixture(autouse=True)
def no_ambient_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell says about AWS must not reach a test."""
    for variable in list(os.environ):
        if variable.startswith("AWS_"):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
