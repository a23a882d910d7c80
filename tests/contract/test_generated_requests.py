"""Whatever is sent, the public API answers as its own description says, and never with a fault of its own.

Schemathesis (https://schemathesis.io) makes the requests from the description that the running product serves.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smartstack_cli.bootstrap.python_env import api_tools

CASES = os.environ.get("SMARTSTACK_GENERATED_CASES", "2")
"""Requests of each kind per operation; a long run sets it higher."""
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,allow_header_conformance"
)
# The stream never ends; the last would end the very session that asks.
LEFT_OUT = ("/api/v1/live", "/api/v1/auth/logout")
LIMITS = ("ADDRESS", "PRINCIPAL", "WORKSPACE", "PORTAL", "PORTAL_WORKSPACE")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, start_stack: Any) -> Iterator[Any]:
    """The product with limits that generated requests do not reach: a 429 would say nothing about the rest."""
    with pytest.MonkeyPatch.context() as patch:
        for name in LIMITS:
            patch.setenv(f"SMARTSTACK_{name}_BURST", "1000000")
        patch.setenv("SMARTSTACK_PORTAL_BURST_BYTES", "1000000000")
        with start_stack(tmp_path_factory.mktemp("generated")) as running:
            yield running


def authorization(product: Any, caller: str) -> list[str]:
    """Return the option with the token of a new member, of a client in the portal, or of no one."""
    if caller == "anonymous":
        return []
    api = product.client()
    api.sign_up()
    if caller == "portal":
        client = api.call("POST", "/clients", json={"name": "Acme"})
        link = api.call("POST", f"/clients/{client['id']}/share-links", json={})
        api.open_portal(link["token"])
    return ["--header", f"Authorization: {api.http.headers['Authorization']}"]


@pytest.mark.parametrize("caller", ["member", "portal", "anonymous"])
def test_generated_requests_get_the_answers_that_are_described(product: Any, caller: str, tmp_path: Path) -> None:
    command = [
        str(api_tools() / "schemathesis"),
        "run",
        f"{product.url}/api/openapi.json",
        *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", CASES),
        *("--generation-deterministic", "--request-timeout", "30"),
        *("--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--no-color"),
        *(word for path in LEFT_OUT for word in ("--exclude-path", path)),
        *authorization(product, caller),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
