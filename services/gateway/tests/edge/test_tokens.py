"""A corpus of tokens that must open nothing, at the gateway's own endpoints and on the routed path."""

import base64
import json

import pytest

from smartstack_chassis.auth.tokens import Signer
from smartstack_chassis.testing.forgeries import forged_tokens, good_token
from smartstack_chassis.testing.harness import test_key
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp


async def test_the_corpus_is_made_of_tokens_that_would_be_good(gateway: Gateway) -> None:
    token = good_token(gateway.harness.signer.key)
    assert (await gateway.get("/api/v1/tasks", headers={"Authorization": f"Bearer {token}"}))[0] == 200


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/tasks", "/api/v1/portal/messages", "/api/v1/live"])
async def test_no_forged_token_opens_anything(gateway: Gateway, path: str) -> None:
    tokens = forged_tokens(gateway.harness.signer.key)
    assert len(tokens) >= 50
    for name, token in tokens.items():
        status, body, headers = await gateway.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (status, body["code"]) == (401, "invalid_token"), name
        assert headers["WWW-Authenticate"] == "Bearer", name
    assert [len(upstream.received) for upstream in gateway.upstreams.values()] == [0, 0, 0]


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/tasks"])
async def test_forged_tokens_count_against_the_address_that_they_came_from(
    make_gateway: MakeGateway, path: str
) -> None:
    async with make_gateway(address_burst=3, address_per_second=0.001) as gateway:
        token = forged_tokens(gateway.harness.signer.key)["a header of 1,500 nested lists"]
        answers = [await gateway.get(path, headers={"Authorization": f"Bearer {token}"}) for _ in range(5)]
        assert [status for status, _, _ in answers] == [401, 401, 401, 429, 429]


async def test_a_refresh_cookie_and_a_share_token_are_no_access_tokens(gateway: Gateway, sam: SignedUp) -> None:
    for path in ("/api/v1/me", "/api/v1/tasks"):
        assert (await gateway.get(path, headers={"Authorization": f"Bearer {sam.cookie}"}))[0] == 401


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic c2FtOng=", "bearer"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/tasks"])
async def test_no_token_is_401(gateway: Gateway, path: str, value: str) -> None:
    status, body, _ = await gateway.get(path, headers={"Authorization": value} if value else {})
    assert (status, body["code"]) == (401, "invalid_token")


async def test_an_access_token_renews_nothing(gateway: Gateway, sam: SignedUp) -> None:
    assert (await gateway.refresh(sam.token))[0] == 401


async def test_keys_can_be_changed_while_their_tokens_are_in_use(make_gateway: MakeGateway) -> None:
    old, new, retired = test_key(), test_key(), test_key()
    keys = json.dumps({"keys": [key.as_dict(private=True) for key in (new, old)]})
    async with make_gateway(jwt_keys=keys) as gateway:
        member = gateway.harness.member()
        for key, status in ((new, 200), (old, 200), (retired, 401)):
            headers = {"Authorization": f"Bearer {Signer(key).member(member)}"}
            assert (await gateway.get("/api/v1/tasks", headers=headers))[0] == status
        user = await gateway.sign_up()
        header = user.token.split(".")[0]
        assert json.loads(base64.urlsafe_b64decode(header + "=="))["kid"] == new.kid
        published = (await gateway.get("/.well-known/jwks.json"))[1]["keys"]
        assert [key["kid"] for key in published] == [new.kid, old.kid]
