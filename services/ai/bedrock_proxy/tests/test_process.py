"""The proxy as a process: configured by its environment alone, quick to start, silent about what it knows."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from smartstack_bedrock_proxy.testing import MODEL, World, bedrock_client, new_key, sign

HEAVY = {"boto3", "fastapi", "sqlalchemy", "pydantic_ai", "faststream", "smartstack_chassis", "opentelemetry.sdk"}


@pytest.fixture
def environment(world: World) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    account = world.aws.account
    return {
        "PATH": os.environ["PATH"],
        "SMARTSTACK_HTTP_PORT": str(port),
        "SMARTSTACK_TOKEN_KEYS": json.dumps({"keys": [world.key.as_dict(private=False)]}),
        "SMARTSTACK_ALLOWED_MODELS": json.dumps([MODEL]),
        "SMARTSTACK_MODEL_PRICES": json.dumps({MODEL: [3, 15]}),
        "SMARTSTACK_MONTHLY_BUDGET_USD": "5",
        "SMARTSTACK_BUDGET_TABLE": world.aws.table,
        "SMARTSTACK_PROMPT_LOG_BUCKET": world.aws.bucket,
        "SMARTSTACK_BEDROCK_UPSTREAM": world.stub_url,
        "AWS_REGION": account.region,
        "AWS_ENDPOINT_URL": account.endpoint_url,
        "AWS_ACCESS_KEY_ID": account.access_key,
        "AWS_SECRET_ACCESS_KEY": "a-secret-key",
    }


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen([sys.executable, "-m", "smartstack_bedrock_proxy"], env=environment, stderr=log)
        try:
            yield started, f"http://127.0.0.1:{environment['SMARTSTACK_HTTP_PORT']}", tmp_path / "log"
        finally:
            started.kill()
            started.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            if httpx.get(f"{url}/health/live").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_process_answers_and_ends_when_told(world: World, process: Any) -> None:
    started, url, log = process
    _wait(url)
    ask: Any = [{"role": "user", "content": [{"text": "the client's secret wish"}]}]
    token = world.token()
    assert bedrock_client(url, token).converse(modelId=MODEL, messages=ask)["stopReason"] == "end_turn"
    foreign = sign(new_key(), uuid4())
    assert (
        httpx.post(f"{url}/model/{MODEL}/converse", headers={"Authorization": f"Bearer {foreign}"}).status_code == 403
    )
    assert world.spent()["calls"] == 1
    started.terminate()
    assert started.wait(10) in {0, -15}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "refused: token" in [line["message"] for line in lines]
    for secret in ("secret wish", token, foreign, "a-secret-key"):
        assert secret not in log.read_text()


def test_it_imports_nothing_that_a_cold_start_would_wait_for(environment: dict[str, str]) -> None:
    code = "import json, sys, smartstack_bedrock_proxy.main; print(json.dumps(list(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    assert HEAVY & set(json.loads(loaded.stdout)) == set()
