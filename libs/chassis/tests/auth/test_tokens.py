"""A token is accepted when it is ours, whole, in time and for its purpose; everything else is refused alike."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from smartstack_chassis.auth.tokens import JwksKeys, Signer, StaticKeys, TokenVerifier
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.core.errors import Unauthenticated, Unavailable
from smartstack_chassis.testing.forgeries import forged_tokens, good_token
from smartstack_chassis.testing.harness import test_key as make_key
from smartstack_contracts import new_id

KEY = make_key()
OTHER = make_key()
MEMBER = Member(new_id(), new_id(), new_id(), "admin")
CLIENT = PortalClient(new_id(), new_id(), new_id())


def verifier(now: Callable[[], float] = time.time) -> TokenVerifier:
    return TokenVerifier(StaticKeys({KEY.kid: KEY}), now=now)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {
        "iss": "smartstack",
        "aud": "smartstack-api",
        "sub": str(MEMBER.user_id),
        "wid": str(MEMBER.workspace_id),
        "sid": str(MEMBER.session_id),
        "role": "admin",
        "iat": now,
        "exp": now + 600,
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    made = {"alg": "Ed25519", "kid": KEY.kid, "typ": "at+jwt"} | changes
    return {name: value for name, value in made.items() if value is not None}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(head: dict[str, Any], body: Any, key: OKPKey = KEY) -> str:
    """Sign whatever is asked for, with a library's checks out of the way."""
    text = f"{part(head)}.{part(body)}"
    private = key.private_key
    assert private is not None
    return f"{text}.{part(private.sign(text.encode()))}"  # type: ignore[union-attr, call-arg]


def with_hmac(secret: bytes) -> str:
    text = f"{part(header(alg='HS256'))}.{part(claims())}"
    return f"{text}.{part(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def by(algorithm: str, key: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(header(alg=algorithm), claims(), key, algorithms=[algorithm])


GOOD = signed(header(), claims())
HEAD, BODY, SIGNATURE = GOOD.split(".")
FORGED = {
    "empty": "",
    "no dots": "abc",
    "two dots only": "..",
    "none": f"{part(header(alg='none'))}.{part(claims())}.",
    "None": f"{part(header(alg='None'))}.{part(claims())}.",
    "NONE": f"{part(header(alg='NONE'))}.{part(claims())}.",
    "none with a signature": f"{part(header(alg='none'))}.{part(claims())}.{SIGNATURE}",
    "no signature": f"{HEAD}.{BODY}.",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.x",
    "other claims under a signature": f"{HEAD}.{part(claims(role='owner'))}.{SIGNATURE}",
    "other header under a signature": f"{part(header(extra=1))}.{BODY}.{SIGNATURE}",
    "signature cut": GOOD[:-4],
    "signature of zeros": f"{HEAD}.{BODY}.{part(bytes(64))}",
    "somebody else's key": signed(header(), claims(), OTHER),
    "unknown kid": signed(header(kid="other"), claims(), OTHER),
    "no kid": signed(header(kid=None), claims()),
    "kid is a path": signed(header(kid="../../dev/null"), claims()),
    "kid is sql": signed(header(kid="' OR 1=1 --"), claims()),
    "kid is a list": signed(header(kid=[KEY.kid]), claims()),
    "kid is null": f"{part({'alg': 'Ed25519', 'kid': None, 'typ': 'at+jwt'})}.{BODY}.{SIGNATURE}",
    "hmac with the public key": with_hmac(json.dumps(KEY.as_dict(private=False)).encode()),
    "hmac with the raw public key": with_hmac(base64.urlsafe_b64decode(KEY.as_dict(private=False)["x"] + "==")),
    "hmac with nothing": with_hmac(b""),
    "hs512": by("HS512", OctKey.generate_key(512)),
    "rs256": by("RS256", RSAKey.generate_key(2048)),
    "es256": by("ES256", ECKey.generate_key("P-256")),
    "eddsa by its old name": signed(header(alg="EdDSA"), claims()),
    "jwk in the header": signed(header(kid="x", jwk=OTHER.as_dict(private=False)), claims(), OTHER),
    "jku in the header": signed(header(kid="x", jku="http://127.0.0.1:1/jwks.json"), claims(), OTHER),
    "x5u in the header": signed(header(kid="x", x5u="http://127.0.0.1:1/cert"), claims(), OTHER),
    "critical extension": signed(header(crit=["exp"]), claims()),
    "typ JWT": signed(header(typ="JWT"), claims()),
    "no typ": signed(header(typ=None), claims()),
    "refresh token as access token": signed(header(typ="rt+jwt"), claims()),
    "wrong issuer": signed(header(), claims(iss="evil")),
    "no issuer": signed(header(), claims(iss=None)),
    "wrong audience": signed(header(), claims(aud="other")),
    "no audience": signed(header(), claims(aud=None)),
    "both audiences": signed(header(), claims(aud=["smartstack-api", "smartstack-portal"])),
    "expired": signed(header(), claims(exp=int(time.time()) - 10)),
    "no expiry": signed(header(), claims(exp=None)),
    "expiry is text": signed(header(), claims(exp="tomorrow")),
    "issued in the future": signed(header(), claims(iat=int(time.time()) + 3600)),
    "not yet valid": signed(header(), claims(nbf=int(time.time()) + 3600)),
    "no workspace": signed(header(), claims(wid=None)),
    "workspace is a number": signed(header(), claims(wid=7)),
    "workspace is no id": signed(header(), claims(wid="1 OR 1=1")),
    "no subject": signed(header(), claims(sub=None)),
    "unknown role": signed(header(), claims(role="root")),
    "no role": signed(header(), claims(role=None)),
    "member's claims for the portal": signed(header(), claims(aud="smartstack-portal")),
    "claims are a list": signed(header(), [claims()]),
    "claims are no json": signed(header(), b"{"),
    "header is no json": f"{part(b'{')}.{BODY}.{SIGNATURE}",
    "header is a list": f"{part([header()])}.{BODY}.{SIGNATURE}",
    "over the length": f"{HEAD}.{part(claims(pad='x' * 5000))}.{SIGNATURE}",
    "not base64": f"{HEAD}.{BODY}.***",
    "not ascii": "é.é.é",
}


async def test_a_good_token_says_who_it_is() -> None:
    assert await verifier().verify(GOOD) == MEMBER
    assert await verifier().verify(Signer(KEY).member(MEMBER)) == MEMBER
    assert await verifier().verify(Signer(KEY).portal(CLIENT)) == CLIENT
    assert isinstance(await verifier().verify(good_token(KEY)), Member)


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().verify(token)


@pytest.mark.parametrize("token", forged_tokens(KEY).values(), ids=forged_tokens(KEY).keys())
async def test_a_token_of_the_shared_corpus_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().verify(token)


@given(st.text(max_size=200) | st.text(alphabet="abcAB01._-=", max_size=200))
async def test_arbitrary_text_is_refused_and_never_fails_otherwise(token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().verify(token)


async def test_a_remembered_token_is_forgotten_when_it_expires() -> None:
    clock = time.time()
    checking = verifier(now=lambda: clock)
    assert await checking.verify(GOOD) == MEMBER
    clock += 1000
    with pytest.raises(Unauthenticated):
        await checking.verify(GOOD)


async def _jwks(keys: list[OKPKey]) -> tuple[TestServer, list[int]]:
    asked: list[int] = []

    async def answer(_: web.Request) -> web.Response:
        asked.append(1)
        return web.json_response({"keys": [key.as_dict(private=False) for key in keys]})

    app = web.Application()
    app.router.add_get("/jwks", answer)
    server = TestServer(app)
    await server.start_server()
    return server, asked


async def test_a_new_key_is_fetched_when_it_first_shows_up() -> None:
    published = [KEY]
    server, _ = await _jwks(published)
    checking = TokenVerifier(JwksKeys(str(server.make_url("/jwks")), min_interval=0))
    assert await checking.verify(Signer(KEY).member(MEMBER)) == MEMBER
    published.append(OTHER)
    assert await checking.verify(Signer(OTHER).member(MEMBER)) == MEMBER
    await server.close()


async def test_a_retired_key_is_refused_once_the_keys_are_read_again() -> None:
    published = [KEY, OTHER]
    server, _ = await _jwks(published)
    checking = TokenVerifier(JwksKeys(str(server.make_url("/jwks")), min_interval=0, max_age=0))
    assert await checking.verify(Signer(OTHER).member(MEMBER)) == MEMBER
    published.remove(OTHER)
    with pytest.raises(Unauthenticated):
        while True:
            # The first of these starts the fetch, and does not wait for it.
            await checking.verify(Signer(OTHER).member(MEMBER))
            await asyncio.sleep(0.01)
    await server.close()


async def test_known_keys_are_used_while_their_source_hangs_or_is_gone() -> None:
    server, asked = await _jwks([KEY])
    keys = JwksKeys(str(server.make_url("/jwks")), min_interval=0, max_age=0)
    assert await keys.find(KEY.kid) is not None
    await server.close()
    for _ in range(20):
        assert await keys.find(KEY.kid) is not None
        await asyncio.sleep(0)
    assert len(asked) >= 1


async def test_a_request_with_a_known_key_never_waits_for_the_fetch_that_another_waits_for() -> None:
    hanging, asked = asyncio.Event(), []

    async def answer(_: web.Request) -> web.Response:
        asked.append(1)
        if len(asked) > 1:
            await hanging.wait()
        return web.json_response({"keys": [KEY.as_dict(private=False)]})

    app = web.Application()
    app.router.add_get("/jwks", answer)
    server = TestServer(app)
    await server.start_server()
    keys = JwksKeys(str(server.make_url("/jwks")), min_interval=0, max_age=0)
    await keys.find(KEY.kid)
    waiting = [asyncio.create_task(keys.find("unknown")) for _ in range(5)]
    while len(asked) < 2:
        await asyncio.sleep(0.005)
    assert await keys.find(KEY.kid) is not None
    assert not any(task.done() for task in waiting)
    hanging.set()
    assert await asyncio.gather(*waiting) == [None] * 5
    assert len(asked) == 2
    await server.close()


async def test_keys_that_could_not_be_read_for_too_long_are_no_longer_trusted() -> None:
    server, _ = await _jwks([KEY])
    keys = JwksKeys(str(server.make_url("/jwks")), min_interval=0, max_age=0, max_stale=0.2)
    await keys.find(KEY.kid)
    await server.close()
    await asyncio.sleep(0.25)
    with pytest.raises(Unavailable):
        await keys.find(KEY.kid)


async def test_a_flood_of_unknown_keys_does_not_become_a_flood_of_fetches() -> None:
    server, asked = await _jwks([KEY])
    checking = TokenVerifier(JwksKeys(str(server.make_url("/jwks")), min_interval=60))
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await checking.verify(Signer(make_key()).member(MEMBER))
    assert len(asked) == 1
    await server.close()


async def test_without_any_key_the_answer_is_not_now_rather_than_no() -> None:
    checking = TokenVerifier(JwksKeys("http://127.0.0.1:9/jwks", min_interval=0))
    with pytest.raises(Unavailable):
        await checking.verify(GOOD)


@pytest.mark.parametrize("nonsense", [[], {"keys": 7}, "no JSON"])
async def test_an_unknown_key_is_not_refused_while_the_last_fetch_failed(nonsense: Any) -> None:
    documents: list[Any] = [{"keys": [KEY.as_dict(private=False)]}, nonsense]

    async def answer(_: web.Request) -> web.Response:
        document = documents.pop(0)
        return web.Response(text=document) if isinstance(document, str) else web.json_response(document)

    app = web.Application()
    app.router.add_get("/jwks", answer)
    server = TestServer(app)
    await server.start_server()
    keys = JwksKeys(str(server.make_url("/jwks")), min_interval=0)
    rotated = TokenVerifier(keys)
    assert await rotated.verify(GOOD) == MEMBER
    with pytest.raises(Unavailable):
        await rotated.verify(Signer(OTHER).member(MEMBER))
    keys._min_interval = 60
    with pytest.raises(Unavailable):
        await rotated.verify(Signer(OTHER).member(MEMBER))
    assert await rotated.verify(GOOD) == MEMBER, "known keys stay in use"
    keys._min_interval = 0
    documents.append({"keys": [OTHER.as_dict(private=False)]})
    assert await rotated.verify(Signer(OTHER).member(MEMBER)) == MEMBER
    await server.close()
