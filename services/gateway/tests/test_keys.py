"""The signing keys: how they change while the gateway runs."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from smartstack_chassis.auth.tokens import Signer
from smartstack_chassis.testing.harness import test_key
from smartstack_contracts import new_id
from smartstack_gateway.keys import KeyRing
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.testing import MakeGateway


def document(*keys: tuple[OKPKey, dict[str, int]]) -> str:
    return json.dumps({"keys": [{**key.as_dict(private=True), **times} for key, times in keys]})


def kid_of(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


async def test_a_new_key_is_published_before_it_signs_and_the_former_one_until_it_expires() -> None:
    new, former = test_key(), test_key()
    now = [100.0]
    ring = KeyRing(document((new, {"nbf": 200}), (former, {"exp": 900})), now=lambda: now[0])
    seen = []
    for now[0] in (100.0, 199.0, 200.0, 899.0, 900.0):
        accepted = [kid for kid in (new.kid, former.kid) if await ring.find(str(kid)) is not None]
        published = [key["kid"] for key in ring.public_jwks["keys"]]
        assert published == accepted
        seen.append((ring.signer.key.kid, len(published)))
    assert seen == [(former.kid, 2), (former.kid, 2), (new.kid, 2), (new.kid, 2), (new.kid, 1)]


def test_what_is_published_has_no_private_part_and_no_times() -> None:
    ring = KeyRing(document((test_key(), {"nbf": 1, "exp": 2**40})))
    assert ring.public_jwks["keys"][0].keys() == {"kty", "crv", "x", "kid", "use", "alg"}


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "OKP"}]}', '{"keys": [5]}', None]
)
async def test_a_file_that_cannot_be_used_changes_no_key(tmp_path: Path, broken: str | None) -> None:
    key, file = test_key(), tmp_path / "keys.json"
    file.write_text(document((key, {})))
    ring = KeyRing(file.read_text(), file)
    file.unlink()
    if broken is not None:
        file.write_text(broken)
    ring.reload()
    assert ring.signer.key.kid == key.kid
    following = test_key()
    file.write_text(document((following, {})))
    ring.reload()
    assert ring.signer.key.kid == following.kid
    assert await ring.find(str(key.kid)) is None


async def test_a_running_gateway_signs_with_the_new_key_and_refuses_the_retired_one(
    make_gateway: MakeGateway, tmp_path: Path
) -> None:
    old, new = test_key(), test_key()
    file = tmp_path / "keys.json"
    file.write_text(document((old, {})))
    async with make_gateway(jwt_keys=None, jwt_keys_file=file) as gateway:
        sam = await gateway.sign_up()
        former = {"Authorization": f"Bearer {sam.token}"}
        assert (await gateway.get("/api/v1/me", headers=former))[0] == 200

        file.write_text(document((new, {}), (old, {"exp": int(time.time()) + 1000})))
        gateway.harness.runtime.settings.key_ring.reload()
        status, renewed, headers = await gateway.refresh(sam.cookie)
        assert (status, kid_of(renewed["access_token"])) == (200, new.kid)
        assert (await gateway.get("/api/v1/me", headers=former))[0] == 200
        current = {"Authorization": f"Bearer {renewed['access_token']}"}
        assert (await gateway.get("/api/v1/me", headers=current))[0] == 200

        file.write_text(document((new, {})))
        gateway.harness.runtime.settings.key_ring.reload()
        # The token was verified, and remembered, a moment ago.
        assert (await gateway.get("/api/v1/me", headers=former))[0] == 401
        assert (await gateway.get("/api/v1/me", headers=current))[0] == 200
        assert headers["Set-Cookie"]


async def test_the_running_gateway_reads_the_file_by_itself(make_gateway: MakeGateway, tmp_path: Path) -> None:
    old, new = test_key(), test_key()
    file = tmp_path / "keys.json"
    file.write_text(document((old, {})))
    async with make_gateway(jwt_keys=None, jwt_keys_file=file) as gateway:
        file.write_text(document((new, {})))
        headers = {"Authorization": f"Bearer {Signer(old).member(gateway.harness.member())}"}
        while (await gateway.get("/api/v1/tasks", headers=headers))[0] != 401:
            assert (await gateway.get("/.well-known/jwks.json"))[0] == 200
        assert [key["kid"] for key in (await gateway.get("/.well-known/jwks.json"))[1]["keys"]] == [new.kid]


@pytest.mark.parametrize("share_key", [None, "a" * 43])
async def test_a_repeated_request_gets_the_same_share_token_after_a_rotation(
    make_gateway: MakeGateway, tmp_path: Path, share_key: str | None
) -> None:
    old, new = test_key(), test_key()
    file = tmp_path / "keys.json"
    file.write_text(document((old, {})))
    async with make_gateway(jwt_keys=None, jwt_keys_file=file, share_key=share_key) as gateway:
        sam, client = await gateway.sign_up(), new_id()
        gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"name": "Acme", "version": 1})
        headers = {**sam.headers, "Idempotency-Key": "once"}
        made = (await gateway.post(f"/api/v1/clients/{client}/share-links", headers=headers, json={}))[1]
        file.write_text(document((new, {}), (old, {"exp": int(time.time()) + 1000})))
        gateway.harness.runtime.settings.key_ring.reload()
        again = (await gateway.post(f"/api/v1/clients/{client}/share-links", headers=headers, json={}))[1]
        assert again == made
        assert (await gateway.post("/api/v1/portal/session", json={"token": again["token"]}))[0] == 200


@pytest.mark.parametrize("values", [{}, {"jwt_keys": '{"keys": []}'}, {"share_key": "short"}])
def test_settings_without_usable_keys_are_refused(values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMARTSTACK_JWT_KEYS", raising=False)
    keys = {"jwt_keys": document((test_key(), {}))} if "share_key" in values else {}
    with pytest.raises(ValidationError):
        GatewaySettings(database_url="postgresql+asyncpg://a@b/c", **keys, **values)
