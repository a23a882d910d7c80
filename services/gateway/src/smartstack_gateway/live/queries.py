"""Queries of the live stream."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_gateway.live.domain import LiveEvent

_LIVE_COLUMNS = "id, workspace_id, type, subject, time, data, traceparent, txid::text AS txid"
_HORIZON = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
_LIVE_SINCE = text(
    f"SELECT {_LIVE_COLUMNS} FROM live_events "  # noqa: S608 - a constant
    "WHERE txid >= CAST(:horizon AS text)::xid8 AND workspace_id = ANY(:workspaces) ORDER BY id"
)
_HORIZON_OF = text("SELECT horizon::text FROM live_events WHERE id = :id")
_LIVE_AFTER = text(
    f"SELECT {_LIVE_COLUMNS} FROM live_events "  # noqa: S608 - a constant
    "WHERE (id > :id OR txid >= CAST(:horizon AS text)::xid8) AND id <> :id ORDER BY id LIMIT :limit"
)


async def live_horizon(session: AsyncSession) -> int:
    """Return the oldest transaction that may still be running: what older ones wrote is visible already."""
    return int((await session.execute(_HORIZON)).scalar_one())


async def live_since(session: AsyncSession, horizon: int, workspaces: list[UUID]) -> list[tuple[int, LiveEvent]]:
    """Return what transactions from `horizon` on wrote about these workspaces, with the transaction of each."""
    rows = await session.execute(_LIVE_SINCE, {"horizon": str(horizon), "workspaces": workspaces})
    return [(int(row.txid), _live_event(row)) for row in rows]


async def live_after(session: AsyncSession, last_id: int, limit: int) -> list[LiveEvent] | None:
    """Return what a page has missed that heard of `last_id` last; some of it may be known to the page.

    Returns None when that is unknown: the event is forgotten (or never was), or more than `limit` came after it.
    """
    horizon = (await session.execute(_HORIZON_OF, {"id": last_id})).scalar_one_or_none()
    if horizon is None:
        return None
    rows = (await session.execute(_LIVE_AFTER, {"id": last_id, "horizon": horizon, "limit": limit + 1})).all()
    return None if len(rows) > limit else [_live_event(row) for row in rows]


def _live_event(row: Any) -> LiveEvent:
    data = json.loads(row.data) if isinstance(row.data, str) else row.data
    return LiveEvent(row.id, row.workspace_id, row.type, row.subject, row.time, data, row.traceparent)
