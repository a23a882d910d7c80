"""The fixtures that every test of the repository may use; loaded by the conftest.py at its root.

Servers are started at first use, once per run, and shared by all pytest-xdist workers: isolate by creating
databases of your own and by asking for an `aws_account`.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smartstack_cli.bootstrap.browser import Browser, browser
from smartstack_cli.bootstrap.node import node
from smartstack_cli.bootstrap.python_env import linters
from smartstack_cli.local import clusters
from smartstack_cli.local.aws import REGION
from smartstack_cli.local.shared_server import shared


@dataclass(frozen=True)
class AwsAccount:
    """An AWS account of one test: it sees nothing of any other, except that bucket names are global.

    The account's id is its access key.
    """

    endpoint_url: str
    region: str
    access_key: str
    secret: str


def pytest_configure() -> None:
    """A developer's HTTP proxy is for the world outside, not for the servers that the tests start here."""
    outside = filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"])
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(outside)


@pytest.fixture(scope="session", autouse=True)
def _remove_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end, remove the databases of the data folders that tests made and that root keeps elsewhere."""
    yield
    clusters.remove_under(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def shared_run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common, and no other run has."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres_admin_url(shared_run_folder: Path) -> Iterator[str]:
    """Superuser URL of a PostgreSQL 18 server, `postgresql://...`. Create your own databases in it."""
    with shared(_backend("postgres"), shared_run_folder / "postgres") as url:
        yield url


@pytest.fixture(scope="session")
def aws_endpoint_url(shared_run_folder: Path) -> Iterator[str]:
    """Endpoint URL of the AWS emulator."""
    with shared(_backend("aws"), shared_run_folder / "aws") as url:
        yield url


@pytest.fixture
def aws_account(aws_endpoint_url: str) -> AwsAccount:
    """A fresh account in the emulator."""
    account = f"{random.SystemRandom().randrange(10**11, 10**12)}"
    return AwsAccount(aws_endpoint_url, REGION, account, "test")


@pytest.fixture(scope="session")
def chromium() -> Browser:
    """A Chromium for Playwright: `playwright.chromium.launch(**chromium.launch_options())`."""
    # Playwright's driver would run on a Node.js of its own, which needs a library that a bare machine lacks.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node().binary)
    return browser()


@pytest.fixture(scope="session")
def tools_bin() -> Path:
    """The folder with actionlint, checkov, check-jsonschema, hadolint, pip-audit, shellcheck and zizmor.

    Installed at first use; `tools_bin / "python"` can import what they bring along, such as yaml.
    """
    return linters()


def _backend(kind: str) -> str:
    backend = os.environ.get("SMARTSTACK_TEST_BACKEND", "embedded")
    if backend not in {"embedded", "containers"}:
        pytest.exit(f"SMARTSTACK_TEST_BACKEND is embedded or containers, not {backend}", returncode=4)
    return f"{kind}-container" if backend == "containers" else kind
