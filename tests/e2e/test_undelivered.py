"""What a purged queue lost is counted, listed, and sent again: with its effect once."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

AUDIT = {"SMARTSTACK_AUDIT_AFTER_SECONDS": "1", "SMARTSTACK_AUDIT_EVERY_SECONDS": "0.5"}


@pytest.fixture(scope="module", autouse=True)
def impatient() -> Iterator[None]:
    """The stack of this module calls an event undelivered after a second."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in AUDIT.items():
            patch.setenv(name, value)
        yield


def events(stack: Any, *words: str) -> str:
    argv = [sys.executable, "-m", "smartstack_cli", "events", *words, "--older-than", "1", "--data", str(stack.data)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def inbox(stack: Any) -> tuple[Any, str]:
    sqs = stack.sqs()
    return sqs, sqs.get_queue_url(QueueName="smartstack-local-tasks-inbox")["QueueUrl"]


def counted(owner: Any) -> float | None:
    """Return how many events Ops says that the tasks service lacks."""
    for metric in owner.all("/ops/metrics"):
        told = metric["attributes"].get("smartstack.subscriber")
        if metric["name"] == "smartstack.events.undelivered" and told == "tasks":
            return float(metric["value"])
    return None


def test_a_purged_queue_is_counted_and_healed_by_one_command(stack: Any, wait_until: Callable[..., Any]) -> None:
    owner = stack.client()
    owner.sign_up()
    wait_until(lambda: counted(owner) == 0, "the audit reports that nothing is missing")
    sqs, url = inbox(stack)
    # The consumer cannot work, so that its messages are still in the queue.
    stack.sql("REVOKE INSERT ON tasks.clients FROM tasks_app")
    clients = [owner.call("POST", "/clients", json={"name": f"Client {number}"})["id"] for number in range(3)]
    try:
        wait_until(lambda: counted(owner) == 3, "three events are missing")
        sqs.purge_queue(QueueUrl=url)
    finally:
        stack.sql("GRANT INSERT ON tasks.clients TO tasks_app")

    listed = json.loads(events(stack, "undelivered", "--json", "--limit", "2"))
    assert (listed["total"], len(listed["items"])) == (3, 2)
    assert {item["subscriber"] for item in listed["items"]} == {"tasks"}
    rest = json.loads(events(stack, "undelivered", "--json", "--after", listed["next"]))
    assert len(rest["items"]) == 1

    assert "comms: 3 events sent to smartstack-local-tasks-inbox" in events(stack, "redeliver", "--subscriber", "tasks")
    wait_until(lambda: counted(owner) == 0, "nothing is missing")
    for item in listed["items"] + rest["items"]:
        handled = stack.sql("SELECT handler FROM tasks.inbox WHERE event_id = $1", item["id"])
        assert handled == [("on_client_created",)]
    for client in clients:
        assert stack.sql("SELECT count(*) FROM tasks.clients WHERE id = $1", client) == [(1,)]
    assert json.loads(events(stack, "undelivered", "--json"))["items"] == []
