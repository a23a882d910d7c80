"""Everything acknowledged has its effect, though the local stack was stopped or killed, or lost its emulator."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from smartstack_contracts import topology

ASKING = "Could you send the updated wireframes by Thursday?"
MESSAGES = 10
# `./smartstack bench chaos` asks for more.
ROUNDS = int(os.environ.get("SMARTSTACK_CHAOS_ROUNDS", "1"))
KILLS = 4 * ROUNDS
SERVICES = ("tasks", "comms", "ai", "gateway")
QUEUES = sorted(
    f"smartstack-local-{s}-{kind}" for s in ("tasks", "ai", "gateway", "comms") for kind in ("inbox", "dlq")
)


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one client write as fast as the tests do."""
    for name in ("BURST", "BURST_BYTES", "WORKSPACE_BURST"):
        monkeypatch.setenv(f"SMARTSTACK_PORTAL_{name}", "1000000000")


class Studio:
    """A workspace with a client in the portal; notes what was acknowledged."""

    def __init__(self, stack: Any) -> None:
        self.owner, self.portal = stack.client(), stack.client()
        self.messages: list[str] = []
        self.owner.sign_up()
        made = self.owner.call("POST", "/clients", json={"name": "Acme"})
        link = self.owner.call("POST", f"/clients/{made['id']}/share-links", json={})
        self.portal.open_portal(link["token"])
        self.clients = [made["id"]]

    def again(self, stack: Any) -> "Studio":
        """Go on with the stack that runs now."""
        for api in (self.owner, self.portal):
            api.http.base_url = f"{stack.url}/api/v1"
        return self

    def write(self) -> None:
        """Write as the client does."""
        self.messages.append(self.portal.call("POST", "/portal/messages", json={"body": ASKING})["id"])

    def add_client(self) -> None:
        """Add another client."""
        name = f"Client {len(self.clients)}"
        self.clients.append(self.owner.call("POST", "/clients", json={"name": name})["id"])


def undelivered(stack: Any) -> list[Any]:
    """Return what was published and is not in the inbox of a subscriber."""
    missing: list[Any] = []
    for service in SERVICES:
        for item in (item for queue in topology.queues(service) for item in topology.subscriptions(queue)):
            producer = next(name for name in SERVICES if topology.topic_name(name) == item.topic)
            missing += stack.sql(
                f"SELECT '{service}', type, id FROM {producer}.event_log AS log WHERE type = ANY($1) "
                f"AND NOT EXISTS (SELECT FROM {service}.inbox WHERE event_id = log.id)",
                list(item.types),
            )
    return missing


def settled(stack: Any) -> bool:
    """Tell whether everything that was committed is published and handled."""
    waiting = [stack.sql(f"SELECT count(*) FROM {service}.outbox")[0][0] for service in SERVICES]
    return not any(waiting) and not undelivered(stack)


def check_effects(stack: Any, studio: Studio) -> None:
    """Compare what was acknowledged with the rows of its owner and with its effects elsewhere."""
    assert {str(row[0]) for row in stack.sql("SELECT id FROM comms.messages")} == set(studio.messages)
    suggested = stack.sql("SELECT message_id, count(*) FROM ai.suggestions GROUP BY message_id")
    assert {str(message): count for message, count in suggested} == dict.fromkeys(studio.messages, 1)
    assert {str(row[0]) for row in stack.sql("SELECT id FROM tasks.clients")} == set(studio.clients)
    names = [url.rpartition("/")[2] for url in stack.sqs().list_queues()["QueueUrls"]]
    assert len(names) == len(set(names)), names


def end_by_ctrl_c(stack: Any, wait_until: Callable[..., Any]) -> None:
    """Stop in order; the frozen service has to be killed, which the runner would do after 25 seconds."""
    frozen = stack.pid("ai")
    stack.process.send_signal(signal.SIGINT)
    wait_until(lambda: not (stack.data / "run" / "tasks.pid").exists(), "the services are told to stop")
    os.kill(frozen, signal.SIGKILL)
    stack.process.wait(timeout=60)


def end_by_kill(stack: Any, wait_until: Callable[..., Any]) -> None:
    """Kill everything in the same moment."""
    pids = [int(path.read_text()) for path in (stack.data / "run").glob("*.pid")]
    for pid in (stack.process.pid, *pids):
        os.kill(pid, signal.SIGKILL)
    stack.process.wait(timeout=60)


@pytest.mark.parametrize("end", [end_by_ctrl_c, end_by_kill])
def test_what_waited_in_queues_is_handled_after_a_restart(
    tmp_path: Path, start_stack: Any, wait_until: Callable[..., Any], end: Callable[..., None]
) -> None:
    studio, letters = None, list[str]()
    for _ in range(ROUNDS):
        with start_stack(tmp_path) as stack:
            studio = Studio(stack) if studio is None else studio.again(stack)
            wait_until(lambda stack=stack: settled(stack), "everything is handled", 60)
            letters.append(put_what_cannot_be_read(stack))
            wait_until(lambda stack=stack: letters[-1] in dead_letters(stack), "what cannot be read is a dead letter")
            os.kill(stack.pid("ai"), signal.SIGSTOP)
            for _ in range(MESSAGES):
                studio.write()
            end(stack, wait_until)
    with start_stack(tmp_path) as stack:
        wait_until(lambda: settled(stack), "everything is handled", 60)
        check_effects(stack, studio)
        assert sorted(dead_letters(stack)) == sorted(letters)


def put_what_cannot_be_read(stack: Any) -> str:
    """Put something into the inbox of the tasks service that is no event; returns its text."""
    sqs, text = stack.sqs(), str(uuid4())
    url = sqs.get_queue_url(QueueName="smartstack-local-tasks-inbox")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=text)
    return text


def dead_letters(stack: Any) -> list[str]:
    """Return the bodies of the dead letters of the tasks service, leaving them there."""
    sqs = stack.sqs()
    url = sqs.get_queue_url(QueueName="smartstack-local-tasks-dlq")["QueueUrl"]
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
    return [message["Body"] for message in answer.get("Messages", [])]


def test_an_emulator_that_is_killed_again_and_again_loses_no_acknowledged_event(
    tmp_path: Path, start_stack: Any, wait_until: Callable[..., Any]
) -> None:
    with start_stack(tmp_path) as stack:
        studio = Studio(stack)
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                studio.write()
                studio.add_client()
                time.sleep(0.05)

        working = threading.Thread(target=work)
        working.start()
        try:
            for _ in range(KILLS):
                before = len(studio.messages)
                wait_until(lambda before=before: len(studio.messages) >= before + 5, "work goes on")
                wait_until(lambda: stack.alive("aws"), "the emulator runs")
                stack.kill("aws")
        finally:
            stop.set()
            working.join()
        wait_until(lambda: settled(stack), "everything is handled", 90)
        check_effects(stack, studio)


def test_queues_that_were_lost_are_filled_again_from_the_event_logs(
    tmp_path: Path, start_stack: Any, wait_until: Callable[..., Any]
) -> None:
    with start_stack(tmp_path) as stack:
        studio = Studio(stack)
        os.kill(stack.pid("ai"), signal.SIGSTOP)
        for _ in range(MESSAGES):
            studio.write()
        end_by_kill(stack, wait_until)
    shutil.rmtree(tmp_path / "aws")
    with start_stack(tmp_path) as stack:
        wait_until(lambda: settled(stack), "everything is handled", 60)
        check_effects(stack, studio)
