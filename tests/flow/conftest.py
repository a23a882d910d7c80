"""All services in this process, each on a real database, on a bus that a test can mistreat.

Nothing runs in the background: a test delivers messages and drains outboxes itself, so each crash is where it says.
"""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from smartstack_chassis.auth.tokens import Signer, StaticKeys
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.core.failpoints import Crash
from smartstack_chassis.events.outbox import OutboxMessage
from smartstack_chassis.process.app import build_app
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.testing.harness import create_database, drop_database, test_key
from smartstack_contracts import new_id, topology
from smartstack_contracts.events.gateway import AccessRevoked, WorkspaceCreated

SERVICES = ("gateway", "comms", "ai", "tasks")
# What is left to compare when ids and times are taken away.
ESSENCE = {
    "comms": [
        "SELECT name, sequence FROM workspaces",
        "SELECT name, version FROM clients",
        "SELECT author_name, body, direction FROM messages",
        "SELECT status, version, last_message_direction FROM conversations",
    ],
    "ai": [
        "SELECT timezone FROM workspaces",
        "SELECT message_id IS NULL FROM waiting_messages",
        "SELECT title, status, priority, due_at IS NULL, version, evidence->0->>'quote' FROM suggestions",
    ],
    "tasks": [
        "SELECT name, sequence FROM clients",
        "SELECT title, status, version, priority FROM tasks",
    ],
    "gateway": ["SELECT type FROM live_events"],
}
EVERYWHERE = ["SELECT type FROM event_log", "SELECT handler FROM inbox", "SELECT type FROM outbox"]


@dataclass
class Wire:
    """A service's side of the bus: what it publishes goes to the queues that the topology names."""

    queues: dict[str, list[str]]

    def consuming(self) -> bool:
        return True

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop_consuming(self) -> None:
        """Nothing runs."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def publish(self, messages: Sequence[OutboxMessage]) -> Sequence[bool]:
        for message in messages:
            for consumer in topology.SERVICES:
                if message.type in {model.type() for model in topology.consumed(consumer)}:
                    self.queues[consumer].append(message.body)
        return [True] * len(messages)


@dataclass
class World:
    """The services, and messages on their way. `shuffle` delivers everything twice and in any order."""

    runtimes: dict[str, Runtime]
    queues: dict[str, list[str]]
    signer: Signer
    shuffle: Random | None = None
    crashes: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Service and event of the delivery that is being tried, or ("…", "relay"); None while a command runs.
    trying: tuple[str, str] | None = None
    delivery: int = 0
    reached: int = 0

    async def call(self, service: str, principal: Member | PortalClient, method: str, path: str, **options: Any) -> Any:
        member = isinstance(principal, Member)
        token = self.signer.member(principal) if member else self.signer.portal(principal)
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        app = build_app(self.runtimes[service].service, self.runtimes[service])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
            answer = await http.request(method, f"/api/v1{path}", headers=headers, **options)
        assert answer.is_success, answer.text
        return answer.json()

    async def settle(self) -> None:
        """Deliver until nothing is on its way; what a crash interrupted is tried again, as the bus would."""
        while True:
            for service in SERVICES:
                await self._surviving(service, "relay", self.runtimes[service].relay.drain)
            taken = {service: self._take(service) for service in SERVICES}
            if not any(taken.values()):
                return
            for service, bodies in taken.items():
                for body in bodies:
                    await self._deliver(service, body)

    def _take(self, service: str) -> list[str]:
        bodies = self.queues.pop(service, [])
        if self.shuffle is None:
            return bodies
        return self.shuffle.sample(bodies * 2, 2 * len(bodies))

    async def _deliver(self, service: str, body: str) -> None:
        handlers = self.runtimes[service].service.handlers
        assert handlers is not None
        kind = json.loads(body)["type"]
        await self._surviving(service, kind, lambda: handlers.dispatch(body, self.runtimes[service].uow))

    async def _surviving(self, service: str, what: str, work: Callable[[], Any]) -> None:
        self.delivery += 1
        while True:
            self.trying, self.reached = (service, what), 0
            try:
                await work()
            except Crash:
                self.crashes[service, what] += 1
            else:
                return
            finally:
                self.trying = None

    async def essence(self, workspace: UUID) -> dict[str, list[Any]]:
        """Return everything that is known of a workspace anywhere, without ids and times, and in no order."""
        found = {}
        member = Member(workspace, new_id(), new_id(), "owner")
        for service in SERVICES:
            async with self.runtimes[service].uow.begin(member) as transaction:
                for query in ESSENCE[service] + EVERYWHERE:
                    rows = (await transaction.session.execute(text(query))).all()
                    found[f"{service}: {query}"] = sorted(map(str, rows))
        return found


ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."


async def story(world: World) -> dict[str, list[Any]]:
    """A workspace, two clients, messages, decisions and work done; return its essence."""
    member = Member(new_id(), new_id(), new_id(), "owner")
    workspace = member.workspace_id
    async with world.runtimes["gateway"].uow.begin(member) as transaction:
        data = WorkspaceCreated(workspace_id=workspace, workspace_name="Studio", timezone="Europe/London")
        transaction.emit(data, subject=workspace, sequence=1)
    clients = [await world.call("comms", member, "POST", "/clients", json={"name": name}) for name in ("Acme", "Bolt")]
    for version in (1, 2):
        await world.call(
            "comms",
            member,
            "PATCH",
            f"/clients/{clients[0]['id']}",
            json={"name": f"Acme v{version + 1}"},
            headers={"If-Match": f'"{version}"'},
        )
    for client in clients:
        visitor = PortalClient(workspace, UUID(client["id"]), new_id())
        await world.call("comms", visitor, "POST", "/portal/messages", json={"body": ASKING})
    await world.settle()
    (conversation,) = (await world.call("comms", member, "GET", f"/conversations?client_id={clients[0]['id']}"))[
        "items"
    ]
    await world.call(
        "comms",
        member,
        "POST",
        f"/conversations/{conversation['id']}/messages",
        json={"body": "I'll send it on Friday."},
    )
    await world.settle()
    suggestions = (await world.call("ai", member, "GET", "/suggestions"))["items"]
    for item in suggestions:
        decision = "dismiss" if "logo" in item["fields"]["title"] else "accept"
        await world.call("ai", member, "POST", f"/suggestions/{item['id']}/{decision}", json={})
    await world.settle()
    for task in (await world.call("tasks", member, "GET", "/tasks"))["items"]:
        await world.call("tasks", member, "POST", f"/tasks/{task['id']}/complete")
    async with world.runtimes["gateway"].uow.begin(member) as transaction:
        transaction.emit(AccessRevoked(access_id=new_id()), subject=new_id(), sequence=1)
    await world.settle()
    return await world.essence(workspace)


@pytest.fixture(scope="session")
async def running(postgres_admin_url: str) -> AsyncIterator[tuple[dict[str, Runtime], dict[str, list[str]], Signer]]:
    key = test_key()
    queues: dict[str, list[str]] = defaultdict(list)
    databases, runtimes = [], {}
    for name in SERVICES:
        main = import_module(f"smartstack_{name}.main")
        service = main.service
        databases.append(await create_database(postgres_admin_url, service))
        extra = {"jwt_keys": json.dumps({"keys": [key.as_dict(private=True)]})} if name == "gateway" else {}
        settings = service.settings(database_url=databases[-1].app_url, database_pool_size=5, **extra)
        runtimes[name] = Runtime.create(service, settings, lambda *_: Wire(queues), StaticKeys({str(key.kid): key}))
        runtimes[name].uow.after_commit = lambda: None
        assert runtimes[name].revocations is not None
        await runtimes[name].revocations.load(runtimes[name].uow)
    yield runtimes, queues, Signer(key)
    for runtime in runtimes.values():
        await runtime.engine.dispose()
    for database in databases:
        await drop_database(postgres_admin_url, database)


@pytest.fixture
def world(running: Any) -> World:
    """The services, with nothing on its way."""
    runtimes, queues, signer = running
    queues.clear()
    return World(runtimes, queues, signer)


@pytest.fixture(scope="session")
def tell() -> Callable[[World], Any]:
    """Return `story`, for tests."""
    return story


@pytest.fixture(scope="session")
async def plain(running: Any, tell: Callable[[World], Any]) -> dict[str, list[Any]]:
    """What the story leaves when every message is delivered once, in order, and nothing crashes."""
    runtimes, queues, signer = running
    essence: dict[str, list[Any]] = await tell(World(runtimes, queues, signer))
    return essence
