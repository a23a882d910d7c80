"""The comms service on a real database; only the bus is recorded. Tests stay apart by taking a workspace each."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.testing.harness import ServiceHarness, event, service_harness
from smartstack_comms.main import service
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.gateway import WorkspaceCreated

API = "/api/v1"


@dataclass
class Studio:
    """A workspace, as one of its members and its clients use it."""

    comms: ServiceHarness
    member: Member

    async def send(
        self, method: str, path: str, json: Any = None, by: PortalClient | None = None, **headers: str
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= self.comms.headers(by or self.member)
        return await self.comms.http.request(method, API + path, json=json, headers=sent)

    async def create_client(self, name: str = "Acme", **fields: Any) -> dict[str, Any]:
        answer = await self.send("POST", "/clients", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        client: dict[str, Any] = answer.json()
        return client

    def portal(self, client_id: object) -> PortalClient:
        """Return the client as it comes through a share link."""
        return PortalClient(self.member.workspace_id, UUID(str(client_id)), new_id())

    async def hears(self, client: dict[str, Any], body: str = "Could you send it?") -> dict[str, Any]:
        """Let the client write in the portal."""
        answer = await self.send("POST", "/portal/messages", {"body": body}, by=self.portal(client["id"]))
        assert answer.status_code == 201, answer.text
        message: dict[str, Any] = answer.json()
        return message

    async def writes(self, conversation_id: object, body: str = "Here it is.") -> dict[str, Any]:
        answer = await self.send("POST", f"/conversations/{conversation_id}/messages", {"body": body})
        assert answer.status_code == 201, answer.text
        message: dict[str, Any] = answer.json()
        return message

    async def listed(self, path: str, by: PortalClient | None = None) -> list[dict[str, Any]]:
        """Walk all pages."""
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            more = f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""
            answer = await self.send("GET", path + more, by=by)
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            assert answer.json()["next_cursor"] != cursor, "the next page is this page"
            cursor = answer.json()["next_cursor"]
        return items

    def workspace_created(self, name: str = "Studio") -> Envelope[Any]:
        workspace_id = self.member.workspace_id
        data = WorkspaceCreated(workspace_id=workspace_id, workspace_name=name, timezone="Europe/London")
        return event(data, workspace_id, subject=workspace_id)

    async def announced(self) -> list[Envelope[Any]]:
        """Return what this workspace published so far."""
        everything = await self.comms.published()
        return [item for item in everything if item.workspaceid == self.member.workspace_id]

    async def announced_names(self) -> list[str]:
        return [item.data.name for item in await self.announced()]


@pytest.fixture(scope="session")
async def comms(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@pytest.fixture
def studio(comms: ServiceHarness) -> Studio:
    return Studio(comms, comms.member())


@pytest.fixture
def stranger(comms: ServiceHarness) -> Studio:
    return Studio(comms, comms.member())


@pytest.fixture(scope="session")
def open_studio(comms: ServiceHarness) -> Callable[[], Studio]:
    """Open a workspace for each example of a property test."""
    return lambda: Studio(comms, comms.member())
