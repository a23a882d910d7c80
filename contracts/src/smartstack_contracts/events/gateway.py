"""Events of the gateway service: identity."""

from typing import ClassVar
from uuid import UUID

from smartstack_contracts.envelope import EventData, Service


class _GatewayEvent(EventData):
    service: ClassVar[Service] = "gateway"


class WorkspaceCreated(_GatewayEvent):
    """Somebody signed up. `timezone` is an IANA name: due dates are read and shown in it."""

    name = "workspace_created"

    workspace_id: UUID
    workspace_name: str
    timezone: str


class AccessRevoked(_GatewayEvent):
    """A session or a share link ended before its access tokens do: every service refuses those from now on.

    `access_id` is what the tokens name as their origin: the session's id, or the share link's.
    """

    name = "access_revoked"

    access_id: UUID
