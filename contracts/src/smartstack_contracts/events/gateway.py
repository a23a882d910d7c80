"""Events of the gateway service: identity."""

from typing import ClassVar
from uuid import UUID

from smartstack_contracts import samples
from smartstack_contracts.envelope import EventData, Service


class _GatewayEvent(EventData):
    service: ClassVar[Service] = "gateway"
    live = False


class WorkspaceCreated(_GatewayEvent):
    """A user signed up. `timezone` is an IANA name: due dates are read and shown in it."""

    name = "workspace_created"
    aggregate = "workspace"
    subscribers = ("ai", "comms")
    example = {"workspace_id": samples.WORKSPACE, "workspace_name": "Studio", "timezone": "Europe/London"}

    workspace_id: UUID
    workspace_name: str
    timezone: str


class AccessRevoked(_GatewayEvent):
    """A session or a share link ended before its access tokens do: every service refuses those from now on.

    `access_id` is what the tokens name as their origin: the session's id, or the share link's.
    """

    name = "access_revoked"
    aggregate = "access"
    subscribers = ("ai", "comms", "tasks")
    example = {"access_id": samples.ACCESS}

    access_id: UUID
