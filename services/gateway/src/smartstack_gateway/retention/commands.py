"""Removing rows that have no effect any more, in batches that keep each transaction short."""

from datetime import timedelta

from sqlalchemy import text

from smartstack_chassis.events.uow import UnitOfWork

BATCH = 1000
MOST_BATCHES = 50
"""Per table and round: what is left waits for the next round."""

# Access tokens outlive a session's end by minutes; a day is enough for everybody to have heard of it.
_SPENT = "now() - interval '1 day'"
# Used tokens are kept until they would have expired: until then a second use gives a thief away.
_STALE = {
    "live_events": "written_at < now() - CAST(:kept AS interval)",
    "refresh_tokens": f"expires_at < {_SPENT}",
    "sessions": f"expires_at < {_SPENT} OR revoked_at < {_SPENT} OR (created_at < now() - interval '31 days' AND NOT "
    "EXISTS (SELECT FROM refresh_tokens WHERE refresh_tokens.session_id = sessions.id))",
    "throttles": f"updated_at < {_SPENT}",
}


async def delete_expired(uow: UnitOfWork, kept: timedelta, batch: int = BATCH) -> None:
    """Remove live events older than `kept`, and tokens, sessions and counters of failures that have no effect now."""
    for table, stale in _STALE.items():
        statement = text(
            f"DELETE FROM {table} WHERE ctid = ANY (ARRAY("  # noqa: S608 - constants
            f"SELECT ctid FROM {table} WHERE {stale} LIMIT :batch FOR UPDATE SKIP LOCKED))"
        )
        values = {"batch": batch} | ({"kept": kept} if ":kept" in stale else {})
        for _ in range(MOST_BATCHES):
            async with uow.system() as session:
                deleted = await session.execute(statement, values)
            if deleted.rowcount < batch:  # type: ignore[attr-defined]
                break
