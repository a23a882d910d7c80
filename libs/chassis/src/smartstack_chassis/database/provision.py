"""Creates the database, the schemas and the roles that the services need. Run by an administrator, any number of times.

Per service: a schema, `<service>_migrator` who owns it, and `<service>_app` who may read and write its rows and nothing
else. For all of them `auditor` (see delivery_audit.py). None may bypass row-level security. The administrator is a
superuser, or, as on RDS, a role that may create roles and databases; on RDS it can still sign in with its password
afterwards.

In the cloud: `python -m smartstack_chassis.database.provision --iam ai comms gateway tasks`, with libpq's PGHOST,
PGUSER and PGPASSWORD naming the administrator. The roles then sign in with AWS's tokens and have no password.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

AUDITOR = "auditor"
"""The role that sees which events were published and handled, in every schema, and nothing else."""

_LOCK = 0x536D5375
_CREATOR = "smartstack_creator"

# Postgres's own Unicode rules, so that names sort and match alike on every server, whatever its C library.
_LOCALE = "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"


@dataclass(frozen=True, slots=True)
class ServiceAccess:
    """The passwords of one service's roles; None leaves a role without one (local trust, or `iam`: AWS's tokens)."""

    service: str
    app_password: str | None = None
    migrator_password: str | None = None
    iam: bool = False


@dataclass(frozen=True, slots=True)
class AuditorAccess:
    """The sign-in of the role `auditor`: by password, by AWS's tokens (`iam`), or neither."""

    password: str | None = None
    iam: bool = False
    role: str = AUDITOR


async def provision(
    admin_dsn: str, database: str, services: Iterable[ServiceAccess], auditor: AuditorAccess | None = None
) -> None:
    """Create what is missing. `admin_dsn` is a libpq URL of the administrator, to any database of the server.

    A run that failed part-way can be repeated: each service is provisioned in one transaction. Without `auditor`
    that role is not created or changed.
    """
    services = list(services)
    admin = await asyncpg.connect(admin_dsn, timeout=5)
    try:
        # Roles belong to the whole server: two concurrent provisioners would collide.
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f"CREATE DATABASE {_quote(database)} TEMPLATE template0 {_LOCALE}")
        # Both connections are open before the first role exists: RDS judges a sign-in by the roles at that moment.
        inside = await asyncpg.connect(admin_dsn, database=database, timeout=5)
        try:
            await _provision_services(inside, database, services)
            if auditor is not None:
                await _provision_auditor(inside, database, auditor)
            await _admit_auditor(inside, [access.service for access in services])
        finally:
            await inside.close()
    finally:
        await admin.close()


async def _provision_services(connection: asyncpg.Connection, database: str, services: list[ServiceAccess]) -> None:
    superuser = await _is_superuser(connection)
    async with connection.transaction():
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for access in services:
        async with connection.transaction():
            if access.iam and not superuser:
                if not await _is_provisioned(connection, access.service):
                    async with _as_temporary_creator(connection, database):
                        await _roles_and_schema(connection, database, access)
                        await connection.execute(f"REVOKE {_quote(f'{access.service}_migrator')} FROM CURRENT_USER")
            else:
                await _roles_and_schema(connection, database, access)
            if access.iam:
                await _grant_iam(connection, f"{access.service}_app", f"{access.service}_migrator")


async def _is_provisioned(connection: asyncpg.Connection, service: str) -> bool:
    """Return whether the schema exists; its transaction made everything else of the service too."""
    return bool(await connection.fetchval("SELECT 1 FROM pg_namespace WHERE nspname = $1", service))


@asynccontextmanager
async def _as_temporary_creator(connection: asyncpg.Connection, database: str) -> AsyncIterator[None]:
    """Run the block as a role that this transaction makes and drops; a failure rolls all of it back.

    PostgreSQL makes the creator of a role a member of that role, and only a superuser can revoke that. RDS refuses the
    password of every direct and indirect member of rds_iam. An administrator who created the roles would lock
    themselves out by the grant of rds_iam.
    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html (limitations).
    """
    creator, place = _quote(_CREATOR), _quote(database)
    await connection.execute(f"CREATE ROLE {creator} CREATEROLE CREATEDB")
    await connection.execute(f"GRANT CREATE ON DATABASE {place} TO {creator}")
    await connection.execute(f"GRANT {creator} TO CURRENT_USER WITH SET TRUE")
    await connection.execute(f"SET LOCAL ROLE {creator}")
    yield
    await connection.execute("SET LOCAL ROLE NONE")
    await connection.execute(f"REVOKE CREATE ON DATABASE {place} FROM {creator}")
    await connection.execute(f"DROP ROLE {creator}")


async def _grant_iam(connection: asyncpg.Connection, *roles: str) -> None:
    """Let roles sign in with AWS's tokens. This comes last: it decides who may still use a password."""
    for role in roles:
        member = await connection.fetchval(
            "SELECT 1 FROM pg_auth_members WHERE roleid = 'rds_iam'::regrole AND member = $1::text::regrole",
            _quote(role),
        )
        if not member:
            await connection.execute(f"GRANT rds_iam TO {_quote(role)}")


async def _roles_and_schema(connection: asyncpg.Connection, database: str, access: ServiceAccess) -> None:
    await _role(connection, f"{access.service}_migrator", access.migrator_password)
    await _role(connection, f"{access.service}_app", access.app_password)
    if not await _is_superuser(connection):
        # The creator of a schema must be able to act as its owner.
        migrator = _quote(f"{access.service}_migrator")
        await connection.execute(f"GRANT {migrator} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
    await _schema(connection, database, access.service)


async def _role(connection: asyncpg.Connection, name: str, password: str | None) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {_quote(name)}")
    secret = "NULL" if password is None else await connection.fetchval("SELECT quote_literal($1::text)", password)
    # Only a superuser may say "NOSUPERUSER", and only a superuser can have made such a role.
    more = " NOSUPERUSER NOBYPASSRLS" if await _is_superuser(connection) else ""
    await connection.execute(f"ALTER ROLE {_quote(name)} LOGIN NOCREATEDB NOCREATEROLE{more} PASSWORD {secret}")
    # PostgreSQL lets each role change its own password and settings, and no right takes that away: undo it here.
    await connection.execute(f"ALTER ROLE {_quote(name)} RESET ALL")


async def _provision_auditor(connection: asyncpg.Connection, database: str, access: AuditorAccess) -> None:
    async with connection.transaction():
        if access.iam and not await _is_superuser(connection):
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", access.role):
                async with _as_temporary_creator(connection, database):
                    await _auditor(connection, access)
        else:
            await _auditor(connection, access)
        if access.iam:
            await _grant_iam(connection, access.role)


async def _auditor(connection: asyncpg.Connection, access: AuditorAccess) -> None:
    await _role(connection, access.role, access.password)
    await connection.execute(f"ALTER ROLE {_quote(access.role)} SET default_transaction_read_only = on")


async def _admit_auditor(connection: asyncpg.Connection, services: list[str]) -> None:
    """Give the auditor its rights where a revision has made the function for it; elsewhere the revision will.

    An administrator who may not act for a schema's owner leaves it to the revision too.
    """
    for service in services:
        function, owner = f"{_quote(service)}.admit_auditor()", f"{service}_migrator"
        if not await connection.fetchval("SELECT pg_has_role(current_user, $1::name, 'SET')", owner):
            continue
        if await connection.fetchval("SELECT to_regprocedure($1)", function):
            async with connection.transaction():
                await connection.execute(f"SET LOCAL ROLE {_quote(owner)}")
                await connection.execute(f"SELECT {function}")


async def _is_superuser(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))


async def _schema(connection: asyncpg.Connection, database: str, service: str) -> None:
    app, migrator, schema = _quote(f"{service}_app"), _quote(f"{service}_migrator"), _quote(service)
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {migrator}")
    await connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {app}")
    for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"):
        await connection.execute(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {migrator} IN SCHEMA {schema} GRANT {rights} TO {app}"
        )
    for role in (app, migrator):
        await connection.execute(f"ALTER ROLE {role} IN DATABASE {_quote(database)} RESET ALL")
        await connection.execute(f"ALTER ROLE {role} IN DATABASE {_quote(database)} SET search_path = {schema}")


def _quote(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def main(argv: Sequence[str] | None = None) -> int:
    """Provision for the named services, as the administrator whom the PG* variables name."""
    parser = argparse.ArgumentParser(prog="python -m smartstack_chassis.database.provision")
    parser.add_argument("services", nargs="+", metavar="SERVICE")
    parser.add_argument("--database", default="smartstack")
    parser.add_argument("--iam", action="store_true", help="the roles sign in with AWS's tokens")
    parser.add_argument("--auditor", default=AUDITOR, metavar="ROLE", help="only a test names another one")
    options = parser.parse_args(argv)
    accesses = [ServiceAccess(service, iam=options.iam) for service in options.services]
    asyncio.run(
        provision(
            "postgresql:///postgres", options.database, accesses, AuditorAccess(iam=options.iam, role=options.auditor)
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
