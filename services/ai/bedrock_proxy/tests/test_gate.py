"""Who gets through to a model, with what; refusals look like Bedrock's own."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from botocore.exceptions import ClientError
from pydantic import ValidationError

from smartstack_bedrock_proxy.settings import Settings
from smartstack_bedrock_proxy.testing import ARN, MODEL, World, new_key, sign

ASK: list[dict[str, Any]] = [{"role": "user", "content": [{"text": "Is the logo ready?"}]}]


async def post(world: World, token: str | None, *, model: str = MODEL, content: Any = None, **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    headers |= options.pop("headers", {})
    body = options.pop("body", None) or json.dumps(content or {"messages": ASK}).encode()
    async with httpx.AsyncClient(base_url=world.url) as http:
        return await http.post(f"/model/{quote(model, safe='')}/converse", content=body, headers=headers, **options)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.json().keys() == {"message"}
    return answer.status_code, answer.headers["x-amzn-errortype"], answer.headers["x-smartstack-reason"]


def _part(value: Any) -> str:
    return (
        base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode())
        .rstrip(b"=")
        .decode()
    )


def _signed_otherwise(world: World, algorithm: str, signature: Callable[[bytes], bytes]) -> str:
    """A token of good claims, whose header names another algorithm and whose signature is made by that."""
    claims = world.token().split(".")[1]
    head = _part({"alg": algorithm, "kid": "k1", "typ": "at+jwt"})
    return f"{head}.{claims}.{_part(signature(f'{head}.{claims}'.encode()))}"


def _by_our_public_key(world: World) -> str:
    """The classic: what verifies as a public key is taken for a shared secret."""
    secret = world.key.as_pem(private=False)
    return _signed_otherwise(world, "HS256", lambda content: hmac.digest(secret, content, "sha256"))


def _with_another_workspace(world: World) -> str:
    head, _, signature = world.token().split(".")
    return f"{head}.{sign(new_key(), uuid4()).split('.')[1]}.{signature}"


def _own_key_inside(world: World) -> str:
    key = new_key()
    return sign(key, uuid4(), header={"jwk": key.as_dict(private=False)})


BAD_TOKENS: dict[str, Callable[[World], str | None]] = {
    "none": lambda _: None,
    "no JWT": lambda _: "x",
    "three dots": lambda _: "a.b.c",
    "too long": lambda w: w.token() + "x" * 5000,
    "another's key": lambda w: sign(new_key(), w.workspace_id),
    "a key we do not know": lambda w: sign(new_key("k2"), w.workspace_id),
    "a key inside": _own_key_inside,
    "no key id": lambda w: sign(w.key, w.workspace_id, header={"kid": ""}),
    "HS256 with our public key": _by_our_public_key,
    "alg none": lambda w: _signed_otherwise(w, "none", lambda _: b""),
    "alg EdDSA, signed by another": lambda w: _signed_otherwise(w, "EdDSA", lambda _: bytes(64)),
    "claims exchanged": _with_another_workspace,
    "expired": lambda w: sign(w.key, w.workspace_id, iat=int(time.time()) - 90, exp=int(time.time()) - 30),
    "no expiry": lambda w: sign(w.key, w.workspace_id, exp=None),
    "lives for a day": lambda w: sign(w.key, w.workspace_id, exp=int(time.time()) + 86_400),
    "expires before it is made": lambda w: sign(w.key, w.workspace_id, iat=int(time.time()) + 100),
    "a member's audience": lambda w: sign(w.key, w.workspace_id, aud="smartstack-api"),
    "no audience": lambda w: sign(w.key, w.workspace_id, aud=None),
    "the gateway's issuer": lambda w: sign(w.key, w.workspace_id, iss="smartstack"),
    "no issuer": lambda w: sign(w.key, w.workspace_id, iss=None),
    "another type": lambda w: sign(w.key, w.workspace_id, header={"typ": "JWT"}),
    "no workspace": lambda w: sign(w.key, w.workspace_id, wid=None),
    "a workspace that is no id": lambda w: sign(w.key, w.workspace_id, wid="../other"),
    "a number for a workspace": lambda w: sign(w.key, w.workspace_id, wid=7),
    "a text for an expiry": lambda w: sign(w.key, w.workspace_id, exp="tomorrow"),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
async def test_a_bad_token_gets_nowhere_and_learns_nothing(world: World, kind: str) -> None:
    answer = await post(world, BAD_TOKENS[kind](world))
    assert refusal(answer) == (403, "AccessDeniedException", "token")
    assert answer.json() == {"message": "The workspace token is missing, invalid or expired."}
    assert (world.stub.received, world.spent()) == ([], {})


async def test_beside_a_signature_the_token_has_a_header_of_its_own(world: World) -> None:
    signature = (
        "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    )
    headers = {"Authorization": signature, "X-SmartStack-Workspace-Token": world.token()}
    assert (await post(world, None, headers=headers)).status_code == 200
    assert world.spent()["calls"] == 1


async def test_boto3_raises_what_it_raises_for_bedrock(world: World) -> None:
    client = world.boto(token="x")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.converse(modelId=MODEL, messages=ASK)
    with pytest.raises(client.exceptions.AccessDeniedException, match="access to the model"):
        world.boto().converse(modelId="anthropic.claude-other-v1:0", messages=ASK)


@pytest.mark.parametrize(
    "model", ["anthropic.claude-test-v1:0", MODEL.upper(), f"{MODEL}/", f"../{MODEL}", "*", f"{ARN}2"]
)
async def test_a_model_passes_by_its_exact_id_alone(world: World, model: str) -> None:
    assert refusal(await post(world, world.token(), model=model)) == (403, "AccessDeniedException", "model")
    assert (world.stub.received, world.spent()) == ([], {})


async def test_an_inference_profiles_arn_goes_on_as_it_is(world: World) -> None:
    assert (await post(world, world.token(), model=ARN)).status_code == 200
    assert world.stub.received[0].path == f"/model/{quote(ARN, safe='')}/converse"


async def test_bedrock_is_asked_with_our_own_signature_and_none_of_the_callers_headers(world: World) -> None:
    headers = {"X-Caller": "secret", "Cookie": "a=b", "baggage": "x=y"}
    await post(world, world.token(), headers=headers)
    sent = world.stub.received[0].headers
    assert f"{time.strftime('%Y%m%d', time.gmtime())}/eu-west-1/bedrock/aws4_request" in sent["authorization"]
    assert "host;x-amz-date" in sent["authorization"]
    assert not sent.keys() & {"x-caller", "cookie", "baggage", "x-smartstack-workspace-token"}


@pytest.mark.parametrize(
    ("asked", "passed"), [(None, 500), ({}, 500), ({"maxTokens": 20}, 20), ({"maxTokens": 10**9}, 500)]
)
async def test_the_token_limit_is_always_set_and_clamped(world: World, asked: Any, passed: int) -> None:
    config = {} if asked is None else {"inferenceConfig": {**asked, "temperature": 0.1}}
    assert (await post(world, world.token(), content={"messages": ASK, **config})).status_code == 200
    sent = world.stub.received[0].content
    assert sent["inferenceConfig"]["maxTokens"] == passed
    assert sent["messages"] == ASK


IMAGE = {"image": {"format": "png", "source": {"bytes": "AAAA"}}}
BAD_BODIES: dict[str, Any] = {
    "a picture": {"messages": [{"role": "user", "content": [IMAGE]}]},
    "a document in a result": {
        "messages": [{"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"document": {}}]}}]}]
    },
    "a picture in the system prompt": {"messages": ASK, "system": [IMAGE]},
    "a tool of the provider's": {"messages": ASK, "toolConfig": {"tools": [{"systemTool": {"name": "search"}}]}},
    "fields that we cannot read": {"messages": ASK, "additionalModelRequestFields": {"max_tokens": 10**6}},
    "another price": {"messages": ASK, "serviceTier": {"type": "priority"}},
    "a guardrail": {"messages": ASK, "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1"}},
    "a stored prompt": {"promptVariables": {"x": {"text": "y"}}},
    "no tokens": {"messages": ASK, "inferenceConfig": {"maxTokens": 0}},
    "true tokens": {"messages": ASK, "inferenceConfig": {"maxTokens": True}},
    "tokens in words": {"messages": ASK, "inferenceConfig": {"maxTokens": "many"}},
    "a config that is none": {"messages": ASK, "inferenceConfig": []},
    "messages that are none": {"messages": "hello"},
    "content that is none": {"messages": [{"role": "user", "content": 7}]},
    "a list": [1],
    "a number": 7,
}
BAD_BYTES = {
    "nothing": b" ",
    "no JSON": b"{",
    "no UTF-8": b'{"messages": "\xff"}',
    "half a character": b'{"messages": [{"role": "user", "content": [{"text": "\\ud800"}]}]}',
    "not a number": b'{"messages": [], "inferenceConfig": {"temperature": NaN}}',
    "too deep": b"[" * 100_000,
    "deep enough to be read and no further": b'{"messages": [], "toolConfig": {"x": ' + b"[" * 900 + b"]" * 900 + b"}}",
}


@pytest.mark.parametrize("kind", [*BAD_BODIES, *BAD_BYTES])
async def test_what_the_budget_cannot_foresee_is_refused(world: World, kind: str) -> None:
    body = BAD_BYTES.get(kind) or json.dumps(BAD_BODIES[kind]).encode()
    assert refusal(await post(world, world.token(), body=body)) == (400, "ValidationException", "request")
    assert (world.stub.received, world.spent()) == ([], {})


async def test_a_long_body_is_refused_before_it_is_read_whole(start: Any) -> None:
    world: World = start(max_body_bytes=1000)
    long = {"messages": [{"role": "user", "content": [{"text": "x" * 1000}]}]}
    assert refusal(await post(world, world.token(), content=long)) == (400, "ValidationException", "request")


async def test_the_kill_switch_stops_everything_before_anything_else(start: Any) -> None:
    world: World = start(kill_switch=True)
    for token in (world.token(), "x"):
        assert refusal(await post(world, token)) == (403, "AccessDeniedException", "stopped")
    with pytest.raises(ClientError, match="stopped by the operator"):
        world.boto(attempts=3).converse(modelId=MODEL, messages=ASK)
    assert (world.stub.received, world.spent()) == ([], {})


async def test_an_operator_turns_the_parameter_and_calls_stop(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartstack_bedrock_proxy.killswitch.CACHED_SECONDS", 0)
    name = f"/test/{uuid4()}/kill-switch"
    world: World = start(kill_switch_parameter=name)
    ssm = world.aws.client("ssm")
    monkeypatch.setattr("smartstack_bedrock_proxy.killswitch.AGAIN_SECONDS", 0)
    assert refusal(await post(world, world.token())) == (503, "ServiceUnavailableException", "store")
    for value, status in (("false", 200), ("true", 403), ("off", 200)):
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
        assert (await post(world, world.token())).status_code == status, value
    ssm.delete_parameter(Name=name)
    assert (await post(world, world.token())).status_code == 200, "what was known last holds"


async def test_other_paths_and_methods_are_no_operations(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.url) as http:
        health = await http.get("/health/live")
        assert (health.status_code, health.json()) == (200, {"status": "live"})
        for method, path in (
            ("GET", f"/model/{MODEL}/converse"),
            ("POST", f"/model/{MODEL}/invoke"),
            ("POST", "/model//converse"),
            ("POST", "/"),
            ("GET", "/health/ready"),
        ):
            answer = await http.request(method, path)
            assert refusal(answer) == (404, "UnknownOperationException", "no_such_operation"), path


def test_a_model_without_a_price_is_no_configuration() -> None:
    with pytest.raises(ValidationError, match="without a price"):
        Settings(
            token_keys="{}",
            allowed_models='["a", "b"]',
            model_prices='{"a": ["1", "2"]}',
            monthly_budget_usd="1",
            budget_table="t",
            prompt_log_bucket="b",
        )
