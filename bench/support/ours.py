"""The tasks service behind the gateway, as processes of their own on a database of their own."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.support.load import Ask
from bench.support.processes import Postgres, serving
from smartstack_chassis.database.provision import ServiceAccess, provision
from smartstack_chassis.testing.harness import test_key
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.shared_server import shared

SERVICES = ("tasks", "gateway")
DATABASE = "bench"
PASSWORD = "bench"
NEW_TASK = {"title": "Send the mock-ups, part 1", "description": "As discussed."}


@dataclass(frozen=True)
class Ours:
    """What runs, and somebody signed in with `rows` tasks."""

    ports: dict[str, int]
    pids: dict[str, int]
    token: str
    task_id: str

    def ask(self, method: str, path: str, content: Mapping[str, str] | None = None, *, via: str = "gateway") -> Ask:
        """Return a request to the API, through the gateway or to a service directly."""
        return Ask.of(self.ports[via], self.token, method, f"/api/v1{path}", content)


@contextmanager
def servers() -> Iterator[tuple[Postgres, str]]:
    """Run a Postgres server and the AWS emulator; yield the one, and the URL of the other."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smartstack-bench-")))
        # PostgreSQL runs as another user when this runs as root.
        folder.chmod(0o755)
        url = stack.enter_context(shared("postgres", folder / "postgres"))
        aws = stack.enter_context(shared("aws", folder / "aws"))
        yield asyncio.run(Postgres.at(url)), aws


@contextmanager
def running(rows: int) -> Iterator[tuple[Ours, Postgres]]:
    """Run both services on servers of their own; see `ours`."""
    with servers() as (postgres, aws), ours(postgres, aws, rows) as mine:
        yield mine, postgres


@contextmanager
def ours(postgres: Postgres, aws: str, rows: int) -> Iterator[Ours]:
    """Run both services; yield them with a workspace that has `rows` tasks."""
    asyncio.run(provision(postgres.url, DATABASE, [ServiceAccess(name, PASSWORD, PASSWORD) for name in SERVICES]))
    ports = {name: free_port() for name in SERVICES}
    keys = json.dumps({"keys": [test_key().as_dict(private=True)]})
    with ExitStack() as stack:
        pids = {}
        for name in SERVICES:
            variables = _environment(name, ports, postgres.address, aws) | {"SMARTSTACK_JWT_KEYS": keys}
            command = [sys.executable, "-m", f"smartstack_{name}"]
            subprocess.run([*command, "migrate"], env=variables, check=True)
            ready = f"http://127.0.0.1:{ports[name]}/health/ready"
            pids[name] = stack.enter_context(serving([*command, "serve"], ready, variables))
        yield Ours(ports, pids, *_fill(f"http://127.0.0.1:{ports['gateway']}", rows))


def _environment(service: str, ports: dict[str, int], postgres: str, aws: str) -> dict[str, str]:
    def database(role: str) -> str:
        return f"postgresql+asyncpg://{service}_{role}:{PASSWORD}@{postgres}/{DATABASE}"

    return {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "SMARTSTACK_ROLE": "http",
        "SMARTSTACK_HTTP_PORT": str(ports[service]),
        "SMARTSTACK_DATABASE_URL": database("app"),
        "SMARTSTACK_MIGRATION_DATABASE_URL": database("migrator"),
        "SMARTSTACK_DATABASE_POOL_SIZE": "32",
        "SMARTSTACK_JWKS_URL": f"http://127.0.0.1:{ports['gateway']}/.well-known/jwks.json",
        "SMARTSTACK_LOG_LEVEL": "WARNING",
        "SMARTSTACK_TASKS_URL": f"http://127.0.0.1:{ports['tasks']}",
        "SMARTSTACK_PRINCIPAL_BURST": "10000000",
        "SMARTSTACK_WORKSPACE_BURST": "10000000",
        "SMARTSTACK_PRINCIPAL_IN_FLIGHT": "1000",
        "SMARTSTACK_WORKSPACE_IN_FLIGHT": "1000",
        # Full load makes the event loop late; nothing is to be refused here.
        "SMARTSTACK_LOOP_LAG_SECONDS": "10",
        "SMARTSTACK_REQUEST_SECONDS": "10",
        "AWS_ENDPOINT_URL": aws,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }


def _fill(gateway: str, rows: int) -> tuple[str, str]:
    """Make a workspace with tasks; return an access token and the id of one task."""
    with httpx.Client(base_url=f"{gateway}/api/v1", timeout=30) as http:
        person = {"email": "bench@example.com", "password": "correct horse battery", "name": "B", "workspace_name": "B"}
        answer = http.post("/auth/signup", json=person).raise_for_status().json()
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        made: dict[str, Any] = {}
        for _ in range(rows):
            made = http.post("/tasks", json=NEW_TASK, headers=headers).raise_for_status().json()
        return answer["access_token"], str(made["id"])
