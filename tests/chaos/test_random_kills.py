"""Services die at random moments under load: what was acknowledged is there, once, wherever it has an effect."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from smartstack_contracts import LIVE

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
ASKED = 2
WORKSPACES = 3
KILLS = 50
PAUSE_SECONDS = (0.2, 1.4)
SHOWN_LIVE = {model.name for model in LIVE}


@dataclass
class Studio:
    """A workspace at work. What it notes was acknowledged, and nothing else."""

    owner: Any
    client: Any
    random: Random
    clients: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    completed: set[str] = field(default_factory=set)
    accepted: dict[str, str] = field(default_factory=dict)
    dismissed: set[str] = field(default_factory=set)
    requests: int = 0

    async def open(self) -> None:
        """Make the workspace, with its first client in the portal."""
        await self.owner.sign_up()
        await self._add_client()
        link = await self.owner.call("POST", f"/clients/{self.clients[0]}/share-links", json={})
        await self.client.open_portal(link["token"])

    async def work(self, stop: asyncio.Event) -> None:
        """Owner and client send requests until `stop`, and then what is still unanswered to its end."""

        async def keep(act: Any) -> None:
            while not stop.is_set():
                await act()
                self.requests += 1
                await asyncio.sleep(self.random.uniform(0.02, 0.1))

        await asyncio.gather(keep(self._write), keep(self._act))

    async def _write(self) -> None:
        message = await self.client.call("POST", "/portal/messages", json={"body": ASKING})
        self.messages.append(message["id"])

    async def _act(self) -> None:
        await self.random.choice([self._add_client, self._add_task, self._complete, self._decide, self._decide])()

    async def _add_client(self) -> None:
        made = await self.owner.call("POST", "/clients", json={"name": f"Client {len(self.clients)}"})
        self.clients.append(made["id"])

    async def _add_task(self) -> None:
        made = await self.owner.call("POST", "/tasks", json={"title": f"Task {len(self.tasks)}"})
        self.tasks.append(made["id"])

    async def _complete(self) -> None:
        for task in self.tasks:
            if task not in self.completed:
                await self.owner.call("POST", f"/tasks/{task}/complete")
                self.completed.add(task)
                return

    async def _decide(self) -> None:
        page = await self.owner.call("GET", "/suggestions", params={"status": "pending", "limit": 1})
        for item in page["items"]:
            if self.random.random() < 0.5:
                answer = await self.owner.call("POST", f"/suggestions/{item['id']}/accept", json={})
                self.accepted[item["id"]] = answer["task_id"]
            else:
                await self.owner.call("POST", f"/suggestions/{item['id']}/dismiss", json={})
                self.dismissed.add(item["id"])

    async def check_rows(self) -> None:
        """What was acknowledged is what there is."""
        assert sorted(item["id"] for item in await self.owner.all("/clients")) == sorted(self.clients)
        (conversation,) = await self.owner.all("/conversations")
        messages = await self.owner.all(f"/conversations/{conversation['id']}/messages")
        assert sorted(item["id"] for item in messages) == sorted(self.messages)
        tasks = {item["id"]: item["status"] for item in await self.owner.all("/tasks")}
        assert sorted(tasks) == sorted([*self.tasks, *self.accepted.values()])
        assert {task for task, status in tasks.items() if status == "completed"} == self.completed
        suggestions = {item["id"]: item["status"] for item in await self.owner.all("/suggestions")}
        assert len(suggestions) == ASKED * len(self.messages)
        assert {item for item, status in suggestions.items() if status == "accepted"} == set(self.accepted)
        assert {item for item, status in suggestions.items() if status == "dismissed"} == self.dismissed

    def announced(self) -> Counter[str]:
        """How many events of each kind there have to be."""
        return Counter(
            workspace_created=1,
            client_created=len(self.clients),
            message_received=len(self.messages),
            suggestion_created=ASKED * len(self.messages),
            suggestion_accepted=len(self.accepted),
            suggestion_dismissed=len(self.dismissed),
            task_created=len(self.tasks) + len(self.accepted),
            task_completed=len(self.completed),
        )


async def kill_at_random(fleet: Any, random: Random) -> Counter[str]:
    """Kill one process after the other; some before they are ready again."""
    killed: Counter[str] = Counter()
    while killed.total() < KILLS:
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
        service, role = random.choice(sorted(fleet.running))
        with suppress(ProcessLookupError):
            fleet.kill((service, role))
            killed[f"{service} {role}"] += 1
    return killed


@pytest.mark.parametrize("seed", [20261123])
async def test_what_was_acknowledged_is_there_once_wherever_it_has_an_effect(fleet: Any, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the seed makes the moments repeatable
    studios = [Studio(fleet.person(), fleet.person(), Random(seed + number)) for number in range(WORKSPACES)]  # noqa: S311
    for studio in studios:
        await studio.open()
    stop = asyncio.Event()
    working = asyncio.gather(*(studio.work(stop) for studio in studios))
    killed = await kill_at_random(fleet, random)
    stop.set()
    await working
    await fleet.settled()
    repeated = sum(person.repeated for studio in studios for person in (studio.owner, studio.client))
    requests = sum(studio.requests for studio in studios)
    print(f"seed {seed}: {requests} requests acknowledged, {repeated} attempts were not; killed {dict(killed)}")  # noqa: T201
    for studio in studios:
        await studio.check_rows()
        workspace = (await studio.owner.call("GET", "/me"))["workspace"]["id"]
        assert await fleet.announced(workspace) == studio.announced()
        shown = Counter({kind: count for kind, count in studio.announced().items() if kind in SHOWN_LIVE})
        live = await fleet.query("gateway", f"SELECT type FROM live_events WHERE workspace_id = '{workspace}'")
        assert Counter(kind for (kind,) in live) == shown
        copies = await fleet.query("tasks", f"SELECT id::text FROM clients WHERE workspace_id = '{workspace}'")
        assert sorted(client for (client,) in copies) == sorted(studio.clients)
    await fleet.check_every_event_was_handled_once()
