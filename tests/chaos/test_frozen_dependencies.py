"""A dependency that is stopped, not dead: connections to it stay open and nothing answers."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

# An answer is promised within 2.5 s. Under a busy machine it may come later; the client's patience only tells an answer
# from none: today's would be three times the promise.
PATIENCE_SECONDS = 6.0
PATHS = (
    ("GET", "/me"),
    ("GET", "/today"),
    ("GET", "/tasks"),
    ("GET", "/clients"),
    ("GET", "/suggestions"),
    ("POST", "/tasks"),
    ("POST", "/auth/login"),
    ("POST", "/auth/refresh"),
    ("POST", "/portal/session"),
    ("POST", "/traces"),
)
BODIES: dict[str, Any] = {
    "/tasks": {"title": "Task"},
    "/auth/login": {"email": "nobody@example.com", "password": "correct horse battery"},
    "/portal/session": {"token": "x" * 43},
    "/traces": {"resourceSpans": []},
}


def family(root: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a process and its children for the block."""
    pids = family(pid)
    for each in pids:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in pids:
            os.kill(each, signal.SIGCONT)


@pytest.mark.parametrize("part", ["tasks", "comms", "ai", "ops", "aws", "postgres"])
def test_every_request_is_answered_while_a_dependency_is_stopped_and_works_when_it_goes_on(
    stack: Any, wait_until: Any, part: str
) -> None:
    api = stack.client()
    api.sign_up()
    headers = dict(api.http.headers)
    slowest: dict[str, float] = {}
    with stopped(stack.pid(part)), httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers) as http:
        for method, path in PATHS:
            answer = http.request(method, path, json=BODIES.get(path), timeout=PATIENCE_SECONDS)
            slowest[f"{method} {path}"] = answer.elapsed.total_seconds()
            assert answer.status_code < 500 or answer.status_code in (503, 504), (path, answer.text)
            if answer.status_code >= 500:
                assert answer.headers["content-type"] == "application/problem+json"
                assert "retry-after" in answer.headers
        live = httpx.get(f"{stack.url}/health/live", timeout=PATIENCE_SECONDS)
        assert live.status_code == 200
    name = max(slowest, key=lambda key: slowest[key])
    print(f"{part} stopped: slowest answer {slowest[name]:.2f} s ({name})")  # noqa: T201
    assert api.call("POST", "/tasks", json={"title": "Afterwards"})["title"] == "Afterwards"
    wait_until(lambda: httpx.get(f"{stack.url}/health/ready", timeout=PATIENCE_SECONDS).status_code == 200, "ready")
