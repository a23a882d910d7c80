"""What tests of the tasks service start from: the service on a real database, a workspace, builders of its events.

Only the bus is recorded. Tests stay apart by opening a workspace each. A `conftest.py` imports the fixtures.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from smartstack_chassis.core.actors import Member
from smartstack_chassis.testing.conformance import OpenSample, Sample
from smartstack_chassis.testing.harness import ServiceHarness, event, service_harness
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_contracts.values import Priority, SuggestionKind
from smartstack_tasks.main import service

API = "/api/v1"
Json = dict[str, Any]
OpenStudio = Callable[[], "Studio"]

BODIES: Mapping[str, Json] = {
    "create_project": {"name": "Website"},
    "create_label": {"name": "Waiting"},
    "update_label": {"name": "Urgent"},
    "create_task": {"title": "Send it"},
    "update_task": {"title": "Send another"},
}
"""A good body for each operation that takes one."""


@dataclass
class Studio:
    """A workspace, as one of its members uses it."""

    tasks: ServiceHarness
    member: Member

    async def send(self, method: str, path: str, json: object = None, **headers: str) -> httpx.Response:
        """Send one request as the member; `_` in the name of a header stands for `-`."""
        sent = self.tasks.headers(self.member) | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.tasks.http.request(method, API + path, json=json, headers=sent)

    async def create(self, title: str = "Send the wireframes", **fields: Any) -> Json:
        """Create a task."""
        answer = await self.send("POST", "/tasks", {"title": title, **fields})
        assert answer.status_code == 201, answer.text
        task: Json = answer.json()
        return task

    async def create_project(self, name: str = "Website", **fields: Any) -> Json:
        """Create a project."""
        answer = await self.send("POST", "/projects", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        project: Json = answer.json()
        return project

    async def patch(self, task: dict[str, Any], **changes: Any) -> httpx.Response:
        """Change a task that is at the version that `task` shows."""
        return await self.send("PATCH", f"/tasks/{task['id']}", changes, If_Match=f'"{task["version"]}"')

    async def get(self, task_id: object) -> httpx.Response:
        """Read a task."""
        return await self.send("GET", f"/tasks/{task_id}")

    async def listed(self, query: str = "", path: str = "/tasks") -> list[Json]:
        """Walk all pages."""
        items: list[Json] = []
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
        """Deliver an event, twice."""
        await self.tasks.deliver(envelope)

    def client_created(self, client_id: UUID, name: str) -> Envelope[Any]:
        """Return the news of a client."""
        data = ClientCreated(client_id=client_id, client_name=name)
        return event(data, self.member.workspace_id, subject=client_id)

    def client_updated(self, client_id: UUID, name: str, sequence: int) -> Envelope[Any]:
        """Return the news of a client's new name."""
        data = ClientUpdated(client_id=client_id, client_name=name)
        return event(data, self.member.workspace_id, subject=client_id, sequence=sequence)

    def suggestion_accepted(self, **fields: Any) -> Envelope[Any]:
        """Return the news that a member accepted a suggestion; `fields` are those of the event."""
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
        """Return the names of what this workspace published so far."""
        return [item.data.name for item in await self.announced()]


@pytest.fixture(scope="session")
async def tasks(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    """Run the service on a database of its own."""
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@pytest.fixture(scope="session")
def open_studio(tasks: ServiceHarness) -> OpenStudio:
    """Return what opens a new workspace."""
    return lambda: Studio(tasks, tasks.member())


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
        client_id = await studio.knows("Acme")
        project = await studio.create_project(client_id=client_id)
        new = {"title": "Send it", "project_id": project["id"]}
        task = await studio.send("POST", "/tasks", new, Idempotency_Key="sample")
        label = (await studio.send("POST", "/labels", {"name": "Waiting for the client"})).json()
        await studio.patch(await studio.create(), label_ids=[label["id"]])
        ids = {
            "client_id": client_id,
            "label_id": label["id"],
            "project_id": project["id"],
            "task_id": task.json()["id"],
        }
        return Sample(studio.tasks, studio.member, ids)

    return open_
