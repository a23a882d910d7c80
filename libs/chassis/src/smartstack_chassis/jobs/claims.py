"""The statements by which a process claims a job, keeps it, ends it or puts it off.

Every statement about a claimed job names its id and the attempts that the claim saw. When the job was replaced,
cancelled or taken over meanwhile, the statement finds no row.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.jobs.job import Job
from smartstack_contracts import new_id

_READY = (
    "due_at <= now() AND parked_at IS NULL AND finished_at IS NULL AND (leased_until IS NULL OR leased_until < now()) "
    "AND kind = ANY(:kinds)"
)
_COLUMNS = "id, workspace_id, kind, subject, due_at, payload, attempts, auth_id, correlation_id, traceparent"
_NEXT = f"FROM jobs WHERE {_READY} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED"
_MINE = "id = :id AND attempts = :attempts"

_ANY_DUE = text(f"SELECT EXISTS (SELECT FROM jobs WHERE {_READY})")  # noqa: S608 - constants, here and below
_CLAIM = text(f"SELECT {_COLUMNS} {_NEXT}")
_LEASE = text(
    "UPDATE jobs SET attempts = attempts + 1, leased_until = now() + :seconds * interval '1 second' "  # noqa: S608
    f"WHERE id = (SELECT id {_NEXT}) RETURNING {_COLUMNS}"
)
_EXTEND = text(f"UPDATE jobs SET leased_until = now() + :seconds * interval '1 second' WHERE {_MINE} RETURNING id")  # noqa: S608
_REMOVE = text(f"DELETE FROM jobs WHERE {_MINE} RETURNING id")  # noqa: S608
_FINISH = text(f"UPDATE jobs SET finished_at = now(), leased_until = NULL, reason = NULL WHERE {_MINE} RETURNING id")  # noqa: S608
_REPORT = text(
    "UPDATE jobs SET progress = jsonb_build_object('done', CAST(:done AS int), 'total', CAST(:total AS int)) "  # noqa: S608
    f"WHERE {_MINE} RETURNING id"
)
_POSTPONE = text(
    "UPDATE jobs SET attempts = :used, due_at = now() + :seconds * interval '1 second', leased_until = NULL, "  # noqa: S608
    f"reason = :reason, parked_at = CASE WHEN :park THEN now() END WHERE {_MINE}"
)
_PLAN = text(
    "INSERT INTO jobs (id, kind, subject, due_at, auth_id) VALUES (:id, :kind, '', now(), 'service:jobs') "
    "ON CONFLICT DO NOTHING"
)


async def any_due(session: AsyncSession, kinds: Sequence[str]) -> bool:
    """Return whether a job of these kinds is due."""
    return bool(await session.scalar(_ANY_DUE, {"kinds": list(kinds)}))


async def claim(session: AsyncSession, kinds: Sequence[str]) -> Job | None:
    """Lock and return the job of these kinds that is due longest; None when no free one is due."""
    return _job((await session.execute(_CLAIM, {"kinds": list(kinds)})).first())


async def lease(session: AsyncSession, kinds: Sequence[str], seconds: float) -> Job | None:
    """Take such a job for `seconds` from now, counting the attempt; None when there is none."""
    return _job((await session.execute(_LEASE, {"kinds": list(kinds), "seconds": seconds})).first())


async def extend(session: AsyncSession, job: Job, seconds: float) -> bool:
    """Keep a leased job for `seconds` from now; returns False when it is lost."""
    return await _found(session, _EXTEND, job, {"seconds": seconds})


async def end(session: AsyncSession, job: Job, *, reported: bool) -> bool:
    """Remove the job, or mark it as finished; returns False when it is lost."""
    return await _found(session, _FINISH if reported else _REMOVE, job, {})


async def report(session: AsyncSession, job: Job, done: int, total: int) -> bool:
    """Store how far the job is; returns False when it is lost."""
    return await _found(session, _REPORT, job, {"done": done, "total": total})


async def postpone(
    session: AsyncSession, job: Job, *, seconds: float, used: int, reason: str | None = None, park: bool = False
) -> None:
    """Let the job run `seconds` from now with `used` attempts behind it, or park it with the reason."""
    values = {"seconds": seconds, "used": used, "reason": reason, "park": park}
    await session.execute(_POSTPONE, _of(job) | values)


async def plan(session: AsyncSession, kind: str) -> None:
    """Make sure that the recurring job exists; a new one is due now."""
    await session.execute(_PLAN, {"id": new_id(), "kind": kind})


async def _found(session: AsyncSession, statement: Any, job: Job, values: dict[str, Any]) -> bool:
    return (await session.execute(statement, _of(job) | values)).first() is not None


def _of(job: Job) -> dict[str, Any]:
    return {"id": job.id, "attempts": job.attempts}


def _job(row: Any) -> Job | None:
    return None if row is None else Job(*row)
