"""A copy is emptied and told again while the stack runs."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def eventually(wait_until: Callable[..., Any]) -> Callable[..., Any]:
    return wait_until


def test_the_copy_of_clients_is_rebuilt_from_what_comms_published(stack: Any, eventually: Callable[..., Any]) -> None:
    owner = stack.client()
    owner.sign_up()
    acme = owner.call("POST", "/clients", json={"name": "Acme"})
    headers = {"If-Match": '"1"'}
    owner.call("PATCH", f"/clients/{acme['id']}", json={"name": "Acme Ltd"}, headers=headers)
    task = owner.call("POST", "/tasks", json={"title": "Send it", "client_id": acme["id"]})

    def named(name: str | None) -> Any:
        return owner.call("GET", f"/tasks/{task['id']}")["client_name"] == name

    eventually(lambda: named("Acme Ltd"), "the new name arrives")
    assert "tasks: clients is empty" in _events(stack, "--rebuild", "clients", "--to", "tasks-inbox")
    eventually(lambda: named("Acme Ltd"), "the copy is there again")

    # Told again without a rebuild, everything is known already: nothing changes, and the count says what was sent.
    said = _events(stack, "--from", "2020-01-01T00:00:00Z", "--type", "client_created", "--to", "tasks-inbox")
    assert "1 events replayed to smartstack-local-tasks-inbox" in said


def _events(stack: Any, *words: str) -> str:
    argv = [sys.executable, "-m", "smartstack_cli", "events", "replay", *words, "--data", str(stack.data)]
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
