from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.database.catalog import is_partition
from smartstack_chassis.testing.harness import event
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import ClientCreated
from smartstack_gateway.testing import Gateway, SignedUp

TABLES = """
    SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'gateway' AND relkind IN ('r', 'p') AND relname <> 'alembic_version'
"""


async def admin(gateway: Gateway) -> asyncpg.Connection:
    return await asyncpg.connect(gateway.harness.database.admin_dsn)


@pytest.fixture
async def filled(gateway: Gateway, sam: SignedUp) -> Any:
    """A workspace with a row in every table."""
    client = new_id()
    gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"name": "Acme", "version": 1})
    headers = {**sam.headers, "Idempotency-Key": "k"}
    assert (await gateway.post(f"/api/v1/clients/{client}/share-links", headers=headers, json={}))[0] == 201
    await gateway.harness.deliver(
        event(ClientCreated(client_id=client, client_name="Acme"), UUID(sam.body["workspace"]["id"]))
    )
    await gateway.harness.runtime.relay.drain()
    return sam


async def counts(session: Any, tables: list[str]) -> dict[str, int]:
    return {name: (await session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() for name in tables}


async def test_row_level_security_is_forced_on_every_table(gateway: Gateway) -> None:
    connection = await admin(gateway)
    try:
        tables = [row[0] for row in await connection.fetch(TABLES)]
        unforced = await connection.fetch(f"{TABLES} AND NOT (relrowsecurity AND relforcerowsecurity)")
    finally:
        await connection.close()
    assert len(tables) >= 10
    assert unforced == []


async def test_without_a_workspace_nobody_sees_anything(gateway: Gateway, filled: SignedUp) -> None:
    connection = await admin(gateway)
    try:
        tables = [row[0] for row in await connection.fetch(TABLES)]
    finally:
        await connection.close()
    async with gateway.harness.runtime.engine.connect() as session:
        assert set((await counts(session, tables)).values()) == {0}


async def test_another_workspace_sees_nothing_of_it(gateway: Gateway, filled: SignedUp) -> None:
    stranger = gateway.harness.member()
    member = gateway.harness.member(UUID(filled.body["workspace"]["id"]))
    connection = await admin(gateway)
    try:
        tables = [row[0] for row in await connection.fetch(TABLES)]
    finally:
        await connection.close()
    async with gateway.harness.uow.begin(stranger) as transaction:
        assert set((await counts(transaction.session, tables)).values()) == {0}
    async with gateway.harness.uow.begin(member) as transaction:
        seen = await counts(transaction.session, tables)
    empty = {name for name, count in seen.items() if count == 0 and not is_partition(name)}
    assert empty <= {"outbox", "credentials", "throttles", "registered_handlers"}
    assert (seen["users"], seen["workspaces"], seen["memberships"]) == (1, 1, 1)


async def test_a_member_can_change_neither_accounts_nor_other_workspaces(gateway: Gateway, filled: SignedUp) -> None:
    member = gateway.harness.member(UUID(filled.body["workspace"]["id"]))
    other = await gateway.sign_up()
    async with gateway.harness.uow.begin(member) as transaction:
        users = await transaction.session.execute(text("UPDATE users SET password_hash = 'x'"))
        stolen = await transaction.session.execute(
            text("UPDATE workspaces SET name = 'x' WHERE id = :id"), {"id": other.body["workspace"]["id"]}
        )
        assert (users.rowcount, stolen.rowcount) == (0, 0)


async def test_a_workspace_neither_reads_nor_plants_credentials(gateway: Gateway, filled: SignedUp) -> None:
    member = gateway.harness.member(UUID(filled.body["workspace"]["id"]))
    async with gateway.harness.uow.begin(member) as transaction:
        hashes = await transaction.session.execute(text("SELECT password_hash FROM users"))
        assert hashes.scalars().all() == [None]
        assert (await transaction.session.execute(text("SELECT count(*) FROM credentials"))).scalar_one() == 0
    plant = "INSERT INTO credentials (user_id, password_hash, updated_at) VALUES (:id, 'x', now())"
    add = "INSERT INTO users (id, email, name, created_at, updated_at) VALUES (:id, 'e@example.com', 'x', now(), now())"
    for statement in (plant, add):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with gateway.harness.uow.begin(member) as transaction:
                await transaction.session.execute(text(statement), {"id": new_id()})


async def test_the_login_role_owns_nothing(gateway: Gateway) -> None:
    connection = await admin(gateway)
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_class WHERE relowner = 'gateway_app'::regrole") == 0
    finally:
        await connection.close()
