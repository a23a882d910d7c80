"""Provisioning where RDS's rule holds: a password never signs in a direct or indirect member of `rds_iam`."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from smartstack_chassis.database.provision import ServiceAccess, provision
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.postgres import prepare, throwaway

HBA = """
host all postgres all trust
host all +rds_iam all reject
host all all all scram-sha-256
"""
SERVICES = ("alpha", "beta")
connect_for_real = asyncpg.connect


class Rds:
    """A server whose administrator may hand on `rds_iam` without being a member.

    Plain PostgreSQL makes whoever may hand a role on a member of it. So the right is given after each sign-in, and
    taken back before the next one.
    """

    def __init__(self, superuser: asyncpg.Connection, url: str) -> None:
        self.superuser = superuser
        self.administrator = url.replace("postgres@", "master:pw@")
        self.signed_in = 0

    async def connect(self, dsn: str, **options: Any) -> asyncpg.Connection:
        for row in await self.superuser.fetch(
            "SELECT member::regrole::text AS name FROM pg_auth_members"
            " WHERE roleid = 'rds_iam'::regrole AND member <> 'master'::regrole"
        ):
            await self.superuser.execute(f"GRANT rds_iam TO {row['name']}")
        await self.superuser.execute("REVOKE rds_iam FROM master CASCADE")
        connection = await connect_for_real(dsn, **options)
        await self.superuser.execute("GRANT rds_iam TO master WITH ADMIN OPTION")
        self.signed_in += 1
        return connection

    async def members(self) -> set[str]:
        rows = await self.superuser.fetch(
            "SELECT member::regrole::text AS name FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole"
        )
        return {row["name"] for row in rows} - {"master"}


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as home:
        (prepare(Path(home), password=None).directory / "pg_hba.conf").write_text(HBA)
        with throwaway(Path(home), free_port()) as url:
            yield url


@pytest.fixture
async def rds(server_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rds]:
    superuser = await connect_for_real(server_url)
    await superuser.execute("CREATE ROLE rds_iam; CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD 'pw'")
    made = Rds(superuser, server_url)
    monkeypatch.setattr(asyncpg, "connect", made.connect)
    yield made
    await superuser.execute("DROP DATABASE IF EXISTS app WITH (FORCE)")
    for service in SERVICES:
        await superuser.execute(f"DROP ROLE IF EXISTS {service}_app, {service}_migrator")
    await superuser.execute("DROP ROLE master, rds_iam")
    await superuser.close()


def accesses() -> list[ServiceAccess]:
    return [ServiceAccess(service, iam=True) for service in SERVICES]


async def test_the_administrator_can_sign_in_and_provision_again(rds: Rds) -> None:
    for _ in range(2):
        await provision(rds.administrator, "app", accesses())
    assert rds.signed_in == 4
    assert await rds.members() == {"alpha_app", "alpha_migrator", "beta_app", "beta_migrator"}
    assert await rds.superuser.fetch("SELECT 1 FROM pg_roles WHERE rolname = 'smartstack_creator'") == []


async def test_a_password_does_not_sign_in_a_role_of_a_service(rds: Rds) -> None:
    await provision(rds.administrator, "app", accesses())
    await rds.superuser.execute("ALTER ROLE alpha_app PASSWORD 'pw'")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await connect_for_real(rds.administrator.replace("master", "alpha_app"), database="app")


async def test_the_migrator_owns_the_schema_and_the_app_uses_what_is_in_it(rds: Rds) -> None:
    await provision(rds.administrator, "app", accesses())
    inside = await connect_for_real(rds.administrator.replace("master:pw", "postgres"), database="app")
    await inside.execute(
        "SET SESSION AUTHORIZATION alpha_migrator; SET search_path = alpha; CREATE TABLE notes (id int)"
    )
    await inside.execute("RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION alpha_app")
    await inside.execute("INSERT INTO alpha.notes VALUES (1)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await inside.execute("CREATE TABLE alpha.more (id int)")
    await inside.close()


@pytest.mark.parametrize(
    "statement", ['CREATE ROLE "beta_app"', "CREATE SCHEMA", 'GRANT rds_iam TO "beta_app"', "DROP ROLE"]
)
async def test_a_run_that_failed_part_way_is_repeated(
    rds: Rds, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = asyncpg.Connection.execute

    async def failing(self: asyncpg.Connection, query: str, *args: Any, **options: Any) -> str:
        if query.startswith(statement):
            raise ConnectionResetError(query)
        return await execute(self, query, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(asyncpg.Connection, "execute", failing)
        with pytest.raises(ConnectionResetError):
            await provision(rds.administrator, "app", accesses())
    await provision(rds.administrator, "app", accesses())
    assert await rds.members() == {"alpha_app", "alpha_migrator", "beta_app", "beta_migrator"}
