"""Signing in without a password: what each connection brings along."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from botocore.exceptions import NoCredentialsError
from sqlalchemy import event
from sqlalchemy.engine import Engine

from smartstack_chassis.database.engine import create_engine
from smartstack_chassis.database.iam import Tokens, sign_in_with_iam

HOST = "db.example.internal"


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def tokens(_credentials: None) -> Iterator[Tokens]:
    made = sign_in_with_iam("eu-west-1")
    yield made
    event.remove(Engine, "do_connect", made.provide)


async def test_every_new_connection_brings_a_token_for_its_own_role(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    async def connect(**parameters: Any) -> None:
        seen.append(parameters)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncpg, "connect", connect)
    engine = create_engine(f"postgresql+asyncpg://tasks_app@{HOST}:5432/smartstack?ssl=require")
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            async with engine.connect():
                pass

    assert len(seen) == 2
    assert all(each["password"].startswith(f"{HOST}:5432/?Action=connect&DBUser=tasks_app&X-Amz-") for each in seen)
    assert seen[0]["ssl"] == "require"


def test_a_token_is_signed_for_the_database_and_lasts_a_quarter_of_an_hour(tokens: Tokens) -> None:
    query = parse_qs(urlsplit(f"https://{tokens.token(HOST, 5432, 'ai_migrator')}").query)

    assert query["DBUser"] == ["ai_migrator"]
    assert query["X-Amz-Expires"] == ["900"]
    assert query["X-Amz-Credential"][0].endswith("/eu-west-1/rds-db/aws4_request")
    assert len(query["X-Amz-Signature"][0]) == 64


def test_a_process_without_credentials_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(NoCredentialsError):
        Tokens("eu-west-1").token(HOST, 5432, "tasks_app")
