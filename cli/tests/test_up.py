"""`./smartstack up` as a person runs it: real processes, started, killed and stopped. The tests build on one another's
data folder, in the order in which they stand here.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import pytest

from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.local import demo
from smartstack_cli.local.layout import SERVICES
from smartstack_cli.local.ports import free_port

START_SECONDS = 120
STOP_SECONDS = 40
Alive = Callable[[int], bool]


@dataclass
class Run:
    """One `up`, with its two streams in files."""

    process: "subprocess.Popen[bytes]"
    url: str
    data: Path
    stdout: Path
    stderr: Path

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def pid(self, part: str) -> int:
        return int((self.data / "run" / f"{part}.pid").read_text())

    def wait_for(self, text: str, stream: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while text not in stream.read_text():
            assert self.process.poll() is None, self.stderr.read_text()
            assert time.monotonic() < deadline, self.stderr.read_text()
            time.sleep(0.05)

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:  # noqa: S310 (our own server)
            return answer.status, answer.read()


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "smartstack_cli", "up", *map(str, words)]


def start(folder: Path, data: Path, port: int, *words: str) -> Run:
    folder.mkdir()
    stdout, stderr = folder / "stdout", folder / "stderr"
    with stdout.open("wb") as out, stderr.open("wb") as err:
        process = subprocess.Popen(
            command("--port", port, "--data", data, *words), stdout=out, stderr=err, cwd=ROOT, start_new_session=True
        )
    run = Run(process, f"http://127.0.0.1:{port}", data, stdout, stderr)
    run.wait_for("SmartStack is ready", stdout)
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up")


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    made = start(folder / "first", folder / "data", free_port(), "--demo")
    yield made
    made.process.kill()
    made.process.wait()


@pytest.fixture(scope="module")
def password(run: Run) -> str:
    said = re.search(r"sign in as demo@example\.com with the password (\S+)", run.stderr.read_text())
    assert said
    return said[1]


async def demo_clients(url: str, password: str) -> list[str]:
    async with aiohttp.ClientSession(url) as http:
        login = {"email": demo.EMAIL, "password": password}
        token = (await demo.Api(http).post("/auth/login", login))["access_token"]
        clients = await demo.Api(http, token).get("/clients")
    return sorted(client["name"] for client in clients["items"])


def test_standard_output_is_one_line_when_all_is_ready(run: Run) -> None:
    assert run.stdout.read_text() == f"SmartStack is ready: {run.url}\n"
    assert run.get("/health/ready")[0] == 200


def test_the_web_app_is_served(run: Run) -> None:
    status, page = run.get("/")
    assert status == 200
    assert b"<html" in page


def test_nothing_listens_beyond_the_loopback_interface(run: Run) -> None:
    listening = {
        (connection.laddr.port, connection.laddr.ip)
        for process in run.descendants()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert len(listening) == len(SERVICES) + 3
    assert {address for _, address in listening} == {"127.0.0.1"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_be_told_apart_in_the_list_of_processes(run: Run, service: str) -> None:
    assert psutil.Process(run.pid(service)).cmdline()[0].startswith(f"smartstack-{service} serve")


def test_a_second_up_on_the_same_data_says_so_and_leaves_the_first_alone(run: Run) -> None:
    second = subprocess.run(command("--port", free_port(), "--data", run.data), capture_output=True, check=False)
    assert second.returncode == 1
    assert second.stdout == b""
    assert f"already running on {run.data}: {run.url} (process {run.process.pid})" in second.stderr.decode()
    assert run.get("/health/live")[0] == 200


def test_a_port_in_use_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    port = run.url.rpartition(":")[2]
    other = subprocess.run(command("--port", port, "--data", tmp_path), capture_output=True, text=True, check=False)
    assert (other.returncode, other.stdout) == (1, "")
    assert other.stderr == f"smartstack: port {port} is in use; choose another with --port\n"


async def test_the_demo_workspace_can_be_entered_and_is_seeded_once(run: Run, password: str) -> None:
    expected = sorted(client.name for client in demo.CLIENTS)
    assert await demo_clients(run.url, password) == expected
    await demo.seed(run.url, password)
    assert await demo_clients(run.url, password) == expected


async def test_the_demo_has_suggestions_and_tasks_to_look_at(run: Run, password: str) -> None:
    async with aiohttp.ClientSession(run.url) as http:
        login = {"email": demo.EMAIL, "password": password}
        api = demo.Api(http, (await demo.Api(http).post("/auth/login", login))["access_token"])
        tasks = (await api.get("/tasks"))["items"]
        assert {task["title"] for task in tasks} == {task.title for client in demo.CLIENTS for task in client.tasks}
        assert sum(task["status"] == "completed" for task in tasks) == 1
        assert (await api.get("/suggestions?status=pending"))["items"]


@pytest.mark.parametrize("part", [*SERVICES, "ops", "postgres", "aws"])
async def test_a_part_that_is_killed_comes_back(run: Run, until: Callable[..., object], part: str) -> None:
    before = run.pid(part)
    os.kill(before, signal.SIGKILL)
    await until(lambda: f"{part} is ready again" in run.stderr.read_text(), 60)  # type: ignore[misc]
    assert run.pid(part) != before


async def test_ctrl_c_stops_every_process(run: Run, is_alive: Alive) -> None:
    processes = [process.pid for process in run.descendants()]
    assert len(processes) >= 7
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(STOP_SECONDS) == 0
    assert not any(map(is_alive, processes))
    assert "killed" not in run.stderr.read_text().rpartition("stopping")[2]


async def test_after_a_kill_nothing_is_left_and_the_data_is_still_there(
    folder: Path, run: Run, password: str, until: Callable[..., object], is_alive: Alive
) -> None:
    assert run.process.poll() == 0
    port = free_port()
    second = start(folder / "second", run.data, port)
    processes = [process.pid for process in second.descendants()]
    second.process.kill()
    second.process.wait()
    third = start(folder / "third", run.data, port)
    try:
        assert not any(map(is_alive, processes))
        assert await demo_clients(third.url, password) == sorted(client.name for client in demo.CLIENTS)
    finally:
        third.process.send_signal(signal.SIGTERM)
        assert third.process.wait(STOP_SECONDS) == 0
