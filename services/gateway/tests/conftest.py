"""The gateway that tests share, and people with accounts in it."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp, StubUpstream, run_gateway, serving


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A web export like the one that Next.js writes."""
    root = tmp_path_factory.mktemp("web") / "out"
    (root / "_next/static/chunks").mkdir(parents=True)
    (root / "index.html").write_text("<h1>Home</h1>")
    (root / "today.html").write_text("<h1>Today</h1>" + "<p>a long page</p>" * 200)
    (root / "today.txt").write_text("payload")
    (root / "404.html").write_text("<h1>No such page</h1>")
    (root / "_next/static/chunks/app-1a2b.js").write_text("console.log(1)")
    (root / "csp.json").write_text(json.dumps({"today.html": "default-src 'self'; script-src 'sha256-abc'"}))
    (root.parent / "secret.txt").write_text("not for the web")
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    return root


@pytest.fixture(scope="session")
async def shared_gateway(postgres_admin_url: str, export: Path) -> AsyncIterator[Gateway]:
    async with run_gateway(postgres_admin_url, web_dir=export) as gateway:
        yield gateway


@pytest.fixture
def gateway(shared_gateway: Gateway) -> Gateway:
    """The gateway that most tests share; upstreams forget what earlier tests scripted."""
    for upstream in shared_gateway.upstreams.values():
        upstream.reset()
    return shared_gateway


@pytest.fixture
async def sam(gateway: Gateway) -> SignedUp:
    return await gateway.sign_up()


@pytest.fixture(scope="session")
def serving_stub() -> Callable[[], AbstractAsyncContextManager[StubUpstream]]:
    """Runs one more stub upstream."""
    return lambda: serving(StubUpstream())


@pytest.fixture(scope="session")
def make_gateway(postgres_admin_url: str) -> MakeGateway:
    """Runs a gateway with settings of its own."""

    def make(**settings: Any) -> AbstractAsyncContextManager[Gateway]:
        return run_gateway(postgres_admin_url, **settings)

    return make
