"""Removing rows that have no effect any more, in batches that keep each transaction short."""

import asyncio
import logging
from datetime import timedelta

from sqlalchemy import text

from smartstack_chassis.events.uow import UnitOfWork

logger = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
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


async def run_retention(uow: UnitOfWork, kept: timedelta) -> None:
    """Remove what has expired, each minute, until cancelled."""
    while True:
        try:
            await delete_expired(uow, kept)
        except Exception as error:  # noqa: BLE001 - outlives any outage; the next round tries again
            logger.warning("could not remove old rows: %r", error)
        await asyncio.sleep(EVERY_SECONDS)
