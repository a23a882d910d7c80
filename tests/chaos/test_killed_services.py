"""Any one service dies in the middle of the flow: the flow completes, and nothing happens twice."""

from collections.abc import Callable
from typing import Any

import pytest

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
MESSAGES = 4


@pytest.fixture(scope="module")
def eventually(wait_until: Callable[..., Any]) -> Callable[..., Any]:
    return wait_until


@pytest.mark.parametrize("victim", ["comms", "ai", "tasks", "gateway"])
def test_a_killed_service_loses_nothing_and_doubles_nothing(
    stack: Any, eventually: Callable[..., Any], victim: str
) -> None:
    owner, client = stack.client(), stack.client()
    owner.sign_up()
    acme = owner.call("POST", "/clients", json={"name": "Acme"})
    link = owner.call("POST", f"/clients/{acme['id']}/share-links", json={})
    client.open_portal(link["token"])

    stack.kill(victim)
    for _ in range(MESSAGES):
        client.call("POST", "/portal/messages", json={"body": ASKING})
    _kill_again(stack, eventually, victim)
    pending = eventually(lambda: _exactly(owner, "/suggestions", MESSAGES * 2, status="pending"), "suggestions")

    _kill_again(stack, eventually, victim)
    accepted = [owner.call("POST", f"/suggestions/{item['id']}/accept", json={})["task_id"] for item in pending]
    tasks = eventually(lambda: _exactly(owner, "/tasks", MESSAGES * 2), "tasks")
    assert {task["id"] for task in tasks} == set(accepted)

    _kill_again(stack, eventually, victim)
    for task in tasks:
        owner.call("POST", f"/tasks/{task['id']}/complete")
    done = eventually(lambda: _exactly(owner, "/tasks", MESSAGES * 2, status="completed"), "completed tasks")
    assert {task["id"] for task in done} == set(accepted)
    (conversation,) = owner.all("/conversations", client_id=acme["id"])
    assert len(owner.all(f"/conversations/{conversation['id']}/messages")) == MESSAGES
    assert len(owner.all("/suggestions")) == MESSAGES * 2


def _kill_again(stack: Any, eventually: Callable[..., Any], victim: str) -> None:
    eventually(lambda: stack.alive(victim), f"{victim} runs again")
    stack.kill(victim)


def _exactly(owner: Any, path: str, count: int, **query: Any) -> list[dict[str, Any]] | None:
    items: list[dict[str, Any]] = owner.all(path, **query)
    assert len(items) <= count, f"{path}: something happened twice"
    return items if len(items) == count else None
