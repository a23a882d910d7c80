"""How the engine shows who it is: a bearer token, or SigV4 for a Lambda function with the token in a signed header."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from joserfc import jwt
from opentelemetry.sdk.trace import TracerProvider

from smartstack_ai.llm.bedrock import telemetry
from smartstack_ai.llm.bedrock.engine import BedrockEngine
from smartstack_ai.settings import AiSettings
from smartstack_ai.values import SourceText
from smartstack_bedrock_proxy.stub import Stub, serving
from smartstack_bedrock_proxy.testing import ARN, new_key

ACCESS_KEY, SECRET, SESSION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a-session-token"
KEY = new_key("ai-1")
WORKSPACE = uuid4()
SOURCE = SourceText(
    "Could you send the wireframes?", datetime(2026, 11, 23, 9, tzinfo=UTC), ZoneInfo("UTC"), "inbound", WORKSPACE
)


@pytest.fixture
def bedrock() -> Iterator[tuple[Stub, str]]:
    stub = Stub()
    with serving(stub) as url:
        yield stub, url


@pytest.fixture(autouse=True)
def role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)


def engine(url: str, auth: str) -> BedrockEngine:
    values: dict[str, Any] = {
        "database_url": "unused",
        "engine": "bedrock",
        "bedrock_url": url,
        "bedrock_model": ARN,
        "bedrock_auth": auth,
        "bedrock_token_key": json.dumps(KEY.as_dict(private=True)),
    }
    return BedrockEngine(AiSettings(**values))


def claims(token: str) -> Any:
    decoded = jwt.decode(token, KEY, algorithms=["Ed25519"])
    assert decoded.header == {"alg": "Ed25519", "kid": "ai-1", "typ": "at+jwt"}
    return decoded.claims


def signature(method: str, path: str, headers: Mapping[str, str], body: bytes, signed: list[str], scope: str) -> str:
    """SigV4 from its description: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
    canonical = "\n".join(
        [
            method,
            quote(path, safe="/-_.~"),
            "",
            *(f"{name}:{' '.join(headers[name].split())}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    key = b"AWS4" + SECRET.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{hashed}".encode(), "sha256").hex()


async def test_locally_the_workspace_token_is_the_bearer_token(bedrock: tuple[Stub, str]) -> None:
    stub, url = bedrock
    assert (await engine(url, "bearer").answer(SOURCE)).engine == "bedrock"
    sent = stub.received[0].headers
    scheme, _, token = sent["authorization"].partition(" ")
    told = claims(token)
    assert (scheme, told["iss"], told["aud"]) == ("Bearer", "smartstack-ai", "smartstack-bedrock-proxy")
    assert (told["wid"], told["exp"] - told["iat"]) == (str(WORKSPACE), 60)
    assert abs(told["iat"] - time.time()) < 10
    assert not [name for name in sent if name.startswith("x-amz-security")], "no credentials of the role go along"


async def test_before_a_lambda_function_the_call_is_signed_for_it_and_the_token_is_covered(
    bedrock: tuple[Stub, str],
) -> None:
    stub, url = bedrock
    assert (await engine(url, "iam").answer(SOURCE)).engine == "bedrock"
    (request,) = stub.received
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    access_key, _, scope = parts["Credential"].partition("/")
    signed = parts["SignedHeaders"].split(";")
    assert (algorithm, access_key) == ("AWS4-HMAC-SHA256", ACCESS_KEY)
    assert scope == f"{request.headers['x-amz-date'][:8]}/eu-west-1/lambda/aws4_request"
    assert {"host", "x-amz-date", "x-amz-security-token", "x-smartstack-workspace-token"} <= set(signed)
    expected = signature("POST", request.path, request.headers, request.body, signed, scope)
    assert parts["Signature"] == expected
    assert claims(request.headers["x-smartstack-workspace-token"])["wid"] == str(WORKSPACE)


async def test_every_call_has_a_token_of_its_own(bedrock: tuple[Stub, str]) -> None:
    stub, url = bedrock
    reading = engine(url, "bearer")
    for _ in range(3):
        await reading.answer(SOURCE)
    assert len({claims(each.headers["authorization"].split()[1])["jti"] for each in stub.received}) == 3


async def test_the_call_carries_the_trace_on(bedrock: tuple[Stub, str], monkeypatch: pytest.MonkeyPatch) -> None:
    stub, url = bedrock
    monkeypatch.setattr(telemetry, "tracer", TracerProvider().get_tracer("test"))
    answer = await engine(url, "iam").answer(SOURCE)
    assert answer.call is not None
    assert stub.received[0].headers["traceparent"].split("-")[1] == answer.call.trace_id
