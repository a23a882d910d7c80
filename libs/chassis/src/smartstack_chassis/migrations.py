"""Schema migrations: Alembic, one history per service, run by the service's migration role."""

import asyncio
from pathlib import Path

from alembic import op
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from smartstack_chassis.partitions import create_partitions

# One number for all services: two deploys of one service may not migrate at once.
_LOCK = 0x536D5374


def upgrade(migrations: Path, url: str, revision: str = "head") -> None:
    """Bring the schema that `url` (postgresql+asyncpg://…, the migration role) sees to `revision`.

    One transaction for everything: it happens or it does not. Waits at most 5 s for a lock, so that a migration never
    queues up behind a long query with all other queries behind it.
    """
    asyncio.run(upgrade_async(migrations, url, revision))


async def upgrade_async(migrations: Path, url: str, revision: str = "head") -> None:
    """Do what `upgrade` does, inside a running loop."""
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 5})
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, migrations, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, migrations: Path, revision: str) -> None:
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    script = ScriptDirectory.from_config(config(migrations))
    context = EnvironmentContext(config(migrations), script)
    context.configure(connection=connection, fn=lambda rev, _: script._upgrade_revs(revision, rev))
    with context:
        context.run_migrations()


def config(migrations: Path) -> Config:
    """Return Alembic's configuration for a service's `migrations` folder."""
    settings = Config()
    settings.set_main_option("script_location", str(migrations))
    settings.set_main_option("version_locations", str(migrations / "versions"))
    settings.set_main_option("path_separator", "os")
    return settings


def head(migrations: Path) -> str:
    """Return the newest revision; raises alembic's error when the history has two heads."""
    revision = ScriptDirectory.from_config(config(migrations)).get_current_head()
    return revision or "base"


def create_messaging_tables() -> None:
    """Create outbox, event log, inbox and idempotency keys; called from a service's first migration."""
    for statement in _MESSAGING:
        op.execute(statement)
    # The relay publishes, and a replay reads, for every workspace: they are the readers that name the system scope.
    isolate("outbox", system=True)
    isolate("event_log", system=True)
    isolate("inbox")
    isolate("idempotency_keys")
    create_partitions("event_log", "inbox", "idempotency_keys")


def isolate(table: str, *, column: str = "workspace_id", system: bool = False) -> None:
    """Force row-level security on `table`: a transaction sees and writes the rows of its own workspace alone.

    With `system`, transactions of the system scope see all rows. Without any scope nobody sees anything, the owner
    included.
    """
    own = f"{column} = nullif(current_setting('app.workspace_id', true), '')::uuid"
    rule = f"({own} OR current_setting('app.scope', true) = 'system')" if system else own
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({rule}) WITH CHECK ({rule})")


# One statement each: asyncpg prepares what it executes, and a prepared statement is a single one.
_MESSAGING = (
    """
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    type text NOT NULL,
    traceparent text,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
""",
    """
CREATE TABLE event_log (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL
) PARTITION BY RANGE (id)
""",
    # What was published is never changed: whoever rebuilds from it relies on that.
    "DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE ON event_log FROM %I', current_schema() || '_app'); END $$",
    # A bounded text: it needs no table beside it for what is long, and there are many partitions.
    """
CREATE TABLE inbox (
    event_id uuid NOT NULL,
    handler varchar(200) NOT NULL,
    workspace_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, handler)
) PARTITION BY RANGE (event_id)
""",
    """
CREATE TABLE idempotency_keys (
    day date NOT NULL,
    workspace_id uuid NOT NULL,
    auth_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer,
    version integer,
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, workspace_id, auth_id, key)
) PARTITION BY RANGE (day)
""",
)
