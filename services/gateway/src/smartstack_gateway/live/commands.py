"""Recording events for open pages."""

import json
from typing import Any

from sqlalchemy import text

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_gateway.live.domain import live_ids

_RECORD = text(
    "INSERT INTO live_events (workspace_id, type, subject, time, data, traceparent) "
    "VALUES (:workspace_id, :type, :subject, :time, CAST(:data AS jsonb), :traceparent)"
)


async def record_live_event(transaction: Transaction, event: Envelope[Any]) -> None:
    """Record an event with ids alone: each page reads what it may see."""
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
