"""The whole product as a user runs it, for the tests that cross services."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import httpx
import pytest
from botocore.session import get_session

ROOT = Path(__file__).parents[1]
READY_SECONDS = 180
T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    """Return what `look` finds as soon as it finds something true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


@dataclass
class RunningStack:
    """`./smartstack up` on a port and a data folder of its own."""

    url: str
    data: Path = Path(os.devnull)
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)

    def pid(self, service: str) -> int:
        """Return the process id of a part; raises FileNotFoundError while it does not run."""
        return int((self.data / "run" / f"{service}.pid").read_text())

    def alive(self, service: str) -> bool:
        """Tell whether a part runs now."""
        try:
            os.kill(self.pid(service), 0)
        except (ProcessLookupError, FileNotFoundError):
            return False
        return True

    def kill(self, service: str) -> None:
        """Send SIGKILL to a part."""
        os.kill(self.pid(service), signal.SIGKILL)

    def stop(self) -> None:
        """Stop it as Ctrl-C does; nothing if it has ended."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)

    def sqs(self) -> Any:
        """Return a client of its queues."""
        ports = json.loads((self.data / "ports.json").read_text())
        return get_session().create_client(
            "sqs",
            region_name="eu-west-1",
            endpoint_url=f"http://127.0.0.1:{ports['aws']}",
            aws_access_key_id="000000000000",
            aws_secret_access_key=json.loads((self.data / "secrets.json").read_text())["aws"],
        )

    def sql(self, query: str, *values: Any) -> list[Any]:
        """Run a statement as the database's superuser."""

        async def run() -> list[Any]:
            ports = json.loads((self.data / "ports.json").read_text())
            password = json.loads((self.data / "secrets.json").read_text())["postgres"]
            connection = await asyncpg.connect(
                host="127.0.0.1", port=ports["postgres"], user="postgres", password=password, database="smartstack"
            )
            try:
                return [tuple(row) for row in await connection.fetch(query, *values)]
            finally:
                await connection.close()

        return asyncio.run(run())

    def client(self) -> "Api":
        """Return an HTTP client without a session."""
        return Api(httpx.Client(base_url=f"{self.url}/api/v1", timeout=10))


@dataclass
class Api:
    """Calls the public API as a patient client does: while a part is down, what is safe to repeat is repeated."""

    http: httpx.Client

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Return the decoded answer; every POST carries an Idempotency-Key, so that repeating it is safe."""
        headers = dict(options.pop("headers", {}))
        if method == "POST":
            headers.setdefault("Idempotency-Key", uuid4().hex)

        def attempt() -> httpx.Response | None:
            try:
                answer = self.http.request(method, path, headers=headers, **options)
            except httpx.TransportError:
                return None
            return None if answer.status_code in (502, 503, 504) else answer

        answer = eventually(attempt, f"{method} {path}")
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sign_up(self, workspace: str = "Studio") -> dict[str, Any]:
        """Make a workspace and act as its owner from now on."""
        body = {
            "email": f"{uuid4().hex}@example.com",
            "password": "correct horse battery",
            "name": "Owner",
            "workspace_name": workspace,
            "timezone": "Europe/London",
        }
        answer: dict[str, Any] = self.call("POST", "/auth/signup", json=body)
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return answer

    def open_portal(self, token: str) -> None:
        """Act as the client behind a share link from now on."""
        answer = self.call("POST", "/portal/session", json={"token": token})
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return all items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = self.call("GET", path, params=query | ({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_stack(data: Path, port: int = 0) -> Iterator[RunningStack]:
    """Run `./smartstack up` and stop it as Ctrl-C does, unless the test has ended it."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "smartstack_cli", "up", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    stack = RunningStack(f"http://127.0.0.1:{port}", data, process)
    ready = threading.Event()

    def follow() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            stack.lines.append(line)
            if line.startswith("SmartStack is ready"):
                ready.set()

    threading.Thread(target=follow, daemon=True).start()
    try:
        eventually(lambda: ready.is_set() or process.poll() is not None, "the stack is ready", READY_SECONDS)
        assert ready.is_set(), "".join(stack.lines)
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The product, running; with SMARTSTACK_E2E_URL one that runs already, of which only the URL is known."""
    if url := os.environ.get("SMARTSTACK_E2E_URL"):
        yield RunningStack(url)
        return
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def start_stack() -> Callable[..., Any]:
    """Return `running_stack`, for tests that start it more than once."""
    return running_stack


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., Any]:
    """Return `eventually`, for tests."""
    return eventually
