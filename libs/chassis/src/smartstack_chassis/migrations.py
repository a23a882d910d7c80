"""Schema migrations: Alembic, one history per service, run by the service's migration role.

Each revision says what it does to code that is already running: `phase = "expand"` only adds, `phase = "contract"`
takes away what no running code uses. A deploy expands, rolls the code out, and contracts
(architecture/adr/0016-delivery.md). `smartstack_chassis.revisions` holds every revision to what it says.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from alembic import op
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from smartstack_chassis.partitions import create_partitions

Phase = Literal["expand", "contract"]

GAVE_UP = frozenset({"55P03", "57014"})
"""SQLSTATEs of a migration that took too long: lock_not_available and query_canceled."""

# Beside it the schema: two deploys of one service may not migrate at once, those of two services may.
_LOCK = 0x536D5374
_LOCK_TRIES_PER_SECOND = 5


class MigrationRefusedError(Exception):
    """The schema is not as this command needs it, or somebody else migrates it; nothing was done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a migration waits for a lock and how long one statement may take, in seconds.

    A statement that waits for a lock makes everybody who comes after it wait too: better to give up and be run again.
    """

    lock: float = 5.0
    statement: float = 30.0


@dataclass(frozen=True, slots=True)
class Revision:
    """One step of a history, and what it does to running code."""

    id: str
    phase: Phase


def upgrade(migrations: Path, url: str, revision: str = "head", phase: Phase | None = None) -> None:
    """Bring the schema that `url` (postgresql+asyncpg://…, the migration role) sees to `revision`.

    With `phase`, only as far as that phase of a deploy goes (see `plan`). Each revision is a transaction of its own: it
    happens or it does not. Raises MigrationRefusedError, or SQLAlchemy's DBAPIError when a lock or a statement took too
    long.
    """
    asyncio.run(upgrade_async(migrations, url, revision, phase))


async def upgrade_async(
    migrations: Path,
    url: str,
    revision: str = "head",
    phase: Phase | None = None,
    patience: Patience = Patience(),
) -> None:
    """Do what `upgrade` does, inside a running loop."""
    limits = {
        "lock_timeout": str(int(patience.lock * 1000)),
        "statement_timeout": str(int(patience.statement * 1000)),
    }
    connect: dict[str, Any] = {"timeout": 5, "server_settings": limits}
    engine = create_async_engine(url, poolclass=NullPool, connect_args=connect)
    try:
        async with engine.connect() as connection:
            await _lock(connection, patience)
            await connection.run_sync(_upgrade, migrations, revision, phase)
    finally:
        await engine.dispose()


async def _lock(connection: AsyncConnection, patience: Patience) -> None:
    """Held until the connection closes. Asked for again and again: whoever waits in a statement holds a snapshot, and
    building an index concurrently waits for all of those."""
    for _ in range(max(1, round(patience.lock * _LOCK_TRIES_PER_SECOND))):
        took = await connection.scalar(
            text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))"), {"key": _LOCK}
        )
        await connection.commit()
        if took:
            return
        await asyncio.sleep(1 / _LOCK_TRIES_PER_SECOND)
    raise MigrationRefusedError("another migration of this schema is running")


def _upgrade(connection: Connection, migrations: Path, target: str, phase: Phase | None) -> None:
    script = ScriptDirectory.from_config(config(migrations))

    def steps(current: Any, _: Any) -> Any:
        last = target if phase is None else plan(history(migrations), _only(current), phase)
        return script._upgrade_revs(last, current)

    context = EnvironmentContext(config(migrations), script)
    context.configure(connection=connection, fn=steps, transaction_per_migration=True)
    with context:
        context.run_migrations()
    connection.commit()


def _only(current: tuple[str, ...]) -> str | None:
    return current[0] if current else None


def plan(revisions: Sequence[Revision], current: str | None, phase: Phase) -> str:
    """Return the revision that `phase` of a deploy goes to, from `current` (None: an empty schema, so no running code).

    Expanding stops before the contract revisions that end the history: they run once the new code has replaced the old.
    Contracting runs those. Raises MigrationRefusedError when the phases would come in the wrong order.
    """
    ids = [revision.id for revision in revisions]
    if current is not None and current not in ids:
        raise MigrationRefusedError(f"the schema is at revision {current}, which this release does not know")
    done = 0 if current is None else ids.index(current) + 1
    expanding = [at for at, revision in enumerate(revisions) if revision.phase == "expand" and at >= done]
    if phase == "contract":
        if expanding:
            raise MigrationRefusedError(f"revision {ids[expanding[0]]} expands: expand before contracting")
        return ids[-1]
    between = {revision.phase for revision in revisions[done : expanding[-1]]} if expanding else set()
    if current is not None and "contract" in between:
        last = ids[expanding[-1]]
        raise MigrationRefusedError(
            f"revision {last} expands, and one before it contracts: deploy the release that contracts first"
        )
    return ids[expanding[-1]] if expanding else ids[done - 1]


def history(migrations: Path) -> list[Revision]:
    """Return all revisions, oldest first. Raises MigrationRefusedError when one does not say its phase."""
    script = ScriptDirectory.from_config(config(migrations))
    return [Revision(each.revision, _phase(each)) for each in reversed(list(script.walk_revisions()))]


def _phase(script: Script) -> Phase:
    phase = getattr(script.module, "phase", None)
    if phase not in get_args(Phase):
        raise MigrationRefusedError(f'revision {script.revision} does not say phase = "expand" or "contract"')
    return cast(Phase, phase)


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


def create_index(name: str, on: str, *, unique: bool = False) -> None:
    """Index a table that has rows, while others go on writing. `on` is SQL: `tasks (workspace_id, due_at)`.

    Outside of a transaction: make it the only thing that its revision does. It may take long, and an attempt that was
    interrupted leaves an invalid index, which the next attempt replaces.
    """
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE {'UNIQUE ' if unique else ''}INDEX CONCURRENTLY {name} ON {on}")
        op.execute("RESET statement_timeout")
        op.execute("RESET lock_timeout")


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
