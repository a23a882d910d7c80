"""Schema migrations: Alembic, one history per service, run by the service's migration role.

Each revision says what it does to code that is already running: `phase = "expand"` only adds, `phase = "contract"`
takes away what no running code uses. A deploy expands, rolls the code out, and contracts
(architecture/adr/0016-delivery.md). `smartstack_chassis.testing.revisions` holds every revision to what it says.

A published revision is frozen: it carries its own SQL and is never edited, and a schema that differs from what the
revisions make is refused before and after migrating (see `smartstack_chassis.database.frozen`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from alembic import op
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from smartstack_chassis.database import frozen

Phase = Literal["expand", "contract"]

GAVE_UP = frozenset({"55P03", "57014"})
"""SQLSTATEs of a migration that took too long: lock_not_available and query_canceled."""

REFUSED = 2
"""Exit status of a `migrate` that did nothing; the last line that it printed says why."""

# With the schema added: deploys of one service may not migrate concurrently, those of two services may.
_LOCK = 0x536D5374
_LOCK_TRIES_PER_SECOND = 5
# Of what differs in a schema; one line must stay readable.
_TOLD = 3


class MigrationRefusedError(Exception):
    """The schema is not as this command needs it, or another process migrates it; nothing was done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of a migration: for waiting for a lock and for one statement, in seconds.

    A statement that waits for a lock blocks all later ones: better to stop and be run again.
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
    *,
    check: bool = True,
) -> None:
    """Do what `upgrade` does, inside a running loop. Without `check` the schema is not compared with what is frozen."""
    limits = {
        "lock_timeout": str(int(patience.lock * 1000)),
        "statement_timeout": str(int(patience.statement * 1000)),
    }
    connect: dict[str, Any] = {"timeout": 5, "server_settings": limits}
    engine = create_async_engine(url, poolclass=NullPool, connect_args=connect)
    try:
        async with engine.connect() as connection:
            await _lock(connection, patience)
            if check:
                await connection.run_sync(_check_schema, migrations)
            await connection.run_sync(_upgrade, migrations, revision, phase)
            if check:
                await connection.run_sync(_check_schema, migrations)
    finally:
        await engine.dispose()


async def _lock(connection: AsyncConnection, patience: Patience) -> None:
    """Hold the lock until the connection closes. Polls: a waiting statement would hold a snapshot, and building an
    index concurrently waits for all snapshots."""
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


def _check_schema(connection: Connection, migrations: Path) -> None:
    """Raise MigrationRefusedError unless the schema is what this release's revisions make."""
    current = _only(MigrationContext.configure(connection).get_current_heads())
    if current is not None:
        _check_known([revision.id for revision in history(migrations)], current)
        wrong = frozen.differences(connection, migrations, current)
        if wrong:
            more = f" and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
            raise MigrationRefusedError(
                f"the schema is not what revision {current} of this release makes: {'; '.join(wrong[:_TOLD])}{more}"
            )
    connection.commit()


def _check_known(ids: Sequence[str], current: str) -> None:
    if current not in ids:
        raise MigrationRefusedError(f"the schema is at revision {current}, which this release does not know")


def _only(current: tuple[str, ...]) -> str | None:
    return current[0] if current else None


def plan(revisions: Sequence[Revision], current: str | None, phase: Phase) -> str:
    """Return the revision that `phase` of a deploy goes to, from `current` (None: an empty schema, so no running code).

    Expanding stops before the contract revisions that end the history: they run once the new code has replaced the old.
    Contracting runs those. Raises MigrationRefusedError when the phases would come in the wrong order.
    """
    ids = [revision.id for revision in revisions]
    if current is not None:
        _check_known(ids, current)
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
