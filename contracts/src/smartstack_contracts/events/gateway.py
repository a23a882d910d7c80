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
