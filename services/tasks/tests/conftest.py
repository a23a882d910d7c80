"""The tasks service on a real database; only the bus is recorded. Tests stay apart by taking a workspace each."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from smartstack_chassis.core.actors import Member
from smartstack_chassis.testing.harness import ServiceHarness, event, service_harness
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_contracts.values import Priority, SuggestionKind
from smartstack_tasks.main import service

API = "/api/v1"


@dataclass
class Studio:
    """A workspace, as one of its members uses it."""

    tasks: ServiceHarness
    member: Member

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        sent = self.tasks.headers(self.member) | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.tasks.http.request(method, API + path, json=json, headers=sent)

    async def create(self, title: str = "Send the wireframes", **fields: Any) -> dict[str, Any]:
        answer = await self.send("POST", "/tasks", {"title": title, **fields})
        assert answer.status_code == 201, answer.text
        task: dict[str, Any] = answer.json()
        return task

    async def create_project(self, name: str = "Website", **fields: Any) -> dict[str, Any]:
        answer = await self.send("POST", "/projects", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        project: dict[str, Any] = answer.json()
        return project

    async def patch(self, task: dict[str, Any], **changes: Any) -> httpx.Response:
        return await self.send("PATCH", f"/tasks/{task['id']}", changes, If_Match=f'"{task["version"]}"')

    async def get(self, task_id: object) -> httpx.Response:
        return await self.send("GET", f"/tasks/{task_id}")

    async def listed(self, query: str = "", path: str = "/tasks") -> list[dict[str, Any]]:
        """Walk all pages."""
        items: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            answer = await self.send("GET", f"{path}?{query}{cursor and '&cursor='}{cursor}")
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            assert answer.json()["next_cursor"] != cursor, "the next page is this page"
            cursor = answer.json()["next_cursor"]
        return items

    async def knows(self, name: str = "Acme") -> str:
        """Let the service hear of a new client; return the client's id."""
        client_id = new_id()
        await self.hears(self.client_created(client_id, name))
        return str(client_id)

    async def hears(self, envelope: Envelope[Any]) -> None:
        await self.tasks.deliver(envelope)

    def client_created(self, client_id: UUID, name: str) -> Envelope[Any]:
        data = ClientCreated(client_id=client_id, client_name=name)
        return event(data, self.member.workspace_id, subject=client_id)

    def client_updated(self, client_id: UUID, name: str, sequence: int) -> Envelope[Any]:
        data = ClientUpdated(client_id=client_id, client_name=name)
        return event(data, self.member.workspace_id, subject=client_id, sequence=sequence)

    def suggestion_accepted(self, **fields: Any) -> Envelope[Any]:
        values: dict[str, Any] = {
            "suggestion_id": new_id(),
            "kind": SuggestionKind.TASK,
            "client_id": new_id(),
            "conversation_id": new_id(),
            "message_id": new_id(),
            "task_id": new_id(),
            "title": "Send the wireframes",
            "due_at": None,
            "priority": Priority.NORMAL,
        }
        data = SuggestionAccepted(**values | fields)
        return event(data, self.member.workspace_id, subject=data.suggestion_id)

    async def announced(self) -> list[Envelope[Any]]:
        """Return what this workspace published so far."""
        everything = await self.tasks.published()
        return [item for item in everything if item.workspaceid == self.member.workspace_id]

    async def announced_names(self) -> list[str]:
        return [item.data.name for item in await self.announced()]


@pytest.fixture(scope="session")
async def tasks(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@pytest.fixture
def studio(tasks: ServiceHarness) -> Studio:
    return Studio(tasks, tasks.member())


@pytest.fixture
def stranger(tasks: ServiceHarness) -> Studio:
    return Studio(tasks, tasks.member())


@pytest.fixture(scope="session")
def open_studio(tasks: ServiceHarness) -> Callable[[], Studio]:
    """Open a workspace for each example of a property test."""
    return lambda: Studio(tasks, tasks.member())
