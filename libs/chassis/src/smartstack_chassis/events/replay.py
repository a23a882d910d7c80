"""Telling again what a service published, from its event log; emptying a copy, so that it can be told from the start.

Replayed events keep their ids: what a consumer handled before is swallowed by its inbox, unless the replay is marked as
a rebuild of one of its copies (see EventHandlers.dispatch).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from smartstack_chassis.core.actors import ServiceActor
from smartstack_chassis.events.outbox import OutboxMessage
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_contracts import first_id

REBUILD_ATTRIBUTE = "rebuild"
PAGE = 500

# The outbox too: what a relay that died had published may have been handled, and is not in the log yet.
_WANTED = (
    "FROM (SELECT id, workspace_id, type, body FROM event_log "
    "UNION ALL SELECT id, workspace_id, type, body FROM outbox) AS committed "
    "WHERE id >= CAST(:low AS uuid) AND id < CAST(:high AS uuid) AND type = ANY(:types) "
    "AND (CAST(:workspace AS uuid) IS NULL OR workspace_id = CAST(:workspace AS uuid)) "
    "AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(CAST(:ids AS uuid[])))"
)
_COUNT = text(f"SELECT count(*) {_WANTED}")
_READ = text(f"SELECT id, workspace_id, type, body {_WANTED} AND id > CAST(:after AS uuid) ORDER BY id LIMIT {PAGE}")
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)

Send = Callable[[Sequence[OutboxMessage]], Awaitable[None]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: of these types, from `since` on, before `until`, of one workspace or of all; or those of `ids`."""

    types: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None
    workspace_id: UUID | None = None
    ids: Sequence[UUID] | None = None


async def replay(uow: UnitOfWork, wanted: Wanted, send: Send, progress: Progress) -> int:
    """Send the logged events in the order in which they were made; return how many.

    `send` raises when a message is not accepted, which ends the replay; doing it again does no harm. `progress` is told
    how many of how many are sent. What commits while this runs may be left out: it will be published, and so delivered.
    """
    bounds = {
        "low": _FIRST if wanted.since is None else first_id(wanted.since.timestamp()),
        "high": _LAST if wanted.until is None else first_id(wanted.until.timestamp()),
        "types": list(wanted.types),
        "workspace": wanted.workspace_id,
        "ids": None if wanted.ids is None else list(wanted.ids),
    }
    async with uow.system() as session:
        total = int(await session.scalar(_COUNT, bounds) or 0)
    sent, after = 0, _FIRST
    while True:
        async with uow.system() as session:
            rows = (await session.execute(_READ, bounds | {"after": after})).all()
        if not rows:
            return sent
        await send([OutboxMessage(row.id, row.workspace_id, row.type, None, row.body) for row in rows])
        sent, after = sent + len(rows), rows[-1].id
        progress(sent, max(total, sent))


async def empty_copy(migrator_url: str, table: str) -> None:
    """Empty a copy for all workspaces; `migrator_url` is that of the table's owner.

    Do it before a replay starts: what is published later is either read by the replay or delivered after this.
    """
    engine = create_async_engine(migrator_url, poolclass=NullPool, connect_args={"timeout": 5})
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            await connection.execute(text(f"TRUNCATE {table}"))
    finally:
        await engine.dispose()


async def empty_copy_of(uow: UnitOfWork, table: str, workspace_id: UUID) -> None:
    """Empty a copy for one workspace."""
    async with uow.begin(ServiceActor(workspace_id, "service:rebuild")) as transaction:
        await transaction.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a name that a handler registered
