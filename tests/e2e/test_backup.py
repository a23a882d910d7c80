"""A backup taken while people write, restored on a new folder: everything is there, and nobody is signed in."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAME = {
    "gateway": ("users", "workspaces", "memberships", "share_links"),
    "comms": ("clients", "conversations", "messages"),
    "tasks": ("projects", "tasks"),
}
DEAD_LETTER = "a letter that nobody could read"


def smartstack(*words: object) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "smartstack_cli", *map(str, words)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


def rows(stack: Any) -> dict[str, list[Any]]:
    return {
        f"{service}.{table}": stack.sql(f"SELECT t::text FROM {service}.{table} t ORDER BY 1")
        for service, tables in SAME.items()
        for table in tables
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backup")


def write_until(stop: threading.Event, api: Any, made: list[str]) -> None:
    number = 0
    while not stop.is_set():
        task = api.call("POST", "/tasks", json={"title": f"Task {number}"})
        made.append(task["id"])
        number += 1


def test_a_backup_under_writes_is_the_installation_of_one_moment_and_revives_no_session(
    folder: Path, start_stack: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    file = folder / "a.backup"
    with start_stack(folder / "data") as stack:
        api = stack.client()
        signed_up = api.sign_up()
        client = api.call("POST", "/clients", json={"name": "Acme"})
        link = api.call("POST", f"/clients/{client['id']}/share-links", json={})
        token = link["token"]
        api.call("POST", "/tasks", json={"title": "Before"})
        sqs = stack.sqs()
        url = sqs.get_queue_url(QueueName="smartstack-local-tasks-dlq")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=DEAD_LETTER)
        stop, made = threading.Event(), list[str]()
        writer = threading.Thread(target=write_until, args=(stop, api, made))
        writer.start()
        wait_until(lambda: len(made) > 5, "writes")
        acknowledged = list(made)
        done = smartstack("backup", file, "--data", folder / "data")
        stop.set()
        writer.join()
        original = rows(stack)
        cookies, bearer = dict(api.http.cookies), api.http.headers["Authorization"]
    assert (done.returncode, file.stat().st_mode & 0o777) == (0, 0o600), done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["a.backup", "data"]

    again = smartstack("restore", file, "--data", folder / "data")
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    restored = smartstack("restore", file, "--data", folder / "copy")
    assert restored.returncode == 0, restored.stderr
    with start_stack(folder / "copy") as stack:
        found = rows(stack)
        for table in found.keys() - {"tasks.tasks"}:
            assert found[table] == original[table], table
        tasks = {row[0] for row in stack.sql("SELECT id::text FROM tasks.tasks")}
        assert tasks >= set(acknowledged), "what was acknowledged before the backup began"
        assert tasks <= {row[0].partition(",")[0].strip("(") for row in original["tasks.tasks"]}
        # Every row has announced itself, once: in the log of what was published, or in the outbox.
        announced = stack.sql(
            "SELECT count(*) FROM (SELECT id FROM tasks.event_log WHERE type LIKE '%task_created%' "
            "UNION SELECT id FROM tasks.outbox WHERE type LIKE '%task_created%') e"
        )
        assert announced == [(len(tasks),)]
        assert stack.sql("SELECT count(*) FROM gateway.sessions WHERE revoked_at IS NULL") == [(0,)]
        api = stack.client()
        stale = api.http.get("/tasks", headers={"Authorization": bearer})
        assert stale.status_code == 401
        assert api.http.post("/auth/refresh", cookies=cookies).status_code in (401, 403)
        api.open_portal(token)
        sqs = stack.sqs()
        url = sqs.get_queue_url(QueueName="smartstack-local-tasks-dlq")["QueueUrl"]
        letters = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
        assert [letter["Body"] for letter in letters] == [DEAD_LETTER]
    assert signed_up
    stopped = smartstack("backup", folder / "b.backup", "--data", folder / "copy")
    assert stopped.returncode == 0, stopped.stderr
