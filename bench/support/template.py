"""The backend of FastAPI's full-stack template, as published: its own environment, its own database."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.support.load import Ask
from bench.support.processes import Postgres, serving
from smartstack_cli.bootstrap.python_env import uv, uv_environment
from smartstack_cli.bootstrap.steps import alone, step
from smartstack_cli.local.ports import free_port

SOURCE = "https://github.com/fastapi/full-stack-fastapi-template"
# The last release that runs on our oldest Python, with the versions that its own lock file names.
RELEASE = "0.10.0"
HOME = Path(__file__).parents[2] / ".smartstack" / "bench"
DATABASE = "template"
PASSWORD = "bench-and-nothing-else"
ADMIN = "admin@example.com"
_CREATE_TABLES = "from app.models import SQLModel; from app.core.db import engine; SQLModel.metadata.create_all(engine)"
NEW_ITEM = {"title": "Send the mock-ups, part 1", "description": "As discussed."}


@dataclass(frozen=True)
class Template:
    """What runs, and its user signed in with `rows` items."""

    port: int
    pid: int
    token: str
    item_id: str

    def ask(self, method: str, path: str, content: Mapping[str, str] | None = None) -> Ask:
        """Return a request to the API."""
        return Ask.of(self.port, self.token, method, f"/api/v1{path}", content)


@contextmanager
def template(postgres: Postgres, source: str, rows: int) -> Iterator[Template]:
    """Install and run the template; yield it with a user who has `rows` items. Raises SystemExit when offline."""
    backend = _install(source) / "backend"
    programs = HOME / f"template-{RELEASE}-env" / "bin"
    variables, port = _environment(postgres, programs), free_port()
    _prepare(postgres, programs, backend, variables)
    command = [str(programs / "uvicorn"), "app.main:app", "--port", str(port), "--no-access-log"]
    options = ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    base = f"http://127.0.0.1:{port}/api/v1"
    with serving([*command, *options], f"{base}/utils/health-check/", variables, backend) as pid:
        yield Template(port, pid, *_fill(base, rows))


def _install(source: str) -> Path:
    checkout = HOME / f"template-{RELEASE}"
    stamp = HOME / f"template-{RELEASE}.installed"
    if stamp.exists():
        return checkout
    HOME.mkdir(parents=True, exist_ok=True)
    with step(f"Installing the full-stack template {RELEASE}"):
        shutil.rmtree(checkout, ignore_errors=True)
        clone = ["git", "clone", "--quiet", "--depth", "1", "--branch", RELEASE, source, str(checkout)]
        if subprocess.run([*clone, "-c", "advice.detachedHead=false"], check=False).returncode:
            raise SystemExit(f"{source} cannot be reached: go online, or name a copy of it with --template")
        with alone("python"):
            program = str(uv())
        sync = [program, "sync", "--quiet", "--frozen", "--no-dev", "--package", "app", "--python", sys.executable]
        environment = uv_environment() | {"UV_PROJECT_ENVIRONMENT": str(HOME / f"template-{RELEASE}-env")}
        if subprocess.run(sync, cwd=checkout, env=environment, check=False).returncode:
            raise SystemExit("the template's packages cannot be installed: see above")
        stamp.touch()
    return checkout


def _environment(postgres: Postgres, programs: Path) -> dict[str, str]:
    host, _, port = postgres.address.partition(":")
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PROJECT_NAME": "template",
        "SECRET_KEY": PASSWORD,
        "FIRST_SUPERUSER": ADMIN,
        "FIRST_SUPERUSER_PASSWORD": PASSWORD,
        "POSTGRES_SERVER": host,
        "POSTGRES_PORT": port,
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": PASSWORD,
        "POSTGRES_DB": DATABASE,
    }


def _prepare(postgres: Postgres, programs: Path, backend: Path, variables: dict[str, str]) -> None:
    """Create the database with the tables of the template's models, and its initial data.

    Its migrations need an extension that our Postgres does not have.
    """
    asyncio.run(_create_database(postgres.url))
    for arguments in (["-c", _CREATE_TABLES], ["app/initial_data.py"]):
        done = subprocess.run(
            [str(programs / "python"), *arguments],
            cwd=backend,
            env=variables | {"PYTHONPATH": str(backend)},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"the template's database cannot be made:\n{done.stdout}")


async def _create_database(url: str) -> None:
    admin = await asyncpg.connect(url)
    try:
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await admin.close()


def _fill(base: str, rows: int) -> tuple[str, str]:
    """Sign up a user with items; return an access token and the id of one item."""
    with httpx.Client(base_url=base, timeout=30) as http:
        person = {"email": "bench@example.com", "password": PASSWORD, "full_name": "B"}
        http.post("/users/signup", json=person).raise_for_status()
        form = {"username": person["email"], "password": PASSWORD}
        token = http.post("/login/access-token", data=form).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        made: dict[str, Any] = {}
        for _ in range(rows):
            made = http.post("/items/", json=NEW_ITEM, headers=headers).raise_for_status().json()
        return token, str(made["id"])
