"""A job, and how a command sets, moves or cancels one: in its own transaction, so that both happen or neither.

A job is unique by workspace, kind and subject. Setting it again replaces it, also while it runs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry import trace
from sqlalchemy import text

from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.telemetry.setup import traceparent_of
from smartstack_contracts import new_id

# A new id: a run that began before the job was replaced finds its own row gone, and leaves no effect.
_SET = text(
    "INSERT INTO jobs (id, workspace_id, kind, subject, due_at, payload, auth_id, correlation_id, traceparent) "
    "VALUES (:id, :workspace, :kind, :subject, coalesce(CAST(:due_at AS timestamptz), now()), CAST(:payload AS jsonb), "
    ":auth_id, :correlation, :traceparent) ON CONFLICT (kind, subject, workspace_id) DO UPDATE SET id = excluded.id, "
    "due_at = excluded.due_at, payload = excluded.payload, auth_id = excluded.auth_id, "
    "correlation_id = excluded.correlation_id, traceparent = excluded.traceparent, attempts = 0, leased_until = NULL, "
    "parked_at = NULL, reason = NULL, finished_at = NULL, progress = NULL"
)
_OWN = "kind = :kind AND subject = :subject AND workspace_id = :workspace AND finished_at IS NULL"
_MOVE = text(
    "UPDATE jobs SET id = :id, due_at = :due_at, attempts = 0, leased_until = NULL, parked_at = NULL, reason = NULL "  # noqa: S608 - constants
    f"WHERE {_OWN} RETURNING id"
)
_CANCEL = text(f"DELETE FROM jobs WHERE {_OWN} RETURNING id")  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was claimed. `attempts` counts the attempts before this one, or with it when the job is leased.

    `workspace_id` is None for a recurring job, which belongs to the service itself.
    """

    id: UUID
    workspace_id: UUID | None
    kind: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int
    auth_id: str
    correlation_id: UUID | None
    traceparent: str | None

    @property
    def owner(self) -> UUID:
        """Return the workspace of a job that has one. Raises ValueError for a recurring job."""
        if self.workspace_id is None:
            raise ValueError(f"{self.kind} belongs to no workspace")
        return self.workspace_id


async def set_job(
    transaction: Transaction,
    kind: str,
    subject: object,
    due_at: datetime | None = None,
    payload: Mapping[str, Any] | None = None,
) -> UUID:
    """Let `kind` run for `subject` at `due_at`, by default when this transaction commits; return the job's id."""
    job_id = new_id()
    values = {
        "id": job_id,
        "workspace": transaction.workspace_id,
        "kind": kind,
        "subject": str(subject),
        "due_at": due_at,
        "payload": json.dumps(payload or {}),
        "auth_id": transaction.actor.auth_id,
        "correlation": transaction.correlation_id,
        "traceparent": _traceparent(),
    }
    await transaction.session.execute(_SET, values)
    transaction.wakes_jobs = True
    return job_id


async def move_job(transaction: Transaction, kind: str, subject: object, due_at: datetime) -> bool:
    """Let the job run at another time; returns False when there is none that waits."""
    transaction.wakes_jobs = True
    return await _changed(transaction, _MOVE, kind, subject, {"id": new_id(), "due_at": due_at})


async def cancel_job(transaction: Transaction, kind: str, subject: object) -> bool:
    """Remove the job; returns False when there is none that waits."""
    return await _changed(transaction, _CANCEL, kind, subject, {})


async def _changed(transaction: Transaction, statement: Any, kind: str, subject: object, more: dict[str, Any]) -> bool:
    values = {"kind": kind, "subject": str(subject), "workspace": transaction.workspace_id, **more}
    return (await transaction.session.execute(statement, values)).first() is not None


def _traceparent() -> str | None:
    span = trace.get_current_span()
    return traceparent_of(span) if span.get_span_context().is_valid else None
