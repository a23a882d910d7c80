"""Fixtures for tests of the comms service: the service on a real database, a workspace with its clients.

Only the bus is recorded. Tests stay apart by opening a workspace each. A `conftest.py` imports the fixtures.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.testing.conformance import OpenSample, Sample
from smartstack_chassis.testing.harness import ServiceHarness, event, service_harness
from smartstack_comms.main import service
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.gateway import WorkspaceCreated

API = "/api/v1"
Json = dict[str, Any]
OpenStudio = Callable[[], "Studio"]

BODIES: Mapping[str, Json] = {
    "create_client": {"name": "Globex"},
    "update_client": {"name": "Acme Ltd"},
    "send_message": {"body": "Here it is."},
    "send_portal_message": {"body": "Could you send it?"},
}
"""A good body for each operation that takes one."""


@dataclass
class Studio:
    """A workspace, as one of its members and its clients use it."""

    comms: ServiceHarness
    member: Member

    async def send(
        self, method: str, path: str, json: object = None, by: PortalClient | None = None, **headers: str
    ) -> httpx.Response:
        """Send one request as the member; `_` in the name of a header stands for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= self.comms.headers(by or self.member)
        return await self.comms.http.request(method, API + path, json=json, headers=sent)

    async def repeat(self, method: str, path: str, json: object, by: PortalClient | None = None) -> httpx.Response:
        """Send one request, and retry with the same Idempotency-Key until it is answered."""
        key = new_id().hex
        while (answer := await self.send(method, path, json, by, Idempotency_Key=key)).status_code in (503, 504):
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        return answer

    async def create_client(self, name: str = "Acme", **fields: Any) -> Json:
        """Add a client."""
        answer = await self.send("POST", "/clients", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        client: Json = answer.json()
        return client

    def portal(self, client_id: object) -> PortalClient:
        """Return the client as it comes through a share link."""
        return PortalClient(self.member.workspace_id, UUID(str(client_id)), new_id())

    async def hears(self, client: Json, body: str = "Could you send it?") -> Json:
        """Let the client write in the portal."""
        answer = await self.repeat("POST", "/portal/messages", {"body": body}, by=self.portal(client["id"]))
        assert answer.status_code == 201, answer.text
        message: Json = answer.json()
        return message

    async def writes(self, conversation_id: object, body: str = "Here it is.") -> Json:
        """Write to the client as the member."""
        answer = await self.repeat("POST", f"/conversations/{conversation_id}/messages", {"body": body})
        assert answer.status_code == 201, answer.text
        message: Json = answer.json()
        return message

    async def listed(self, path: str, by: PortalClient | None = None) -> list[Json]:
        """Walk all pages."""
        items: list[Json] = []
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
        """Return the news of this workspace."""
        workspace_id = self.member.workspace_id
        data = WorkspaceCreated(workspace_id=workspace_id, workspace_name=name, timezone="Europe/London")
        return event(data, workspace_id, subject=workspace_id)

    async def announced(self) -> list[Envelope[Any]]:
        """Return what this workspace published so far."""
        everything = await self.comms.published()
        return [item for item in everything if item.workspaceid == self.member.workspace_id]

    async def announced_names(self) -> list[str]:
        """Return the names of what this workspace published so far."""
        return [item.data.name for item in await self.announced()]


@pytest.fixture(scope="session")
async def comms(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    """Run the service on a database of its own."""
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@pytest.fixture(scope="session")
def open_studio(comms: ServiceHarness) -> OpenStudio:
    """Return what opens a new workspace."""
    return lambda: Studio(comms, comms.member())


@pytest.fixture
def studio(open_studio: OpenStudio) -> Studio:
    """Open a workspace."""
    return open_studio()


@pytest.fixture
def stranger(open_studio: OpenStudio) -> Studio:
    """Open another workspace."""
    return open_studio()


@pytest.fixture(scope="session")
def open_sample(open_studio: OpenStudio) -> OpenSample:
    """Return what opens a workspace with a row in every table."""

    async def open_() -> Sample:
        studio = open_studio()
        await studio.comms.deliver(studio.workspace_created())
        client = (await studio.send("POST", "/clients", {"name": "Acme"}, Idempotency_Key="sample")).json()
        message = await studio.hears(client)
        ids = {"client_id": client["id"], "conversation_id": message["conversation_id"]}
        return Sample(studio.comms, studio.member, ids)

    return open_
