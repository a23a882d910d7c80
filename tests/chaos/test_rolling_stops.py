"""Each service runs twice behind a balancer; every process is stopped and started again, and no request fails."""

import asyncio
import contextlib
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle
from pathlib import Path
from random import SystemRandom
from typing import Any
from uuid import uuid4

import httpx
import pytest

from smartstack_chassis.testing.harness import create_database, drop_database, test_key
from smartstack_cli.local.aws import REGION
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.probe import answers
from smartstack_cli.local.process import Launcher, Running
from smartstack_cli.local.program import kill_group
from smartstack_cli.local.zygote import Job

from .conftest import SERVICES, _environment, _launcher, eventually

REPLICAS = 2


@dataclass
class Balancer:
    """Hands each new connection to a ready replica in turn, as a load balancer does. `ready` are their ports."""

    port: int
    ready: set[int] = field(default_factory=set)
    _turn: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self._turn += 1
        backend = sorted(self.ready)[self._turn % len(self.ready)]
        theirs, ours = await asyncio.open_connection("127.0.0.1", backend)
        await asyncio.gather(_carry(reader, ours), _carry(theirs, writer))


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


@dataclass
class Replicas:
    """Two processes of each service, and what stands in front of them."""

    launcher: Launcher
    environments: dict[tuple[str, int], dict[str, str]]
    balancers: dict[str, Balancer]
    running: dict[tuple[str, int], Running] = field(default_factory=dict)

    async def start(self, service: str, port: int) -> None:
        """Start one replica; return when it is ready and known to be."""
        job = Job(f"smartstack_{service}", ("serve",), self.environments[service, port], self.launcher.log(service))
        self.running[service, port] = await self.launcher.module(job)

        async def is_ready() -> bool:
            return port in self.balancers[service].ready

        await eventually(is_ready, f"{service} is ready")

    async def replace(self, service: str, port: int) -> None:
        """Ask one replica to stop; start it again when it has."""
        running = self.running[service, port]
        os.kill(running.pid, signal.SIGTERM)
        assert await running.exited == 0
        await self.start(service, port)

    async def watch(self) -> None:
        """Ask every replica all the time whether it is ready."""
        while True:
            for service, port in self.environments:
                ready = self.balancers[service].ready
                (ready.add if await answers(port, "/health/ready") else ready.discard)(port)
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _running(launcher: Launcher, environments: Any, balancers: dict[str, Balancer]) -> AsyncIterator[Replicas]:
    replicas = Replicas(launcher, environments, balancers)
    servers = [await asyncio.start_server(each.serve, "127.0.0.1", each.port) for each in balancers.values()]
    watching = asyncio.create_task(replicas.watch())
    try:
        await asyncio.gather(*(replicas.start(service, port) for service, port in environments))
        yield replicas
    finally:
        watching.cancel()
        for running in replicas.running.values():
            kill_group(running.pid)
        await asyncio.gather(*(running.exited for running in replicas.running.values()))
        for server in servers:
            server.close()


@pytest.fixture
async def replicas(postgres_admin_url: str, aws_endpoint_url: str, tmp_path: Path) -> AsyncIterator[Replicas]:
    account = str(SystemRandom().randrange(10**11, 10**12))
    aws = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
    aws |= {"AWS_ENDPOINT_URL": aws_endpoint_url}
    aws["SMARTSTACK_JWT_KEYS"] = json.dumps({"keys": [test_key().as_dict(private=True)]})
    services = {name: import_module(f"smartstack_{name}.main").service for name in SERVICES}
    databases = {name: await create_database(postgres_admin_url, services[name]) for name in SERVICES}
    balancers = {name: Balancer(free_port()) for name in SERVICES}
    fronts: dict[tuple[str, str], int] = {(name, "http"): each.port for name, each in balancers.items()}
    environments: dict[tuple[str, int], dict[str, str]] = {}
    for name in SERVICES:
        for port in (free_port() for _ in range(REPLICAS)):
            base = _environment((name, "http"), fronts, databases[name], aws)
            environments[name, port] = base | {"SMARTSTACK_ROLE": "all", "SMARTSTACK_HTTP_PORT": str(port)}
    async with AsyncExitStack() as stack:
        launcher = await stack.enter_async_context(_launcher(tmp_path))
        yield await stack.enter_async_context(_running(launcher, environments, balancers))
    for database in databases.values():
        await drop_database(postgres_admin_url, database)


@dataclass
class Member:
    """Sends one request after the other and never repeats one."""

    http: httpx.AsyncClient
    outcomes: Counter[str] = field(default_factory=Counter)

    async def sign_up(self) -> None:
        """Make a workspace and act as its owner."""
        body = {"email": f"{uuid4().hex}@example.com", "password": "correct horse battery", "name": "Owner"}
        answer = await self.http.post(
            "/auth/signup", json=body | {"workspace_name": "Studio", "timezone": "Europe/London"}
        )
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def work(self, stop: asyncio.Event) -> None:
        """Create and read until `stop`; notes each outcome."""
        requests = cycle(
            [
                ("POST", "/clients", {"name": "Acme"}),
                ("POST", "/tasks", {"title": "Draw"}),
                ("GET", "/tasks", None),
                ("GET", "/suggestions", None),
                ("GET", "/today", None),
            ]
        )
        while not stop.is_set():
            method, path, body = next(requests)
            headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
            try:
                answer = await self.http.request(method, path, json=body, headers=headers)
                self.outcomes["ok" if answer.is_success else f"{path}: {answer.status_code}"] += 1
            except httpx.TransportError as error:
                self.outcomes[f"{path}: {error!r}"] += 1
            await asyncio.sleep(0.02)


async def test_stopping_every_process_in_turn_fails_no_request(replicas: Replicas) -> None:
    url = f"http://127.0.0.1:{replicas.balancers['gateway'].port}/api/v1"
    async with AsyncExitStack() as stack:
        members = [Member(await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=20)))]
        members += [Member(await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=20))) for _ in "abc"]
        for member in members:
            await member.sign_up()
        stop = asyncio.Event()
        working = [asyncio.create_task(member.work(stop)) for member in members]
        units = list(replicas.environments)
        # One replica of every service, then the other one.
        for turn in range(REPLICAS):
            await asyncio.gather(*(replicas.replace(*unit) for unit in units[turn::REPLICAS]))
        stop.set()
        await asyncio.gather(*working)
    outcomes = sum((member.outcomes for member in members), Counter[str]())
    assert set(outcomes) == {"ok"}, outcomes
    assert outcomes["ok"] > 0
