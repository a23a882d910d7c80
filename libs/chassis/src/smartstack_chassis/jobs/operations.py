"""Operations on jobs by an operator or the service: list the parked ones, retry, discard, delete finished ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text

from smartstack_chassis.events.uow import UnitOfWork

LISTED = 200

_COLUMNS = "id, workspace_id, kind, subject, due_at, attempts, parked_at, reason"
_LIST = text(
    f"SELECT {_COLUMNS} FROM jobs WHERE finished_at IS NULL AND (NOT :parked OR parked_at IS NOT NULL) "  # noqa: S608
    "AND (CAST(:kind AS text) IS NULL OR kind = :kind) ORDER BY parked_at DESC NULLS LAST, due_at LIMIT :limit"
)
_CHOSEN = "parked_at IS NOT NULL AND (id = ANY(:ids) OR :everything)"
_RETRY = text(
    "UPDATE jobs SET parked_at = NULL, reason = NULL, attempts = 0, leased_until = NULL, due_at = now() "  # noqa: S608
    f"WHERE {_CHOSEN} RETURNING id"
)
_DISCARD = text(f"DELETE FROM jobs WHERE {_CHOSEN} RETURNING id")  # noqa: S608
_FORGET = text("DELETE FROM jobs WHERE finished_at < now() - interval '1 day'")


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job as an operator sees it: whose, what, when, and why it is parked."""

    id: UUID
    workspace_id: UUID | None
    kind: str
    subject: str
    due_at: datetime
    attempts: int
    parked_at: datetime | None
    reason: str | None


async def list_jobs(
    uow: UnitOfWork, *, parked: bool = True, kind: str | None = None, limit: int = LISTED
) -> list[ListedJob]:
    """Return the parked jobs, the last one first; all that wait when `parked` is False."""
    async with uow.system() as session:
        rows = await session.execute(_LIST, {"parked": parked, "kind": kind, "limit": limit})
        return [ListedJob(*row) for row in rows]


async def retry_jobs(uow: UnitOfWork, ids: Sequence[UUID] | None) -> int:
    """Let these parked jobs (None: all) run now, as if for the first time; return how many they are."""
    return await _do(uow, _RETRY, ids)


async def discard_jobs(uow: UnitOfWork, ids: Sequence[UUID] | None) -> int:
    """Remove these parked jobs (None: all); return how many they were."""
    return await _do(uow, _DISCARD, ids)


async def delete_finished(uow: UnitOfWork) -> None:
    """Remove the rows of reported jobs that ended more than a day ago."""
    async with uow.system() as session:
        await session.execute(_FORGET)


async def _do(uow: UnitOfWork, statement: TextClause, ids: Sequence[UUID] | None) -> int:
    async with uow.system() as session:
        rows = await session.execute(statement, {"ids": list(ids or ()), "everything": ids is None})
        return len(rows.all())
