"""Writing down what open pages should hear of, and forgetting it."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_gateway.domain import live_ids

_RECORD = text(
    "INSERT INTO live_events (workspace_id, type, subject, time, data, traceparent) "
    "VALUES (:workspace_id, :type, :subject, :time, CAST(:data AS jsonb), :traceparent)"
)
_FORGET_EVENTS = text("DELETE FROM live_events WHERE written_at < now() - CAST(:kept AS interval)")
# Used tokens are kept until they would have expired: till then a second use gives a thief away.
_FORGET_TOKENS = text("DELETE FROM refresh_tokens WHERE expires_at < now() - interval '1 day'")
_FORGET_SESSIONS = text("DELETE FROM sessions WHERE expires_at < now() - interval '1 day'")


async def record_live_event(transaction: Transaction, event: Envelope[Any]) -> None:
    """Write down that this happened, with ids alone: whoever hears of it reads what it may see."""
    await transaction.session.execute(
        _RECORD,
        {
            "workspace_id": event.workspaceid,
            "type": event.data.name,
            "subject": event.subject,
            "time": event.time,
            "data": json.dumps(live_ids(event.data)),
            "traceparent": event.traceparent,
        },
    )


async def forget_old(session: AsyncSession, kept: timedelta) -> None:
    """Remove live events older than `kept`, and tokens and sessions long expired. Needs the system scope."""
    await session.execute(_FORGET_EVENTS, {"kept": kept})
    await session.execute(_FORGET_TOKENS)
    await session.execute(_FORGET_SESSIONS)
