"""Creates the database, the schemas and the roles that the services need. Run by a superuser, any number of times.

Per service: a schema, `<service>_migrator` who owns it, and `<service>_app` who may read and write its rows and nothing
else. Neither may bypass row-level security.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

_LOCK = 0x536D5375

# Postgres's own Unicode rules, so that names sort and match alike on every server, whatever its C library.
_LOCALE = "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'"


@dataclass(frozen=True, slots=True)
class ServiceAccess:
    """The passwords of one service's roles; None leaves a role without one (local trust or IAM authentication)."""

    service: str
    app_password: str | None = None
    migrator_password: str | None = None


async def provision(admin_dsn: str, database: str, services: Iterable[ServiceAccess]) -> None:
    """Create what is missing. `admin_dsn` is a libpq URL of a superuser, to any database of the server."""
    services = list(services)
    admin = await asyncpg.connect(admin_dsn, timeout=5)
    try:
        # Roles belong to the whole server: two provisioners at once would trip over each other.
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)
        for access in services:
            await _role(admin, f"{access.service}_migrator", access.migrator_password)
            await _role(admin, f"{access.service}_app", access.app_password)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f"CREATE DATABASE {_quote(database)} TEMPLATE template0 {_LOCALE}")
    finally:
        await admin.close()
    inside = await asyncpg.connect(admin_dsn, database=database, timeout=5)
    try:
        await _schemas(inside, database, [access.service for access in services])
    finally:
        await inside.close()


async def _role(connection: asyncpg.Connection, name: str, password: str | None) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {_quote(name)}")
    secret = "NULL" if password is None else await connection.fetchval("SELECT quote_literal($1::text)", password)
    await connection.execute(
        f"ALTER ROLE {_quote(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {secret}"
    )


async def _schemas(connection: asyncpg.Connection, database: str, services: list[str]) -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for service in services:
            app, migrator, schema = _quote(f"{service}_app"), _quote(f"{service}_migrator"), _quote(service)
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {migrator}")
            await connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {app}")
            await connection.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {migrator} IN SCHEMA {schema} "
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}"
            )
            await connection.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE {migrator} IN SCHEMA {schema} "
                f"GRANT USAGE, SELECT ON SEQUENCES TO {app}"
            )
            for role in (app, migrator):
                await connection.execute(f"ALTER ROLE {role} IN DATABASE {_quote(database)} SET search_path = {schema}")


def _quote(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
