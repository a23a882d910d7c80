"""Rules of the live stream, without any I/O."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.actors import PortalClient


@dataclass(frozen=True)
class LiveEvent:
    """A row of live_events: something that happened, with ids of what to read again. Written and read by plain SQL."""

    id: int
    workspace_id: UUID
    type: str
    subject: UUID
    time: datetime
    data: dict[str, str]
    traceparent: str | None = None

    @cached_property
    def frame(self) -> bytes:
        """Return the event as the stream carries it (HTML standard, server-sent events)."""
        body: dict[str, Any] = {
            "type": self.type,
            "subject": str(self.subject),
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "data": self.data,
        }
        if self.traceparent:
            body["traceparent"] = self.traceparent
        return f"id: {self.id}\nevent: {self.type}\ndata: {json.dumps(body)}\n\n".encode()


LIVE_IDS = ("client_id", "conversation_id", "message_id", "suggestion_id", "task_id", "project_id")


def live_ids(data: BaseModel) -> dict[str, str]:
    """Return the ids that an event's body names, its source's included: what a page has to read again."""
    flat = data.model_dump(mode="json", include={*LIVE_IDS, "source"})
    named = {**(flat.pop("source", None) or {}), **flat}
    return {key: named[key] for key in LIVE_IDS if named.get(key)}


def token_expiry(token: str) -> float:
    """Return when a verified access token ends, in seconds since 1970."""
    claims = token.split(".")[1]
    return float(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])


def may_see(principal: Principal, event: LiveEvent) -> bool:
    """Return whether the principal may see the event. Clients only see messages of their own conversation."""
    if event.workspace_id != principal.workspace_id:
        return False
    if not isinstance(principal, PortalClient):
        return True
    return event.type.startswith("message_") and event.data.get("client_id") == str(principal.client_id)
