"""What provisioning gives to whom, also where the administrator is no superuser: as on RDS."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg
import pytest

from smartstack_chassis.database.provision import ServiceAccess, main, provision
from smartstack_contracts import new_id


@dataclass(frozen=True)
class Server:
    """A server with an administrator like RDS's: may create roles and databases, and hand on `rds_iam`."""

    superuser: str
    administrator: str
    service: str
    database: str
    # Roles belong to the whole server, which other tests share.
    auditor: str

    def url(self, role: str, database: str) -> str:
        place = urlsplit(self.administrator)
        return f"postgresql://{role}:pw@{place.hostname}:{place.port}/{database}"


@pytest.fixture
async def server(postgres_admin_url: str) -> AsyncIterator[Server]:
    mark = new_id().hex[-12:]
    place = urlsplit(postgres_admin_url)
    administrator = f"postgresql://admin_{mark}:pw@{place.hostname}:{place.port}/postgres"
    made = Server(postgres_admin_url, administrator, f"svc_{mark}", f"db_{mark}", f"auditor_{mark}")
    superuser = await asyncpg.connect(postgres_admin_url)
    await superuser.execute(f"CREATE ROLE admin_{mark} LOGIN CREATEROLE CREATEDB PASSWORD 'pw'")
    if not await superuser.fetchval("SELECT 1 FROM pg_roles WHERE rolname = 'rds_iam'"):
        await superuser.execute("CREATE ROLE rds_iam")
    await superuser.execute(f"GRANT rds_iam TO admin_{mark} WITH ADMIN OPTION")
    yield made
    await superuser.execute(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")
    for role in (f"auditor_{mark}", f"{made.service}_app", f"{made.service}_migrator", f"admin_{mark}"):
        await superuser.execute(f"DROP ROLE IF EXISTS {role}")
    await superuser.close()


async def test_an_administrator_who_is_no_superuser_provisions_any_number_of_times(server: Server) -> None:
    access = ServiceAccess(server.service, "pw", "pw")
    for _ in range(2):
        await provision(server.administrator, server.database, [access])

    migrator = await asyncpg.connect(server.url(f"{server.service}_migrator", server.database))
    await migrator.execute("CREATE TABLE notes (id int)")
    await migrator.close()
    app = await asyncpg.connect(server.url(f"{server.service}_app", server.database))
    await app.execute("INSERT INTO notes VALUES (1)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("DROP TABLE notes")
    await app.close()


async def test_neither_role_may_bypass_what_keeps_workspaces_apart(server: Server) -> None:
    await provision(server.administrator, server.database, [ServiceAccess(server.service, "pw", "pw")])

    superuser = await asyncpg.connect(server.superuser)
    rows = await superuser.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE $1 AND (rolsuper OR rolbypassrls OR rolcreaterole)",
        f"{server.service}%",
    )
    await superuser.close()
    assert rows == []


async def test_with_iam_both_roles_sign_in_with_tokens_and_have_no_password(server: Server) -> None:
    await provision(server.administrator, server.database, [ServiceAccess(server.service, iam=True)])

    superuser = await asyncpg.connect(server.superuser)
    members = await superuser.fetch(
        "SELECT member::regrole::text AS name FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole"
    )
    passwords = await superuser.fetch(
        "SELECT rolname FROM pg_authid WHERE rolname LIKE $1 AND rolpassword IS NOT NULL", f"{server.service}%"
    )
    await superuser.close()
    assert {f"{server.service}_app", f"{server.service}_migrator"} <= {row["name"] for row in members}
    assert passwords == []


def test_the_command_takes_the_administrator_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = urlsplit(server.administrator)
    for name, value in {
        "PGHOST": place.hostname,
        "PGPORT": str(place.port),
        "PGUSER": place.username,
        "PGPASSWORD": place.password,
    }.items():
        monkeypatch.setenv(name, str(value))

    assert main(["--iam", "--database", server.database, "--auditor", server.auditor, server.service]) == 0


async def test_what_a_role_changed_of_itself_is_undone_by_the_next_provisioning(server: Server) -> None:
    access, role = ServiceAccess(server.service, "pw", "pw"), f"{server.service}_app"
    await provision(server.superuser, server.database, [access])
    app = await asyncpg.connect(server.url(role, server.database))
    await app.execute(f"ALTER ROLE {role} PASSWORD 'mine'")
    await app.execute(f"ALTER ROLE {role} SET statement_timeout = '1h'")
    await app.execute(f"ALTER ROLE {role} IN DATABASE {server.database} SET statement_timeout = '2h'")
    before = await app.fetchval("SHOW statement_timeout")
    await app.close()
    await provision(server.superuser, server.database, [access])
    app = await asyncpg.connect(server.url(role, server.database))
    assert await app.fetchval("SHOW statement_timeout") == before
    assert await app.fetchval("SHOW search_path") == server.service
    await app.close()
    superuser = await asyncpg.connect(server.superuser)
    settings = await superuser.fetch("SELECT setconfig FROM pg_db_role_setting WHERE setrole = $1::regrole", role)
    await superuser.close()
    assert [list(row["setconfig"]) for row in settings] == [[f"search_path={server.service}"]]
