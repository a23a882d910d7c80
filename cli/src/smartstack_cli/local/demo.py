"""A small workspace to look around in, made through the public API as people would.

Run as a program in a fork, with SMARTSTACK_DEMO_URL and SMARTSTACK_DEMO_PASSWORD. What is there already stays as it is.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

EMAIL = "demo@example.com"
_ZONE = "Europe/London"
_PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class DemoTask:
    """A task; `due_in` is in days from now."""

    title: str
    due_in: int | None = None
    priority: str = "normal"
    done: bool = False
    label: str = ""


LABELS = {"Website": "blue", "Waiting for the client": "orange"}


@dataclass(frozen=True)
class DemoClient:
    """A client, what was said (a leading `<` marks our own words), and what is to be done."""

    name: str
    notes: str
    messages: tuple[str, ...]
    tasks: tuple[DemoTask, ...]


CLIENTS = (
    DemoClient(
        "Acme",
        "Website relaunch, phase two.",
        (
            "Hi! The new home page looks great on my phone.",
            "<Good to hear. I will send you the revised sitemap tomorrow.",
            "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched.",
        ),
        (
            DemoTask("Collect browser statistics for the old site", done=True),
            DemoTask("Move the contact form to the new host", due_in=-1, priority="high", label="Website"),
            DemoTask("Write alternative texts for the gallery", due_in=6),
        ),
    ),
    DemoClient(
        "Harbour Books",
        "Online shop. Prefers short answers.",
        (
            "The checkout shows the wrong delivery date for islands. Please fix this before Monday.",
            "<Thanks for telling us, I am looking into it.",
            "Can we also get a monthly report of abandoned carts?",
        ),
        (
            DemoTask(
                "Check the delivery calendar of the carrier",
                due_in=0,
                priority="urgent",
                label="Waiting for the client",
            ),
            DemoTask("Prepare the newsletter template", due_in=3, priority="low"),
        ),
    ),
    DemoClient(
        "Meadow Dental",
        "Booking page and reminders.",
        ("Thank you, the booking page works well now.",),
        (DemoTask("Renew the certificate of the booking page", due_in=12),),
    ),
)


class Api:
    """The public API with a token. Raises aiohttp.ClientResponseError for every answer that is not a success."""

    def __init__(self, http: aiohttp.ClientSession, token: str = "") -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def get(self, path: str) -> Any:
        """The answer's JSON."""
        async with self._http.get(f"/api/v1{path}", headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer's JSON."""
        async with self._http.post(f"/api/v1{path}", json=body, headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def patch(self, path: str, version: int, body: Mapping[str, Any]) -> Any:
        """The answer's JSON, to a change of what is at `version`."""
        headers = self._headers | {"If-Match": f'"{version}"'}
        async with self._http.patch(f"/api/v1{path}", json=body, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()


async def seed(url: str, password: str) -> None:
    """Create what is missing of the demo workspace at `url`."""
    async with aiohttp.ClientSession(url) as http:
        member = Api(http, await _sign_in(Api(http), password))
        await _add_labels(member)
        present = {client["name"] for client in (await member.get("/clients"))["items"]}
        for client in CLIENTS:
            if client.name not in present:
                await _add(client, member, Api(http), http)


async def _sign_in(api: Api, password: str) -> str:
    login = {"email": EMAIL, "password": password}
    try:
        answer = await api.post("/auth/login", login)
    except aiohttp.ClientResponseError:
        workspace = {"name": "Demo", "workspace_name": "Demo Studio", "timezone": _ZONE}
        answer = await api.post("/auth/signup", login | workspace)
    return str(answer["access_token"])


async def _add_labels(member: Api) -> None:
    present = {label["name"] for label in (await member.get("/labels"))["items"]}
    for name, color in LABELS.items():
        if name not in present:
            await member.post("/labels", {"name": name, "color": color})


async def _add(client: DemoClient, member: Api, anybody: Api, http: aiohttp.ClientSession) -> None:
    created = await member.post("/clients", {"name": client.name, "notes": client.notes})
    link = await member.post(f"/clients/{created['id']}/share-links", {})
    session = await anybody.post("/portal/session", {"token": link["token"]})
    portal = Api(http, session["access_token"])
    conversation = ""
    for text in client.messages:
        if text.startswith("<"):
            await member.post(f"/conversations/{conversation}/messages", {"body": text[1:]})
        else:
            conversation = (await portal.post("/portal/messages", {"body": text}))["conversation_id"]
    for task in client.tasks:
        await _add_task(task, created["id"], member)


async def _add_task(task: DemoTask, client_id: str, member: Api) -> None:
    body: dict[str, Any] = {"title": task.title, "priority": task.priority, "client_id": client_id}
    if task.due_in is not None:
        day = datetime.now(ZoneInfo(_ZONE)) + timedelta(days=task.due_in)
        body["due_at"] = day.replace(hour=23, minute=59, second=59, microsecond=0).isoformat()
    created = await _post_when_known(member, "/tasks", body)
    if task.label:
        labels = {label["name"]: label["id"] for label in (await member.get("/labels"))["items"]}
        if task.label in labels:
            await member.patch(f"/tasks/{created['id']}", created["version"], {"label_ids": [labels[task.label]]})
    if task.done:
        await member.post(f"/tasks/{created['id']}/complete", {})


async def _post_when_known(api: Api, path: str, body: Mapping[str, Any]) -> Any:
    """Post, again while the owner has not heard of the client yet: services learn of it a moment later."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            try:
                return await api.post(path, body)
            except aiohttp.ClientResponseError as error:
                if error.status not in {404, 422}:
                    raise
            await asyncio.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    asyncio.run(seed(os.environ["SMARTSTACK_DEMO_URL"], os.environ["SMARTSTACK_DEMO_PASSWORD"]))
