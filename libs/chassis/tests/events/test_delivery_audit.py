"""What was published and is not handled is found; the role that looks for it sees nothing else."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from smartstack_chassis.database.engine import create_engine
from smartstack_chassis.database.provision import AuditorAccess, ServiceAccess, provision
from smartstack_chassis.events import delivery_audit
from smartstack_chassis.events.delivery_audit import SUBSCRIBER, DeliveryAudit, Pair, pairs, undelivered
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.registered_handlers import HandlerRegistry
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import PASSWORD, TestDatabase, create_database, drop_database
from smartstack_contracts import first_id, new_id
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated

CREATED, UPDATED = ClientCreated.type(), ClientUpdated.type()
# One schema plays both parts.
PAIR = Pair("tasks", "tasks", (CREATED, UPDATED))
DAY = 86400
BOTH = ("on_created", "on_created_too")


@dataclass
class Audited:
    """A schema in which `CREATED` has two handlers and `UPDATED` one, and the auditor's engine."""

    database: TestDatabase
    engine: AsyncEngine
    admin: asyncpg.Connection

    def audit(self, after_seconds: float = 300) -> DeliveryAudit:
        return DeliveryAudit(self.engine, after_seconds=after_seconds, days=28, every_seconds=30, between=[PAIR])

    async def publish(self, age: float, kind: str = CREATED, table: str = "event_log") -> UUID:
        """Log an event that was made so many seconds ago."""
        event_id = UUID(int=first_id(time.time() - age).int + (new_id().int & (2**80 - 1)))
        await self.admin.execute(
            f"INSERT INTO tasks.{table} (id, workspace_id, type, body) VALUES ($1, $2, $3, 'secret')",
            *(event_id, new_id(), kind),
        )
        return event_id

    async def handle(self, event_id: UUID, *names: str) -> None:
        for name in names:
            await self.admin.execute("INSERT INTO tasks.inbox VALUES ($1, $2, $3)", event_id, name, new_id())

    async def missing(self, after_seconds: float = 300) -> list[UUID]:
        """Return what a first look finds."""
        now = time.time()
        found = await undelivered(self.engine, PAIR, first_id(now - 28 * DAY), first_id(now - after_seconds))
        return [each.id for each in found]


@pytest.fixture
async def audited(postgres_admin_url: str, probe_service: Service) -> AsyncIterator[Audited]:
    database = await create_database(postgres_admin_url, probe_service)
    engine = create_engine(database.app_url.replace("tasks_app", "auditor"), pool_size=1)
    admin = await asyncpg.connect(database.admin_dsn)
    for kind, name in ((CREATED, BOTH[0]), (CREATED, BOTH[1]), (UPDATED, "on_updated")):
        since = first_id(time.time() - 20 * DAY)
        await admin.execute("INSERT INTO tasks.registered_handlers VALUES ($1, $2, $3)", kind, name, since)
    yield Audited(database, engine, admin)
    await admin.close()
    await engine.dispose()
    await drop_database(postgres_admin_url, database)


async def test_a_lost_event_is_found_and_a_handled_a_young_and_a_foreign_one_are_not(audited: Audited) -> None:
    lost = await audited.publish(400)
    handled = await audited.publish(400)
    await audited.handle(handled, *BOTH)
    await audited.publish(200)
    await audited.publish(400, kind="smartstack.tasks.task_created.v1")
    assert await audited.missing() == [lost]
    assert len(await audited.missing(after_seconds=100)) == 2


async def test_an_event_that_one_of_two_handlers_handled_is_undelivered(audited: Audited) -> None:
    partial = await audited.publish(400)
    await audited.handle(partial, BOTH[0])
    # A rebuild of a copy has an inbox key of its own, and is no delivery.
    await audited.handle(partial, f"{BOTH[1]}@rebuilt")
    assert await audited.missing() == [partial]
    await audited.handle(partial, BOTH[1])
    assert await audited.missing() == []


async def test_what_was_published_before_the_handler_was_there_is_not_expected_of_it(audited: Audited) -> None:
    await audited.publish(21 * DAY)
    within = await audited.publish(19 * DAY, kind=UPDATED)
    assert await audited.missing() == [within]


async def test_pages_and_hours_lose_and_repeat_nothing(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_audit, "PAGE", 3)
    lost = []
    for age in (400, 500, 3700, 3800, 7300, 2 * DAY, 2 * DAY + 1, 2 * DAY + 2, 2 * DAY + 3):
        lost.append(await audited.publish(age))
        await audited.handle(await audited.publish(age), *BOTH)
    assert await audited.missing() == sorted(lost)


async def test_later_looks_count_what_is_new_and_forget_what_was_delivered(audited: Audited) -> None:
    audit = audited.audit()
    assert list(audit.observe()) == [], "nothing is known before the first look"
    first = await audited.publish(1000)
    await audit.look()
    second = await audited.publish(400)
    await audit.look()
    assert [each.id for each in audit.found] == [first]
    # What the first look has passed is not looked at again; only what it missed is.
    await audited.handle(first, *BOTH)
    await audit.look()
    assert audit.found == []
    assert await audited.missing() == [second]


async def test_an_event_that_waited_in_the_outbox_is_found_once_it_is_published(audited: Audited) -> None:
    audit = audited.audit()
    late = await audited.publish(1000, table="outbox")
    behind = await audited.publish(900)
    await audit.look()
    assert audit.found == [], "the log is looked at as far as it is complete"
    await audited.admin.execute(
        "WITH sent AS (DELETE FROM tasks.outbox RETURNING *) "
        "INSERT INTO tasks.event_log SELECT id, workspace_id, type, body FROM sent"
    )
    await audit.look()
    assert [each.id for each in audit.found] == [late, behind]


async def test_the_count_and_the_age_of_the_oldest_are_measured_by_subscriber(audited: Audited) -> None:
    audit = audited.audit()
    await audit.look()
    assert [(each.value, each.attributes) for each in audit.observe()] == [(0, {SUBSCRIBER: "tasks"})]
    assert [each.value for each in audit.observe_age()] == [0]
    await audited.publish(500)
    await audited.publish(1000)
    audit = audited.audit()
    await audit.look()
    assert [each.value for each in audit.observe()] == [2]
    [age] = audit.observe_age()
    assert age.value >= 1000


async def test_the_number_that_is_remembered_is_bounded(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_audit, "MOST", 2)
    monkeypatch.setattr(delivery_audit, "PAGE", 1)
    lost = [await audited.publish(age) for age in (900, 800, 700)]
    audit = audited.audit()
    await audit.look()
    assert [each.id for each in audit.found] == lost[:2]
    await audited.handle(lost[0], *BOTH)
    await audit.look()
    assert [each.id for each in audit.found] == lost[1:]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT body FROM tasks.event_log",
        "SELECT workspace_id FROM tasks.event_log",
        "SELECT * FROM tasks.event_log",
        "SELECT body FROM tasks.outbox",
        "SELECT workspace_id FROM tasks.inbox",
        "SELECT 1 FROM tasks.notes",
        "SELECT 1 FROM tasks.idempotency_keys",
        "SELECT id FROM tasks.event_log_default",
        "INSERT INTO tasks.inbox (event_id, handler, workspace_id) VALUES (gen_random_uuid(), 'x', gen_random_uuid())",
        "DELETE FROM tasks.registered_handlers",
        "CREATE TABLE tasks.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "SELECT tasks.admit_auditor()",
        "SELECT tasks.maintain_partitions(1)",
        "SET ROLE tasks_app",
    ],
)
async def test_the_auditor_reads_ids_and_nothing_else(audited: Audited, statement: str) -> None:
    url = audited.engine.url.render_as_string(hide_password=False).replace("+asyncpg", "")
    auditor = await asyncpg.connect(url)
    try:
        await auditor.execute("SET default_transaction_read_only = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await auditor.execute(statement)
    finally:
        await auditor.close()


async def test_rights_are_given_to_a_role_that_is_made_after_the_tables(
    audited: Audited, postgres_admin_url: str
) -> None:
    admin, name = audited.admin, audited.database.name
    for table in ("outbox", "event_log", "inbox", "registered_handlers"):
        await admin.execute(f"DROP POLICY auditor ON tasks.{table}")
    await admin.execute("REVOKE ALL ON ALL TABLES IN SCHEMA tasks FROM auditor")
    with pytest.raises(Exception, match="permission denied"):
        await audited.missing()
    services = [ServiceAccess("tasks", PASSWORD, PASSWORD)]
    await provision(postgres_admin_url, name, services, AuditorAccess(PASSWORD))
    lost = await audited.publish(400)
    assert await audited.missing() == [lost]


async def test_handlers_are_registered_once_and_forgotten_when_they_are_gone(audited: Audited) -> None:
    def serving(*names: str) -> HandlerRegistry:
        handlers = EventHandlers("tasks")
        for name in names:

            async def handler(*_: Any) -> None: ...

            handler.__name__ = name
            handlers.on(ClientCreated)(handler)
        return HandlerRegistry(uow, handlers)

    async def rows() -> dict[str, UUID]:
        return {row["handler"]: row["since"] for row in await audited.admin.fetch("TABLE tasks.registered_handlers")}

    engine = create_engine(audited.database.app_url, pool_size=1)
    uow = UnitOfWork(engine)
    before = await rows()
    await serving(BOTH[0], "on_created_anew").register()
    after = await rows()
    assert after.keys() == {BOTH[0], "on_created_anew"}
    assert after[BOTH[0]] == before[BOTH[0]]
    assert after["on_created_anew"] > first_id(time.time() - DAY)
    await engine.dispose()


def test_every_subscription_is_audited() -> None:
    types = ("smartstack.gateway.access_revoked.v1", "smartstack.gateway.workspace_created.v1")
    assert Pair("gateway", "comms", types) in pairs()
    assert {pair.subscriber for pair in pairs()} == {"tasks", "comms", "ai", "gateway"}
