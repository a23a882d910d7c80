"""A fault sends messages to the dead-letter queue; they are seen there, and handled once after it is fixed."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CREATED = "smartstack.comms.client_created.v1"
QUEUE = "/ops/dead-letters/tasks-dlq"
# Five attempts with growing pauses take a minute and a half at most.
ALL_ATTEMPTS_SECONDS = 150


@pytest.fixture(scope="module")
def eventually(wait_until: Callable[..., Any]) -> Callable[..., Any]:
    return wait_until


@pytest.fixture
def owner(stack: Any) -> Any:
    """The owner of a workspace of their own."""
    made = stack.client()
    made.workspace = made.sign_up()["workspace"]["id"]
    return made


def dlq(stack: Any, *words: str) -> Any:
    """Run `./smartstack dlq`; return what it says as JSON."""
    argv = [sys.executable, "-m", "smartstack_cli", "dlq", *words, "--json", "--data", str(stack.data)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def forgotten_grant(stack: Any) -> Iterator[None]:
    """A migration forgot a right: the tasks service cannot write its copy of the clients."""
    stack.sql("REVOKE INSERT ON tasks.clients FROM tasks_app")
    try:
        yield
    finally:
        stack.sql("GRANT INSERT ON tasks.clients TO tasks_app")


def put_into_inbox(stack: Any, body: dict[str, Any]) -> None:
    """Put a message into the tasks service's inbox, as its topic would."""
    sqs = stack.sqs()
    url = sqs.get_queue_url(QueueName="smartstack-local-tasks-inbox")["QueueUrl"]
    told = {"type": body["type"], "workspaceid": body["workspaceid"]}
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body), MessageAttributes=attributes)


def test_after_the_fault_is_fixed_each_message_is_handled_once(
    stack: Any, owner: Any, eventually: Callable[..., Any]
) -> None:
    stranger = stack.client()
    stranger.sign_up()
    with forgotten_grant(stack):
        clients = [owner.call("POST", "/clients", json={"name": name})["id"] for name in ("Acme", "Harbour")]

        def both() -> Any:
            found = owner.call("GET", "/ops/dead-letters")["items"]
            return found[0] if [group["count"] for group in found] == [2] else None

        group = eventually(both, "both are dead letters", ALL_ATTEMPTS_SECONDS)
    assert (group["queue"], group["type"]) == ("tasks-dlq", CREATED)
    assert group["reason"].startswith("handled 5 times without success: ProgrammingError")
    letters = {each["subject"]: each for each in owner.call("GET", QUEUE)["items"]}
    assert letters.keys() == set(clients)
    shown = dlq(stack, "ls", "tasks", "--workspace", owner.workspace)["items"]
    assert {each["event_id"] for each in shown} == set(group["event_ids"])
    assert stranger.call("GET", "/ops/dead-letters")["items"] == []

    # One by the API, one by the command.
    first, second = (letters[client]["event_id"] for client in clients)
    assert owner.call("POST", f"{QUEUE}/redrive", json={"ids": [first]}) == {"redriven": 1, "remaining": 0}
    assert dlq(stack, "redrive", "tasks", second) == {"redriven": 1, "remaining": 0, "failed": []}
    for client in clients:
        eventually(lambda client=client: knows(owner, client), "the tasks service learns of the client")
    assert owner.call("GET", "/ops/dead-letters")["items"] == []
    for event_id in (first, second):
        rows = stack.sql("SELECT handler FROM tasks.inbox WHERE event_id = $1", event_id)
        assert rows == [("on_client_created",)]
        outcomes = eventually(lambda event_id=event_id: attempts(owner, event_id, 6), "all attempts are in the trace")
        assert sorted(outcomes) == ["error"] * 5 + ["unset"]

    done = owner.call("GET", "/ops/audit")["items"]
    assert [(each["action"], each["event_id"], each["type"]) for each in done] == [
        ("redrive", second, CREATED),
        ("redrive", first, CREATED),
    ]
    assert [each["actor"].partition(":")[0] for each in done] == ["operator", "user"]
    assert stranger.call("GET", "/ops/audit")["items"] == []


def knows(owner: Any, client: str) -> bool:
    """Tell whether the tasks service has heard of the client."""
    return bool(owner.http.post("/tasks", json={"title": "Write", "client_id": client}).status_code == 201)


def attempts(owner: Any, event_id: str, count: int) -> list[str] | None:
    """Return how each attempt of the tasks service to handle the event ended, once there are so many."""
    [summary] = owner.call("GET", "/ops/traces", params={"id": event_id})["items"][-1:]
    spans = owner.call("GET", f"/ops/traces/{summary['trace_id']}")["spans"]
    handled = [
        each["status"]
        for each in spans
        if each["kind"] == "consumer"
        and each["service"] == "tasks"
        and each["attributes"].get("smartstack.event_id") == event_id
    ]
    return handled if len(handled) >= count else None


def test_a_message_that_lacks_a_field_arrives_at_once_and_is_discarded_with_the_reason_why(
    stack: Any, owner: Any, eventually: Callable[..., Any]
) -> None:
    client = owner.call("POST", "/clients", json={"name": "Acme"})["id"]
    [body] = stack.sql(
        "SELECT body FROM (SELECT body FROM comms.outbox UNION ALL SELECT body FROM comms.event_log) AS told "
        "WHERE body::jsonb ->> 'subject' = $1",
        client,
    )
    poisoned = json.loads(body[0])
    del poisoned["data"]["client_name"]
    put_into_inbox(stack, poisoned)

    def arrived() -> Any:
        return owner.call("GET", QUEUE)["items"]

    [letter] = eventually(arrived, "the message is a dead letter")
    assert letter["reason"] == "undecodable: data.client_name: Field required"
    assert (letter["event_id"], letter["subject"]) == (poisoned["id"], client)
    assert json.loads(owner.call("GET", f"{QUEUE}/{poisoned['id']}")["body"]) == poisoned
    assert dlq(stack, "discard", "tasks", poisoned["id"], "--why", "sent by hand") == {
        "discarded": 1,
        "remaining": 0,
        "failed": [],
    }
    assert owner.call("GET", QUEUE)["items"] == []
    [entry] = owner.call("GET", "/ops/audit")["items"]
    assert (entry["action"], entry["why"], entry["event_id"]) == ("discard", "sent by hand", poisoned["id"])
