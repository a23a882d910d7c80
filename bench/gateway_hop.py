"""What the gateway adds to a request: the tasks service asked directly and through the gateway, in turns.

Both run as processes of their own on a real database; a token is checked on both ways. Throughput is what this machine
gives with client, gateway, service and database on it; CPU is user and system time of a process per request (Linux).

    .venv/bin/python bench/gateway_hop.py [--seconds 4] [--rounds 3] [--connections 16]
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from smartstack_chassis.database.provision import ServiceAccess, provision
from smartstack_chassis.testing.harness import test_key
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.shared_server import shared

SERVICES = ("tasks", "gateway")
PASSWORD = "bench"
ROWS = 20
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Run:
    """One run of load: how many requests, in which time, at which CPU cost."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Return requests per second."""
        return len(self.latencies) / self.seconds

    def cost(self, process: str) -> float:
        """Return milliseconds of CPU of a process per request."""
        return 1000 * self.cpu[process] / len(self.latencies)

    def percentile(self, share: float) -> float:
        """Return a latency in milliseconds."""
        return 1000 * sorted(self.latencies)[int(share * (len(self.latencies) - 1))]


def environment(service: str, ports: dict[str, int], postgres: str, aws: str, keys: str) -> dict[str, str]:
    """Return the environment of a service's process."""
    address = postgres.rpartition("@")[2].partition("/")[0].removeprefix("postgresql://")

    def database(role: str) -> str:
        return f"postgresql+asyncpg://{service}_{role}:{PASSWORD}@{address}/bench"

    return {
        "PATH": os.environ["PATH"],
        "SMARTSTACK_ROLE": "http",
        "SMARTSTACK_HTTP_PORT": str(ports[service]),
        "SMARTSTACK_DATABASE_URL": database("app"),
        "SMARTSTACK_MIGRATION_DATABASE_URL": database("migrator"),
        "SMARTSTACK_DATABASE_POOL_SIZE": "32",
        "SMARTSTACK_JWKS_URL": f"http://127.0.0.1:{ports['gateway']}/.well-known/jwks.json",
        "SMARTSTACK_LOG_LEVEL": "WARNING",
        "SMARTSTACK_JWT_KEYS": keys,
        "SMARTSTACK_TASKS_URL": f"http://127.0.0.1:{ports['tasks']}",
        "SMARTSTACK_PRINCIPAL_BURST": "10000000",
        "SMARTSTACK_WORKSPACE_BURST": "10000000",
        "SMARTSTACK_PRINCIPAL_IN_FLIGHT": "1000",
        "SMARTSTACK_WORKSPACE_IN_FLIGHT": "1000",
        "AWS_ENDPOINT_URL": aws,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }


@contextmanager
def serving(service: str, variables: dict[str, str]) -> Iterator[int]:
    """Migrate and run a service; yields its process id once it is ready."""
    command = [sys.executable, "-m", f"smartstack_{service}"]
    subprocess.run([*command, "migrate"], env=variables, check=True)
    process = subprocess.Popen([*command, "serve"], env=variables)
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                if httpx.get(f"http://127.0.0.1:{variables['SMARTSTACK_HTTP_PORT']}/health/ready").is_success:
                    break
            except httpx.TransportError:
                continue
        else:
            raise SystemExit(f"{service} did not start")
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def cpu_seconds(pid: int) -> float:
    """Return user and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered; parses no more of HTTP than it has to."""

    def __init__(self, request: bytes, run: Run, until: float) -> None:
        self._request, self._run, self._until = request, run, until
        self._missing = 0
        self._answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Ask again when the answer is whole."""
        self._answer += data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not separator:
            return
        assert head.startswith(b"HTTP/1.1 200"), head
        if len(body) < int(head.lower().partition(b"content-length:")[2].split(None, 1)[0]):
            return
        self._answer = b""
        now = time.perf_counter()
        self._run.latencies.append(now - self._asked)
        if now < self._until:
            self._ask()
        else:
            self._transport.close()
            self.done.set_result(None)


async def load(base: str, path: str, token: str, seconds: float, connections: int, pids: dict[str, int]) -> Run:
    """Ask for `path` over some connections for some seconds."""
    address = urlsplit(base)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    run, before, started = Run(), {name: cpu_seconds(pid) for name, pid in pids.items()}, time.perf_counter()
    loop = asyncio.get_running_loop()
    callers: list[Caller] = []
    for _ in range(connections):
        _, caller = await loop.create_connection(
            lambda: Caller(request, run, started + seconds), address.hostname, address.port
        )
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    run.seconds = time.perf_counter() - started
    run.cpu = {name: cpu_seconds(pid) - before[name] for name, pid in pids.items()}
    return run


def fill(gateway: str) -> tuple[str, str]:
    """Make a workspace with tasks; returns an access token and the id of one task."""
    with httpx.Client(base_url=f"{gateway}/api/v1") as http:
        person = {"email": "bench@example.com", "password": "correct horse battery", "name": "B", "workspace_name": "B"}
        answer = http.post("/auth/signup", json=person).raise_for_status().json()
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        made: dict[str, Any] = {}
        for number in range(ROWS):
            task = {"title": f"Send the mock-ups, part {number}", "description": "As discussed."}
            made = http.post("/tasks", json=task, headers=headers).raise_for_status().json()
        return answer["access_token"], str(made["id"])


def report(name: str, direct: list[Run], through: list[Run]) -> None:
    """Print the best round of both ways (what else the machine does can only slow one down), and their ratio."""
    print(f"{name}")
    best: list[float] = []
    for way, runs in (("direct", direct), ("through the gateway", through)):
        run = max(runs, key=lambda each: each.rate)
        best.append(run.rate)
        cost = {process: min(each.cost(process) for each in runs) for process in SERVICES}
        cpu = ", ".join(f"{process} {milliseconds:.2f} ms" for process, milliseconds in cost.items())
        latency = f"p50 {run.percentile(0.5):5.1f} ms   p99 {run.percentile(0.99):6.1f} ms"
        print(f"  {way:20} {run.rate:7.0f}/s   {latency}   CPU per request: {cpu}")
    print(f"  ratio of throughput  {best[1] / best[0]:7.2f}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smartstack-bench-")))
        # PostgreSQL runs as another user when this runs as root.
        folder.chmod(0o755)
        postgres = stack.enter_context(shared("postgres", folder / "postgres"))
        aws = stack.enter_context(shared("aws", folder / "aws"))
        asyncio.run(provision(postgres, "bench", [ServiceAccess(name, PASSWORD, PASSWORD) for name in SERVICES]))
        ports = {name: free_port() for name in SERVICES}
        keys = json.dumps({"keys": [test_key().as_dict(private=True)]})
        pids = {
            name: stack.enter_context(serving(name, environment(name, ports, postgres, aws, keys))) for name in SERVICES
        }
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        token, task = fill(urls["gateway"])
        for name, path in (("list 20 tasks", f"/api/v1/tasks?limit={ROWS}"), ("get one task", f"/api/v1/tasks/{task}")):
            runs: dict[str, list[Run]] = {way: [] for way in SERVICES}
            for way in SERVICES * (asked.rounds + 1):
                run = asyncio.run(load(urls[way], path, token, asked.seconds, asked.connections, pids))
                runs[way].append(run)
            # The first round warms up.
            report(name, runs["tasks"][1:], runs["gateway"][1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
