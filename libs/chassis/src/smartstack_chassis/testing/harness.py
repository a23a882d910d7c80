"""Test doubles of the edge, and real databases: what a service's own tests start from.

A service's `conftest.py` makes a `ServiceHarness` with `service_harness(...)`; everything behind it is real but the
bus, which records what was published.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from joserfc.jwk import OKPKey

from smartstack_chassis.auth.tokens import Signer, StaticKeys
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database import migrations
from smartstack_chassis.database.migrations import upgrade_async
from smartstack_chassis.database.provision import AuditorAccess, ServiceAccess, provision
from smartstack_chassis.events.outbox import OutboxMessage
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.process.app import build_app
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.process.service import Service
from smartstack_contracts import EVENT_TYPES, Envelope, EventData, decode, encode, new_id

# Test roles have a password so that servers with and without trust authentication serve alike.
PASSWORD = "test-only"  # noqa: S105


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """One service's database: URLs for its login role and its migration role."""

    __test__ = False

    name: str
    app_url: str
    migrator_url: str
    admin_dsn: str


def _url(admin_dsn: str, role: str, database: str) -> str:
    host = admin_dsn.rpartition("@")[2].partition("/")[0] if "@" in admin_dsn else admin_dsn.split("/")[2]
    return f"postgresql+asyncpg://{role}:{PASSWORD}@{host}/{database}"


def _dsn(admin_dsn: str, database: str) -> str:
    return f"{admin_dsn.rpartition('/')[0]}/{database}"


def _database(admin_dsn: str, service: str, name: str) -> TestDatabase:
    urls = {f"{role}_url": _url(admin_dsn, f"{service}_{role}", name) for role in ("app", "migrator")}
    return TestDatabase(name=name, admin_dsn=_dsn(admin_dsn, name), **urls)


async def create_database(admin_dsn: str, service: Service) -> TestDatabase:
    """Return a new, migrated, empty database: a copy of a template made once per version of the migrations."""
    digest = hashlib.sha256()
    for path in [*sorted(service.migrations.rglob("*.py")), Path(migrations.__file__)]:
        digest.update(path.read_bytes())
    template = f"template_{service.name}_{digest.hexdigest()[:12]}"
    name = f"test_{service.name}_{new_id().hex}"
    admin = await asyncpg.connect(admin_dsn, timeout=5)
    try:
        # Held until this connection closes: parallel workers make the template once, and copy it one by one.
        await admin.execute("SELECT pg_advisory_lock(hashtext($1))", template)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", template):
            await admin.execute(f'DROP DATABASE IF EXISTS "{template}"')
            await provision(
                admin_dsn, template, [ServiceAccess(service.name, PASSWORD, PASSWORD)], AuditorAccess(PASSWORD)
            )
            await _migrate(service, _url(admin_dsn, f"{service.name}_migrator", template))
            await admin.execute(f'ALTER DATABASE "{template}" IS_TEMPLATE true')
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        # Per-database settings of a role are not copied with a template.
        for role in ("app", "migrator"):
            await admin.execute(
                f'ALTER ROLE {service.name}_{role} IN DATABASE "{name}" SET search_path = "{service.name}"'
            )
    finally:
        await admin.close()
    return _database(admin_dsn, service.name, name)


async def _migrate(service: Service, url: str) -> None:
    """By this checkout, or by the one that SMARTSTACK_TEST_SCHEMA_OF names: does this code run on that one's schema?"""
    other = os.environ.get("SMARTSTACK_TEST_SCHEMA_OF")
    if other is None or service.root.parent.name != "services":
        await upgrade_async(service.migrations, url)
        return
    root = Path(other)
    migrations = root / "services" / service.name / "migrations"
    process = await asyncio.create_subprocess_exec(root / ".venv/bin/python", "-c", _UPGRADE, migrations, url)
    if await process.wait():
        raise RuntimeError(f"{migrations} failed")


_UPGRADE = """
import pathlib, sys
from smartstack_chassis.database.migrations import upgrade
upgrade(pathlib.Path(sys.argv[1]), sys.argv[2])
"""


@asynccontextmanager
async def empty_database(admin_dsn: str, service: str) -> AsyncIterator[TestDatabase]:
    """Provide a database with the roles and the empty schema of a service; drop it afterwards."""
    name = f"test_{service}_{new_id().hex}"
    await provision(admin_dsn, name, [ServiceAccess(service, PASSWORD, PASSWORD)])
    database = _database(admin_dsn, service, name)
    try:
        yield database
    finally:
        await drop_database(admin_dsn, database)


async def drop_database(admin_dsn: str, database: TestDatabase) -> None:
    """Remove a test database and its remaining connections."""
    admin = await asyncpg.connect(admin_dsn, timeout=5)
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')
    finally:
        await admin.close()


@dataclass
class RecordingBus:
    """A bus that acknowledges everything and remembers it."""

    published: list[Envelope[EventData]] = field(default_factory=list)

    def consuming(self) -> bool:
        """Report that the consumer runs."""
        return True

    async def start(self) -> None:
        """Do nothing."""

    async def stop_consuming(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""

    async def publish(self, messages: Sequence[OutboxMessage]) -> Sequence[bool]:
        """Remember the messages, decoded."""
        self.published += [decode(message.body, EVENT_TYPES) for message in messages]
        return [True] * len(messages)


@dataclass
class ServiceHarness:
    """A service in this process on a real database. `http` calls its ASGI app; `bus` shows what it published."""

    runtime: Runtime
    database: TestDatabase
    signer: Signer
    http: httpx.AsyncClient
    bus: RecordingBus

    @property
    def uow(self) -> UnitOfWork:
        """Return the service's unit of work."""
        return self.runtime.uow

    def member(self, workspace_id: UUID | None = None, role: Any = "owner") -> Member:
        """Return a member of a workspace (a new one by default)."""
        return Member(workspace_id or new_id(), new_id(), new_id(), role)

    def headers(self, principal: Member | PortalClient) -> dict[str, str]:
        """Return the headers that authenticate as `principal`."""
        token = self.signer.member(principal) if isinstance(principal, Member) else self.signer.portal(principal)
        return {"Authorization": f"Bearer {token}"}

    async def deliver(self, envelope: Envelope[Any], *, times: int = 2, rebuild: str | None = None) -> None:
        """Hand an event to the service's handlers as the bus would: by default twice, as at-least-once allows."""
        assert self.runtime.service.handlers is not None  # noqa: S101
        for _ in range(times):
            await self.runtime.service.handlers.dispatch(encode(envelope), self.uow, rebuild)

    async def published(self) -> list[Envelope[EventData]]:
        """Drain the outbox and return all that was ever published, oldest first."""
        await self.runtime.relay.drain()
        return self.bus.published


def event(
    data: EventData, workspace_id: UUID, *, subject: UUID | None = None, sequence: int = 1, auth_id: str = "user:test"
) -> Envelope[Any]:
    """Return `data` in an envelope, as another service would send it."""
    return Envelope.of(
        data,
        subject=subject or new_id(),
        sequence=sequence,
        workspace_id=workspace_id,
        correlation_id=new_id(),
        auth_id=auth_id,
    )


def test_key() -> OKPKey:
    """Return a new Ed25519 key with an id."""
    return OKPKey.generate_key("Ed25519", {"kid": new_id().hex, "use": "sig"}, private=True)


test_key.__test__ = False  # type: ignore[attr-defined]


# A busy machine is not overloaded: a test that means admission says so in its settings.
_UNHURRIED = {"request_slots": 200, "request_waiting_seconds": 30, "request_seconds": 30, "loop_lag_seconds": 60}


@asynccontextmanager
async def service_harness(
    service: Service, admin_dsn: str, *, settings: dict[str, Any] | None = None, key: OKPKey | None = None
) -> AsyncIterator[ServiceHarness]:
    """Run `service` in this process on a new database of the server at `admin_dsn`; drop it afterwards.

    `settings` are fields of the service's settings class; `key` signs the tokens (a new one by default).
    """
    database = await create_database(admin_dsn, service)
    key = key or test_key()
    values = {"database_url": database.app_url, "database_pool_size": 10, **_UNHURRIED, **(settings or {})}
    bus = RecordingBus()
    made: ServiceSettings = service.settings(**values)
    keys = service.keys(made) if service.keys else StaticKeys({str(key.kid): key})
    runtime = Runtime.create(service, made, lambda *_: bus, keys)
    try:
        async with runtime.running():
            transport = httpx.ASGITransport(build_app(service, runtime), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                yield ServiceHarness(runtime, database, Signer(key), http, bus)
    finally:
        await drop_database(admin_dsn, database)
