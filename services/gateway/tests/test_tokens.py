"""A corpus of tokens that must open nothing, at the gateway's own endpoints and on the routed path."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from smartstack_chassis.testing import test_key
from smartstack_chassis.tokens import Signer
from smartstack_contracts import new_id

Parts = tuple[dict[str, Any], dict[str, Any]]


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def private_of(key: Any) -> Ed25519PrivateKey:
    d = key.as_dict(private=True)["d"]
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(d + "=" * (-len(d) % 4)))


def signed(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    content = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{content}.{encode(sign(content.encode()))}"


def good(gateway: Any) -> Parts:
    now = int(time.time())
    header = {"alg": "Ed25519", "kid": gateway.harness.signer.key.kid, "typ": "at+jwt"}
    claims = {
        "iss": "smartstack",
        "aud": "smartstack-api",
        "sub": str(new_id()),
        "wid": str(new_id()),
        "sid": str(new_id()),
        "role": "owner",
        "iat": now,
        "exp": now + 600,
        "jti": "x",
    }
    return header, claims


CHANGED_HEADERS: dict[str, dict[str, Any]] = {
    "none": {"alg": "none"},
    "None": {"alg": "None"},
    "EdDSA": {"alg": "EdDSA"},
    "Ed448": {"alg": "Ed448"},
    "no alg": {"alg": None},
    "alg list": {"alg": ["Ed25519"]},
    "RS256": {"alg": "RS256"},
    "unknown kid": {"kid": "other"},
    "no kid": {"kid": None},
    "kid list": {"kid": ["a"]},
    "kid path": {"kid": "../../../../dev/null"},
    "kid sql": {"kid": "' OR '1'='1"},
    "kid long": {"kid": "k" * 5000},
    "kid nul": {"kid": "a\x00b"},
    "typ JWT": {"typ": "JWT"},
    "typ refresh": {"typ": "rt+jwt"},
    "no typ": {"typ": None},
    "crit": {"crit": ["exp"]},
    "crit unknown": {"crit": ["x"], "x": 1},
    "b64": {"b64": False, "crit": ["b64"]},
}
CHANGED_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": 1_000_000_000},
    "no exp": {"exp": None},
    "exp text": {"exp": "never"},
    "exp infinite": {"exp": float("inf")},
    "other issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "other audience": {"aud": "other"},
    "both audiences": {"aud": ["smartstack-api", "smartstack-portal"]},
    "no audience": {"aud": None},
    "no subject": {"sub": None},
    "subject no id": {"sub": "1"},
    "no workspace": {"wid": None},
    "workspace no id": {"wid": "' OR true"},
    "no session": {"sid": None},
    "no role": {"role": None},
    "role unknown": {"role": "root"},
    "future": {"nbf": 9_999_999_999},
    "portal without client": {"aud": "smartstack-portal"},
}


def changed(original: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**original, **changes}.items() if value is not None}


def corpus(gateway: Any) -> dict[str, str]:
    """Return every bad token by what is wrong with it."""
    header, claims = good(gateway)
    ours, theirs = private_of(gateway.harness.signer.key), Ed25519PrivateKey.generate()
    public = ours.public_key()
    tokens = {name: signed(changed(header, change), claims, ours.sign) for name, change in CHANGED_HEADERS.items()}
    tokens |= {name: signed(header, changed(claims, change), ours.sign) for name, change in CHANGED_CLAIMS.items()}
    tokens |= {f"unsigned {alg}": signed({**header, "alg": alg}, claims, lambda _: b"") for alg in ("none", "Ed25519")}
    for name, secret in {
        "raw": public.public_bytes(Encoding.Raw, PublicFormat.Raw),
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "empty": b"",
    }.items():

        def mac(content: bytes, secret: bytes = secret) -> bytes:
            return hmac.new(secret, content, hashlib.sha256).digest()

        tokens[f"HS256 with the public key, {name}"] = signed({**header, "alg": "HS256"}, claims, mac)
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": encode(theirs.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
    }
    tokens["a key of theirs"] = signed(header, claims, theirs.sign)
    tokens["jwk"] = signed({**header, "jwk": jwk}, claims, theirs.sign)
    tokens["jwk, kid of theirs"] = signed(
        {**header, "kid": "theirs", "jwk": {**jwk, "kid": "theirs"}}, claims, theirs.sign
    )
    tokens["jku"] = signed({**header, "kid": "theirs", "jku": "https://evil.example/jwks"}, claims, theirs.sign)
    tokens["x5u"] = signed({**header, "kid": "theirs", "x5u": "https://evil.example/c"}, claims, theirs.sign)
    whole = signed(header, claims, ours.sign)
    first, second, third = whole.split(".")
    tokens["other claims under a good signature"] = (
        f"{first}.{encode(json.dumps({**claims, 'role': 'admin'}).encode())}.{third}"
    )
    tokens["cut short"] = whole[:-4]
    tokens["two parts"] = f"{first}.{second}"
    tokens["four parts"] = f"{whole}.{third}"
    tokens["five parts"] = ".".join([first, second, third, first, second])
    tokens["words"] = "not a token"
    tokens["dots"] = ".."
    tokens["a number for a header"] = f"{encode(b'5')}.{second}.{third}"
    tokens["a list for claims"] = signed(header, [1], ours.sign)  # type: ignore[arg-type]
    tokens["long"] = whole + "A" * 5000
    tokens["latin"] = "\xe9.\xe9.\xe9"
    return tokens


async def test_the_corpus_is_made_of_tokens_that_would_be_good(gateway: Any) -> None:
    header, claims = good(gateway)
    token = signed(header, claims, private_of(gateway.harness.signer.key).sign)
    assert (await gateway.get("/api/v1/tasks", headers={"Authorization": f"Bearer {token}"}))[0] == 200


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/tasks", "/api/v1/portal/messages", "/api/v1/live"])
async def test_no_forged_token_opens_anything(gateway: Any, path: str) -> None:
    tokens = corpus(gateway)
    assert len(tokens) >= 50
    for name, token in tokens.items():
        status, body, headers = await gateway.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (status, body["code"]) == (401, "invalid_token"), name
        assert headers["WWW-Authenticate"] == "Bearer", name
    assert [len(owner.received) for owner in gateway.owners.values()] == [0, 0, 0]


async def test_a_refresh_cookie_and_a_share_token_are_no_access_tokens(gateway: Any, sam: Any) -> None:
    for path in ("/api/v1/me", "/api/v1/tasks"):
        assert (await gateway.get(path, headers={"Authorization": f"Bearer {sam.cookie}"}))[0] == 401


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic c2FtOng=", "bearer"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/tasks"])
async def test_no_token_is_401(gateway: Any, path: str, value: str) -> None:
    status, body, _ = await gateway.get(path, headers={"Authorization": value} if value else {})
    assert (status, body["code"]) == (401, "invalid_token")


async def test_an_access_token_renews_nothing(gateway: Any, sam: Any) -> None:
    assert (await gateway.refresh(sam.token))[0] == 401


async def test_keys_can_be_changed_while_their_tokens_are_in_use(make_gateway: Any) -> None:
    old, new, retired = test_key(), test_key(), test_key()
    keys = json.dumps({"keys": [key.as_dict(private=True) for key in (new, old)]})
    async with make_gateway(jwt_keys=keys) as gateway:
        member = gateway.harness.member()
        for key, status in ((new, 200), (old, 200), (retired, 401)):
            headers = {"Authorization": f"Bearer {Signer(key).member(member)}"}
            assert (await gateway.get("/api/v1/tasks", headers=headers))[0] == status
        somebody = await gateway.sign_up()
        header = somebody.token.split(".")[0]
        assert json.loads(base64.urlsafe_b64decode(header + "=="))["kid"] == new.kid
        published = (await gateway.get("/.well-known/jwks.json"))[1]["keys"]
        assert [key["kid"] for key in published] == [new.kid, old.kid]
