"""Running services die, by kill -9, at every point between what is done and what is not yet: the flow completes."""

from itertools import cycle
from typing import Any

import pytest

from smartstack_chassis.core.failpoints import HANDLING, RELAYING

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
MESSAGES, EACH = 2, 2
STORIES = 20
SERVICES = ("gateway", "comms", "ai", "tasks")
# Whose handlers announce something in turn.
PUBLISHING = ("ai", "tasks")


async def tell(fleet: Any) -> None:
    """A workspace, a client who asks for something, decisions, work done: all of it is there once."""
    owner, client = fleet.person(), fleet.person()
    await owner.sign_up()
    acme = await owner.call("POST", "/clients", json={"name": "Acme"})
    link = await owner.call("POST", f"/clients/{acme['id']}/share-links", json={})
    await client.open_portal(link["token"])
    sent = [(await client.call("POST", "/portal/messages", json={"body": ASKING}))["id"] for _ in range(MESSAGES)]
    await fleet.settled()
    pending = await owner.all("/suggestions", status="pending")
    assert len(pending) == MESSAGES * EACH
    accepted = {(await owner.call("POST", f"/suggestions/{item['id']}/accept", json={}))["task_id"] for item in pending}
    await fleet.settled()
    tasks = await owner.all("/tasks")
    assert {task["id"] for task in tasks} == accepted
    assert len(tasks) == len(accepted) == MESSAGES * EACH
    for task in tasks:
        await owner.call("POST", f"/tasks/{task['id']}/complete")
    await fleet.settled()
    assert {task["status"] for task in await owner.all("/tasks")} == {"completed"}
    (conversation,) = await owner.all("/conversations")
    messages = await owner.all(f"/conversations/{conversation['id']}/messages")
    assert sorted(message["id"] for message in messages) == sorted(sent)
    assert len(await owner.all("/suggestions")) == MESSAGES * EACH


@pytest.mark.parametrize(("handling", "relaying"), list(zip(HANDLING, cycle(RELAYING), strict=False)))
async def test_whoever_dies_is_replaced_and_every_effect_happens_once(fleet: Any, handling: str, relaying: str) -> None:
    """In every service one process dies handling an event, one publishing what a request did, one what a handler did.

    ai and tasks die at their second event: the first only fills a copy, which would come to no harm if it were doubled.
    """
    orders = [((service, "worker"), f"{handling}:{1 + (service in PUBLISHING)}") for service in SERVICES]
    orders += [((service, "http"), f"{relaying}:1") for service in SERVICES]
    orders += [((service, "worker"), f"{relaying}:1") for service in PUBLISHING]
    before = fleet.deaths.copy()
    await fleet.arm(*orders)
    for _ in range(STORIES):
        await tell(fleet)
        # Another process may be faster and publish instead of the one that is to die: then it dies at a later story.
        if all(fleet.deaths[order] > before[order] for order in orders):
            break
    assert {order: fleet.deaths[order] - before[order] for order in orders} == dict.fromkeys(orders, 1)
    await fleet.check_every_event_was_handled_once()


@pytest.fixture(scope="module")
async def studio(fleet: Any) -> dict[str, Any]:
    """A workspace with a client who has asked for something, and a task."""
    owner, client = fleet.person(), fleet.person()
    await owner.sign_up()
    acme = await owner.call("POST", "/clients", json={"name": "Acme"})
    link = await owner.call("POST", f"/clients/{acme['id']}/share-links", json={})
    await client.open_portal(link["token"])
    message = await client.call("POST", "/portal/messages", json={"body": ASKING})
    task = await owner.call("POST", "/tasks", json={"title": "Draw"})
    await fleet.settled()
    taken, refused = await owner.all("/suggestions")
    return {
        "owner": owner,
        "client": client,
        "nobody": fleet.person(),
        "acme": acme["id"],
        "conversation": message["conversation_id"],
        "task": task["id"],
        "taken": taken["id"],
        "refused": refused["id"],
    }


SIGN_UP = {
    "email": "repeated@example.com",
    "password": "correct horse battery",
    "name": "Owner",
    "workspace_name": "Studio",
    "timezone": "Europe/London",
}


@pytest.mark.parametrize(
    ("service", "who", "path", "body", "event"),
    [
        ("gateway", "nobody", "/auth/signup", SIGN_UP, "workspace_created"),
        ("gateway", "owner", "/clients/{acme}/share-links", {}, None),
        ("comms", "owner", "/clients", {"name": "Bolt"}, "client_created"),
        ("comms", "client", "/portal/messages", {"body": "Thanks!"}, "message_received"),
        ("comms", "owner", "/conversations/{conversation}/messages", {"body": "Hello."}, "message_sent"),
        ("ai", "owner", "/suggestions/{taken}/accept", {}, "suggestion_accepted"),
        ("ai", "owner", "/suggestions/{refused}/dismiss", {}, "suggestion_dismissed"),
        ("tasks", "owner", "/projects", {"name": "Relaunch"}, "project_created"),
        ("tasks", "owner", "/tasks", {"title": "Paint"}, "task_created"),
        ("tasks", "owner", "/tasks/{task}/complete", None, "task_completed"),
    ],
)
async def test_a_command_that_dies_before_and_after_its_commit_and_is_repeated_has_one_effect(
    fleet: Any, studio: dict[str, Any], service: str, who: str, path: str, body: Any, event: str | None
) -> None:
    unit = (service, "http")
    orders = [(unit, "before_commit"), (unit, "after_commit")]
    table = "share_links" if event is None else None
    before = fleet.deaths.copy()
    made = await effects(fleet, service, event, table)
    await fleet.arm(*orders)
    key = {"Idempotency-Key": f"{path} of one person"}
    answers = [await studio[who].call("POST", path.format_map(studio), json=body, headers=key) for _ in range(2)]
    assert {order: fleet.deaths[order] - before[order] for order in orders} == dict.fromkeys(orders, 1)
    assert identity(answers[0]) == identity(answers[1])
    assert await effects(fleet, service, event, table) == made + 1


def identity(answer: dict[str, Any]) -> str:
    """Return the id of what was made; signing up again makes other tokens for the same person."""
    found: str = answer["user"]["id"] if "user" in answer else answer.get("id") or answer["task_id"]
    return found


async def effects(fleet: Any, service: str, event: str | None, table: str | None) -> int:
    """Count the events of a type, or the rows of a table where nothing is announced."""
    if table is not None:
        ((count,),) = await fleet.query(service, f"SELECT count(*) FROM {table}")
        return int(count)
    return int((await fleet.announced())[event])
