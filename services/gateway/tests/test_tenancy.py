"""A workspace is alone, and its accounts are out of its reach."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.testing.conformance import Sample, TableConformance
from smartstack_chassis.testing.harness import event
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import ClientCreated
from smartstack_gateway.testing import Gateway, SignedUp


@pytest.fixture
async def sample(gateway: Gateway, sam: SignedUp) -> Sample:
    """A workspace with a row in every table."""
    client = new_id()
    gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"name": "Acme", "version": 1})
    headers = {**sam.headers, "Idempotency-Key": "k"}
    assert (await gateway.post(f"/api/v1/clients/{client}/share-links", headers=headers, json={}))[0] == 201
    member = gateway.harness.member(UUID(sam.body["workspace"]["id"]))
    await gateway.harness.deliver(event(ClientCreated(client_id=client, client_name="Acme"), member.workspace_id))
    return Sample(gateway.harness, member, {"client_id": str(client)})


class TestTables(TableConformance):
    # Credentials and throttles belong to no workspace.
    drained = frozenset({"outbox", "credentials", "throttles"})


async def test_a_workspace_sees_one_account_one_workspace_and_one_membership(sample: Sample) -> None:
    async with sample.harness.uow.begin(sample.member) as transaction:
        counts = [
            await transaction.session.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("users", "workspaces", "memberships")
        ]
    assert counts == [1, 1, 1]


async def test_a_member_can_change_neither_accounts_nor_other_workspaces(gateway: Gateway, sample: Sample) -> None:
    other = await gateway.sign_up()
    async with gateway.harness.uow.begin(sample.member) as transaction:
        users = await transaction.session.execute(text("UPDATE users SET password_hash = 'x'"))
        stolen = await transaction.session.execute(
            text("UPDATE workspaces SET name = 'x' WHERE id = :id"), {"id": other.body["workspace"]["id"]}
        )
        assert (users.rowcount, stolen.rowcount) == (0, 0)


async def test_a_workspace_neither_reads_nor_plants_credentials(gateway: Gateway, sample: Sample) -> None:
    async with gateway.harness.uow.begin(sample.member) as transaction:
        hashes = await transaction.session.execute(text("SELECT password_hash FROM users"))
        assert hashes.scalars().all() == [None]
        assert (await transaction.session.execute(text("SELECT count(*) FROM credentials"))).scalar_one() == 0
    plant = "INSERT INTO credentials (user_id, password_hash, updated_at) VALUES (:id, 'x', now())"
    add = "INSERT INTO users (id, email, name, created_at, updated_at) VALUES (:id, 'e@example.com', 'x', now(), now())"
    for statement in (plant, add):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with gateway.harness.uow.begin(sample.member) as transaction:
                await transaction.session.execute(text(statement), {"id": new_id()})
