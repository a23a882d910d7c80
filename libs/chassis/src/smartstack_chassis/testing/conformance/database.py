"""The database of a service under test, as its superuser sees it, and the SQL that the service runs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch
from uuid import UUID

import asyncpg
from sqlalchemy import event

from smartstack_chassis.database.transactions import ENDS, Reader
from smartstack_chassis.testing.harness import ServiceHarness


async def tables(harness: ServiceHarness) -> list[str]:
    """Return the tables of the service's schema, without Alembic's own."""
    async with admin_connection(harness) as admin:
        rows = await admin.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> 'alembic_version' ORDER BY 1",
            harness.runtime.service.name,
        )
    return [row["tablename"] for row in rows]


@asynccontextmanager
async def failing_commits(harness: ServiceHarness, workspace_id: UUID) -> AsyncIterator[None]:
    """Let every COMMIT fail that announces something in this workspace; its statements succeed until then."""
    schema, name = harness.runtime.service.name, f"refuse_{workspace_id.hex}"
    async with admin_connection(harness) as admin:
        await admin.execute(
            f"CREATE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'this commit fails'; END $$"
        )
        await admin.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON {schema}.outbox DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW WHEN (NEW.workspace_id = '{workspace_id}') EXECUTE FUNCTION {schema}.{name}()"
        )
        try:
            yield
        finally:
            await admin.execute(f"DROP FUNCTION {schema}.{name}() CASCADE")


_recorded: ContextVar[list[str] | None] = ContextVar("recorded", default=None)


@contextmanager
def statements(harness: ServiceHarness) -> Iterator[list[str]]:
    """Collect the SQL that this task runs, requests to the service included; the outbox relay's is not among it."""

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if (recorded := _recorded.get()) is not None:
            recorded.append(statement)

    async def record_direct(transaction: Reader, method: str, sql: str, *arguments: Any) -> Any:
        if sql not in ENDS:
            record(None, None, sql)
        return await run(transaction, method, sql, *arguments)

    run = Reader._run
    seen: list[str] = []
    token = _recorded.set(seen)
    event.listen(harness.runtime.engine.sync_engine, "before_cursor_execute", record)
    try:
        with patch.object(Reader, "_run", record_direct):
            yield seen
    finally:
        event.remove(harness.runtime.engine.sync_engine, "before_cursor_execute", record)
        _recorded.reset(token)


@asynccontextmanager
async def admin_connection(harness: ServiceHarness) -> AsyncIterator[asyncpg.Connection]:
    """Open a connection of the superuser to the service's database."""
    connection = await asyncpg.connect(harness.database.admin_dsn, timeout=5)
    try:
        yield connection
    finally:
        await connection.close()
