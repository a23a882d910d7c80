"""The services as processes of their own, for tests that kill them: whoever dies is started again at once.

Requests and events of a service are served by two processes, as in the cloud, so that a test can tell which one dies.
"""

import asyncio
import json
import os
import signal
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from random import SystemRandom
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from aiobotocore.session import get_session

from smartstack_chassis.testing.harness import TestDatabase, create_database, drop_database, test_key
from smartstack_cli.local.aws import REGION
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.probe import answers
from smartstack_cli.local.process import Launcher, Reaper, Running
from smartstack_cli.local.program import Program, kill_group
from smartstack_cli.local.zygote import Job
from smartstack_contracts import EVENT_TYPES, topology

ROOT = Path(__file__).parents[2]
SERVICES = ("gateway", "comms", "ai", "tasks")
ROLES = ("http", "worker")
PREFIX = "chaos"
# What a dead process held comes back ten times sooner than the topology says, and may come back ten times as often.
VISIBILITY_SECONDS = topology.queue_named("tasks-inbox").visibility_seconds // 10
MAX_RECEIVE_COUNT = topology.queue_named("tasks-inbox").max_receive_count * 10
FIRST_POLL_SECONDS = 1.0
PATIENCE_SECONDS = 40.0
ANNOUNCED = (
    "SELECT id, type FROM (SELECT id, type, workspace_id FROM event_log "
    "UNION ALL SELECT id, type, workspace_id FROM outbox) AS announced"
)
Unit = tuple[str, str]


async def eventually(look: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Return what the coroutine function `look` finds as soon as it is true; fail after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < deadline, f"{what}: not within {seconds} s"
        await asyncio.sleep(0.05)
    return found


@dataclass
class Person:
    """Calls the public API as a patient client does: what was not answered is sent again with the same key."""

    http: httpx.AsyncClient
    repeated: int = 0

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the answer, be it a refusal."""
        headers = dict(options.pop("headers", {}))
        if method == "POST":
            headers.setdefault("Idempotency-Key", uuid4().hex)

        async def attempt() -> httpx.Response | None:
            try:
                answer = await self.http.request(method, path, headers=headers, **options)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in (502, 503, 504):
                return answer
            self.repeated += 1
            return None

        answer: httpx.Response = await eventually(attempt, f"{method} {path}")
        return answer

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """Return the decoded answer of a request that has to succeed."""
        answer = await self.send(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def sign_up(self) -> None:
        """Make a workspace and act as its owner from now on."""
        body = {"email": f"{uuid4().hex}@example.com", "password": "correct horse battery", "name": "Owner"}
        asked = body | {"workspace_name": "Studio", "timezone": "Europe/London"}
        answer = await self.call("POST", "/auth/signup", json=asked)
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    async def open_portal(self, token: str) -> None:
        """Act as the client behind a share link from now on."""
        answer = await self.call("POST", "/portal/session", json={"token": token})
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    async def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return all items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.call("GET", path, params=query | {"limit": 100} | cursor)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = {"cursor": page["next_cursor"]}


@dataclass
class Fleet:
    """The running processes. A unit is a service and a role; `deaths` holds who died, and at which failpoint."""

    launcher: Launcher
    databases: dict[str, TestDatabase]
    ports: dict[Unit, int]
    environments: dict[Unit, dict[str, str]]
    sqs: Any
    clients: AsyncExitStack
    running: dict[Unit, Running] = field(default_factory=dict)
    orders: dict[Unit, deque[str]] = field(default_factory=dict)
    deaths: Counter[tuple[Unit, str | None]] = field(default_factory=Counter)
    keeping: list["asyncio.Task[None]"] = field(default_factory=list)

    async def start(self) -> None:
        """Start everybody; return when all are ready and the queues are as the tests want them."""
        for unit in self.ports:
            self.orders[unit] = deque()
            self.keeping.append(asyncio.create_task(self._keep(unit)))
        await self.ready()
        for environment in self.environments.values():
            environment["SMARTSTACK_DECLARE"] = "off"
        for service in SERVICES:
            for queue in topology.queues(service):
                await self._hurry(queue.name)
            # The poll that waits now knows the former visibility: it must not get a message.
            self.kill((service, "worker"))
        await asyncio.sleep(FIRST_POLL_SECONDS)
        await self.ready()

    async def _hurry(self, queue: str) -> None:
        url = await self._queue_url(queue)
        answer = await self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        redrive = json.loads(answer["Attributes"]["RedrivePolicy"]) | {"maxReceiveCount": MAX_RECEIVE_COUNT}
        attributes = {"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": json.dumps(redrive)}
        await self.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    async def _keep(self, unit: Unit) -> None:
        service, role = unit
        while True:
            point = self.orders[unit].popleft() if self.orders[unit] else None
            extra = {} if point is None else {"SMARTSTACK_FAILPOINT": point}
            log = self.launcher.log(f"{service}-{role}")
            job = Job(f"smartstack_{service}", ("serve",), self.environments[unit] | extra, log)
            self.running[unit] = await self.launcher.module(job)
            await asyncio.wait([self.running[unit].exited])
            assert self.running[unit].exited.result() == -signal.SIGKILL, f"{unit}: {log.read_text()[-3000:]}"
            self.deaths[unit, point] += 1

    def kill(self, unit: Unit) -> None:
        """Send SIGKILL to a process."""
        os.kill(self.running[unit].pid, signal.SIGKILL)

    async def ready(self) -> None:
        """Return when everybody serves."""
        for unit in self.ports:
            await eventually(lambda unit=unit: self._is_ready(unit), f"{unit} is ready")

    async def _is_ready(self, unit: Unit) -> bool:
        for task in self.keeping:
            if task.done():
                task.result()
        return await answers(self.ports[unit], "/health/ready")

    async def arm(self, *orders: tuple[Unit, str]) -> None:
        """Start units again so that they die at a point (`after_publish:3`); several orders come one after another."""
        for unit, point in orders:
            self.orders[unit].append(point)
        units = {unit for unit, _ in orders}
        pids = {unit: self.running[unit].pid for unit in units}
        for unit in units:
            self.kill(unit)

        async def replaced() -> bool:
            return all(self.running[unit].pid != pids[unit] for unit in units)

        await eventually(replaced, "those who are to die run")
        await self.ready()

    def person(self) -> Person:
        """Return somebody without a session."""
        url = f"http://127.0.0.1:{self.ports['gateway', 'http']}/api/v1"
        http = httpx.AsyncClient(base_url=url, timeout=10)
        self.clients.push_async_callback(http.aclose)
        return Person(http)

    async def query(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """Look into a service's database, past all its rules."""
        connection = await asyncpg.connect(self.databases[service].admin_dsn, timeout=5)
        try:
            await connection.execute(f"SET search_path = {service}")
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def settled(self) -> None:
        """Return when nothing is on its way: outboxes and inboxes are empty. Nothing may have been dead-lettered."""
        for service in SERVICES:
            await eventually(lambda service=service: self._outbox_is_empty(service), f"the outbox of {service}")
        for service in SERVICES:
            await eventually(lambda service=service: self._queue_is_empty(service), f"the inbox of {service}")
            for queue in topology.queues(service):
                assert await self._waiting(queue.dead_letter_name) == 0, f"{service} has dead letters"
        # A handler may have emitted something meanwhile.
        if not all([await self._outbox_is_empty(s) and await self._queue_is_empty(s) for s in SERVICES]):
            await self.settled()

    async def _outbox_is_empty(self, service: str) -> bool:
        return await self.query(service, "SELECT count(*) FROM outbox") == [(0,)]

    async def _queue_is_empty(self, service: str) -> bool:
        return not any([await self._waiting(queue.name) for queue in topology.queues(service)])

    async def _waiting(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await self.sqs.get_queue_attributes(QueueUrl=await self._queue_url(queue), AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    async def _queue_url(self, name: str) -> str:
        url: str = (await self.sqs.get_queue_url(QueueName=f"{PREFIX}-{name}"))["QueueUrl"]
        return url

    async def announced(self, workspace: str | None = None) -> Counter[str]:
        """Count the events that were published, or are about to be, by the short names of their types."""
        wanted = "" if workspace is None else f" WHERE workspace_id = '{workspace}'"
        kinds = [kind for service in SERVICES for _, kind in await self.query(service, ANNOUNCED + wanted)]
        return Counter(EVENT_TYPES[kind].name for kind in kinds)

    async def check_every_event_was_handled_once(self) -> None:
        """Compare what was published with what every handler of every service remembers."""
        published: dict[str, list[UUID]] = {}
        for service in SERVICES:
            for event_id, kind in await self.query(service, ANNOUNCED):
                published.setdefault(kind, []).append(event_id)
        for service in SERVICES:
            handlers = import_module(f"smartstack_{service}.main").service.handlers
            due = Counter(
                (event_id, name)
                for kind in handlers.types
                for event_id in published.get(kind, ())
                for name in handlers.names(kind)
            )
            done = Counter(await self.query(service, "SELECT event_id, handler FROM inbox"))
            assert done == due, f"{service}: {len(due)} to do, {len(done)} done"


def _environment(unit: Unit, ports: dict[Unit, int], database: TestDatabase, aws: dict[str, str]) -> dict[str, str]:
    gateway = f"http://127.0.0.1:{ports['gateway', 'http']}"
    owners = [name for name in SERVICES if name != "gateway"]
    urls = {f"SMARTSTACK_{name.upper()}_URL": f"http://127.0.0.1:{ports[name, 'http']}" for name in owners}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "SMARTSTACK_ROLE": unit[1],
        "SMARTSTACK_HTTP_PORT": str(ports[unit]),
        "SMARTSTACK_DATABASE_URL": database.app_url,
        "SMARTSTACK_DATABASE_POOL_SIZE": "5",
        "SMARTSTACK_RESOURCE_PREFIX": PREFIX,
        "SMARTSTACK_JWKS_URL": f"{gateway}/.well-known/jwks.json",
        "SMARTSTACK_COOKIE_SECURE": "false",
        # Nobody is to be slowed down here: the tests hurry, and all come from one address.
        "SMARTSTACK_ADDRESS_BURST": "100000",
        "SMARTSTACK_PRINCIPAL_BURST": "100000",
        "SMARTSTACK_WORKSPACE_BURST": "100000",
        "SMARTSTACK_PORTAL_BURST": "100000",
        "SMARTSTACK_PORTAL_WORKSPACE_BURST": "100000",
        "SMARTSTACK_PORTAL_BURST_BYTES": "1000000000",
        "SMARTSTACK_SIGN_UPS_FREE": "100000",
        **urls,
        **aws,
    }


@asynccontextmanager
async def _launcher(folder: Path) -> AsyncIterator[Launcher]:
    launcher = Launcher(await Reaper.start([]), folder)
    modules = ["smartstack_chassis.events.bus", *(f"smartstack_{name}.main" for name in SERVICES)]
    modules += ["sqlalchemy.dialects.postgresql.asyncpg", "smartstack_cli.local.warmup"]
    zygote = await launcher.start_zygote(Program(name="zygote", argv=(), cwd=ROOT), modules)
    try:

        async def is_ready() -> bool:
            return launcher.zygote_is_ready()

        await eventually(is_ready, "the process that services are forked from")
        yield launcher
    finally:
        kill_group(zygote.pid)
        await asyncio.wait([zygote.exited])
        launcher.close()


@pytest.fixture(scope="session")
async def fleet(
    postgres_admin_url: str, aws_endpoint_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Fleet]:
    """All services, each with a database of its own, in an AWS account of their own."""
    key = test_key()
    account = str(SystemRandom().randrange(10**11, 10**12))
    credentials = {"aws_access_key_id": account, "aws_secret_access_key": "test"}
    aws = {name.upper(): value for name, value in credentials.items()}
    aws |= {"AWS_ENDPOINT_URL": aws_endpoint_url, "AWS_REGION": REGION}
    aws["SMARTSTACK_JWT_KEYS"] = json.dumps({"keys": [key.as_dict(private=True)]})
    main = {name: import_module(f"smartstack_{name}.main") for name in SERVICES}
    databases = {name: await create_database(postgres_admin_url, main[name].service) for name in SERVICES}
    ports: dict[Unit, int] = {(service, role): free_port() for service in SERVICES for role in ROLES}
    environments = {unit: _environment(unit, ports, databases[unit[0]], aws) for unit in ports}
    async with AsyncExitStack() as clients:
        launcher = await clients.enter_async_context(_launcher(tmp_path_factory.mktemp("fleet")))
        sqs = await clients.enter_async_context(
            get_session().create_client("sqs", region_name=REGION, endpoint_url=aws_endpoint_url, **credentials)
        )
        fleet = Fleet(launcher, databases, ports, environments, sqs, clients)
        try:
            await fleet.start()
            yield fleet
        finally:
            for task in fleet.keeping:
                task.cancel()
            for running in fleet.running.values():
                kill_group(running.pid)
            await asyncio.wait([running.exited for running in fleet.running.values()])
    for database in databases.values():
        await drop_database(postgres_admin_url, database)
