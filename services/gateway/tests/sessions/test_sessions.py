import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import argon2
import asyncpg
import pytest

from smartstack_contracts import new_id
from smartstack_contracts.events.gateway import AccessRevoked, WorkspaceCreated
from smartstack_gateway.testing import DEVICE_COOKIE, REFRESH_COOKIE, Gateway, MakeGateway, SignedUp, cookie_of

HASH_OF = """
    SELECT credentials.password_hash FROM gateway.credentials JOIN gateway.users ON users.id = user_id WHERE email = $1
"""


async def test_signing_up_gives_a_session_and_a_cookie_that_scripts_cannot_read(gateway: Gateway) -> None:
    email = f"{new_id().hex}@Example.com"
    asked = {"email": email, "password": " spaces count ", "name": "Sam", "workspace_name": "Studio"}
    status, body, headers = await gateway.post("/api/v1/auth/signup", json={**asked, "timezone": "Europe/London"})
    assert status == 201
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["user"]["email"] == email.lower()
    assert body["workspace"]["timezone"] == "Europe/London"
    assert {"HttpOnly", "SameSite=strict", "Path=/api/v1/auth"} <= set(headers["Set-Cookie"].split("; "))
    status, me, _ = await gateway.get("/api/v1/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert (status, me["role"], me["user"], me["workspace"]) == (200, "owner", body["user"], body["workspace"])


@pytest.mark.parametrize(
    "unknown", ["Etc/Unknown", "localtime", "posixrules", "Factory", "FACTORY", "Mars/Olympus", "../../etc/passwd", ""]
)
async def test_a_zone_that_browsers_do_not_know_becomes_utc_and_the_answer_says_so(
    gateway: Gateway, unknown: str
) -> None:
    member = await gateway.sign_up(timezone=unknown)
    assert (member.body["workspace"]["timezone"], member.body["timezone_replaced"]) == ("UTC", unknown)
    events = [e for e in await gateway.harness.published() if str(e.subject) == member.body["workspace"]["id"]]
    assert [e.data.timezone for e in events if isinstance(e.data, WorkspaceCreated)] == ["UTC"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Europe/London", "Europe/London"), ("europe/london", "Europe/London"), ("Asia/Calcutta", "Asia/Calcutta")],
)
async def test_a_zone_that_browsers_know_is_kept_under_its_name(gateway: Gateway, sent: str, kept: str) -> None:
    member = await gateway.sign_up(timezone=sent)
    assert (member.body["workspace"]["timezone"], member.body["timezone_replaced"]) == (kept, None)


async def test_a_workspace_that_has_an_unknown_zone_reads_as_utc(gateway: Gateway, sam: SignedUp) -> None:
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        change = "UPDATE gateway.workspaces SET timezone = 'localtime' WHERE id = $1::uuid"
        await connection.execute(change, sam.body["workspace"]["id"])
    finally:
        await connection.close()
    refreshed = await gateway.refresh(sam.cookie)
    login = {"email": sam.email, "password": "correct horse battery"}
    answers = [refreshed, await gateway.post("/api/v1/auth/login", json=login)]
    answers.append(await gateway.get("/api/v1/me", headers=sam.headers))
    assert [body["workspace"]["timezone"] for _, body, _ in answers] == ["UTC"] * 3
    assert (await gateway.get("/api/v1/today", headers=sam.headers))[1]["timezone"] == "UTC"


async def test_signing_up_is_announced_once_with_the_zone(gateway: Gateway) -> None:
    member = await gateway.sign_up(timezone="America/New_York")
    events = [e for e in await gateway.harness.published() if str(e.subject) == member.body["workspace"]["id"]]
    assert [(e.type, e.sequence, e.data.timezone) for e in events] == [
        ("smartstack.gateway.workspace_created.v1", 1, "America/New_York")
    ]


async def test_the_cookie_is_sent_over_https_alone_unless_local(make_gateway: MakeGateway) -> None:
    async with make_gateway(cookie_secure=True) as gateway:
        asked = {"email": "a@example.com", "password": "quilted marmot pier", "name": "A", "workspace_name": "W"}
        _, _, headers = await gateway.post("/api/v1/auth/signup", json=asked)
        assert "Secure" in headers["Set-Cookie"].split("; ")
        assert "max-age" in headers["Strict-Transport-Security"]


async def test_a_taken_address_is_refused_in_any_spelling(gateway: Gateway, sam: SignedUp) -> None:
    again = {"email": sam.email.upper(), "password": "quilted marmot pier", "name": "X", "workspace_name": "Y"}
    status, body, _ = await gateway.post("/api/v1/auth/signup", json=again)
    assert (status, body["code"]) == (409, "email_taken")


async def test_of_many_who_take_an_address_at_once_one_wins(gateway: Gateway) -> None:
    asked = {
        "email": f"{new_id().hex}@example.com",
        "password": "quilted marmot pier",
        "name": "X",
        "workspace_name": "Y",
    }
    answers = await asyncio.gather(*(gateway.post("/api/v1/auth/signup", json=asked) for _ in range(8)))
    assert sorted(status for status, _, _ in answers) == [201] + [409] * 7


async def test_a_sign_up_whose_answer_got_lost_can_be_sent_again(gateway: Gateway) -> None:
    asked = {
        "email": f"{new_id().hex}@example.com",
        "password": "quilted marmot pier",
        "name": "X",
        "workspace_name": "Y",
    }
    key = {"Idempotency-Key": "lost"}
    answers = await asyncio.gather(*(gateway.post("/api/v1/auth/signup", json=asked, headers=key) for _ in range(8)))
    assert [status for status, _, _ in answers] == [201] * 8
    assert len({(body["user"]["id"], body["workspace"]["id"]) for _, body, _ in answers}) == 1
    assert len({body["access_token"] for _, body, _ in answers}) == 8
    made = [each for each in await gateway.harness.published() if isinstance(each.data, WorkspaceCreated)]
    assert [str(each.subject) for each in made].count(answers[0][1]["workspace"]["id"]) == 1


@pytest.mark.parametrize("change", [{"name": "Other"}, {"password": "another umbrella fjord"}])
async def test_the_key_of_a_sign_up_opens_no_other_account(gateway: Gateway, change: dict[str, str]) -> None:
    asked = {
        "email": f"{new_id().hex}@example.com",
        "password": "quilted marmot pier",
        "name": "X",
        "workspace_name": "Y",
    }
    headers = {"Idempotency-Key": "k"}
    assert (await gateway.post("/api/v1/auth/signup", json=asked, headers=headers))[0] == 201
    assert (await gateway.post("/api/v1/auth/signup", json={**asked, **change}, headers=headers))[0] in (401, 409)
    assert (await gateway.post("/api/v1/auth/signup", json=asked, headers={"Idempotency-Key": "j"}))[0] == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a@b@example.com"),
        ("email", "a\x00b@example.com"),
        ("email", "a" * 250 + "@example.com"),
        ("password", "too short!!"),
        ("password", "x" * 201),
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "x" * 201),
        ("workspace_name", "   "),
        ("workspace_name", "\u200b\u2067"),
        ("timezone", "x" * 101),
        ("timezone", "a\x00b"),
        ("timezone", 7),
        ("role", "owner"),
        ("name", 7),
    ],
)
async def test_bad_sign_ups_name_the_field(gateway: Gateway, field: str, value: Any) -> None:
    asked = {
        "email": "x@example.com",
        "password": "quilted marmot pier",
        "name": "X",
        "workspace_name": "Y",
        field: value,
    }
    status, body, headers = await gateway.post("/api/v1/auth/signup", json=asked)
    assert status == 422
    assert headers["Content-Type"] == "application/problem+json"
    assert [entry["field"] for entry in body["errors"]] == [field]


async def test_a_bad_password_says_what_a_good_one_is(gateway: Gateway) -> None:
    asked = {"email": "x@example.com", "password": "short", "name": "X", "workspace_name": "Y"}
    _, body, _ = await gateway.post("/api/v1/auth/signup", json=asked)
    assert body["errors"][0]["message"] == "A password has 12 to 200 characters."


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"{}", "text/plain"),
        (b'{"name":"\\ud800"}', "application/json"),
    ],
)
async def test_what_is_no_json_object_is_a_clear_422(gateway: Gateway, content: bytes, kind: str) -> None:
    status, body, _ = await gateway.post("/api/v1/auth/login", data=content, headers={"Content-Type": kind})
    assert (status, body["code"]) == (422, "invalid")


async def test_what_is_no_text_is_a_clear_400(gateway: Gateway) -> None:
    headers = {"Content-Type": "application/json"}
    status, body, _ = await gateway.post("/api/v1/auth/login", data=b"\xff", headers=headers)
    assert (status, body["status"]) == (400, 400)


async def test_logging_in_takes_any_spelling_of_the_address(gateway: Gateway, sam: SignedUp) -> None:
    asked = {"email": f" {sam.email.upper()} ", "password": "correct horse battery"}
    status, body, _ = await gateway.post("/api/v1/auth/login", json=asked)
    assert (status, body["user"]["email"]) == (200, sam.email)


async def test_a_wrong_password_and_an_unknown_address_look_the_same(gateway: Gateway, sam: SignedUp) -> None:
    wrong = await gateway.post("/api/v1/auth/login", json={"email": sam.email, "password": "not this one"})
    unknown = await gateway.post("/api/v1/auth/login", json={"email": "nobody@example.com", "password": "not this one"})
    assert wrong[0] == unknown[0] == 401
    assert wrong[1] | {"trace_id": ""} == unknown[1] | {"trace_id": ""}
    assert wrong[2]["WWW-Authenticate"] == "Bearer"


async def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(
    gateway: Gateway, sam: SignedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = argon2.PasswordHasher.verify

    def seen(hasher: argon2.PasswordHasher, encoded: str, password: bytes) -> bool:
        checked.append(encoded.rsplit("$", 2)[0])
        return verify(hasher, encoded, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", seen)
    for email in (sam.email, "nobody@example.com"):
        await gateway.post("/api/v1/auth/login", json={"email": email, "password": "not this one"})
    assert checked == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


async def test_passwords_are_kept_as_argon2id_hashes_of_enough_cost(gateway: Gateway, sam: SignedUp) -> None:
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        kept = await connection.fetchval(HASH_OF, sam.email)
    finally:
        await connection.close()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_the_cookie_renews_the_session_and_changes_each_time(gateway: Gateway, sam: SignedUp) -> None:
    status, body, headers = await gateway.refresh(sam.cookie)
    assert (status, body["user"], body["workspace"]) == (200, sam.body["user"], sam.body["workspace"])
    following = headers["Set-Cookie"].split(";")[0].split("=")[1]
    assert following != sam.cookie
    assert (await gateway.refresh(following))[0] == 200


async def test_no_cookie_or_an_unknown_one_is_401_and_cleared(gateway: Gateway) -> None:
    for headers in ({}, {"Cookie": "smartstack_refresh_8000=unknown"}):
        status, body, answered = await gateway.post("/api/v1/auth/refresh", headers=headers)
        assert (status, body["status"]) == (401, 401)
        assert "Max-Age=0" in answered["Set-Cookie"]


@pytest.fixture
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets repeats come as late as a machine under load may send them."""
    monkeypatch.setattr("smartstack_gateway.sessions.domain.REPEAT_WINDOW", timedelta(hours=1))


async def rotated_ago(gateway: Gateway, seconds: int) -> None:
    """Let all exchanges of refresh tokens have happened this much earlier."""
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        earlier = "UPDATE gateway.refresh_tokens SET used_at = used_at - make_interval(secs => $1)"
        await connection.execute(earlier, float(seconds))
    finally:
        await connection.close()


@pytest.mark.usefixtures("slow_machine")
async def test_a_refresh_whose_answer_got_lost_works_again(gateway: Gateway, sam: SignedUp) -> None:
    lost = await gateway.refresh(sam.cookie)
    status, body, headers = await gateway.refresh(sam.cookie)
    assert (status, body["user"]) == (200, sam.body["user"])
    assert cookie_of(headers) == cookie_of(lost[2]) != sam.cookie
    assert (await gateway.get("/api/v1/me", headers={"Authorization": f"Bearer {body['access_token']}"}))[0] == 200
    assert (await gateway.refresh(cookie_of(headers)))[0] == 200
    assert await revoked_by(gateway, sam) == []


@pytest.mark.usefixtures("slow_machine")
async def test_a_late_repeat_gets_the_newest_cookie_of_a_browser_that_went_on(gateway: Gateway, sam: SignedUp) -> None:
    second = cookie_of((await gateway.refresh(sam.cookie))[2])
    third = cookie_of((await gateway.refresh(second))[2])
    status, _, headers = await gateway.refresh(sam.cookie)
    assert (status, cookie_of(headers)) == (200, third)
    assert (await gateway.refresh(third))[0] == 200


async def test_a_repeat_outlives_neither_a_log_out_nor_the_account(gateway: Gateway, sam: SignedUp) -> None:
    second = cookie_of((await gateway.refresh(sam.cookie))[2])
    await gateway.log_out(second)
    assert (await gateway.refresh(sam.cookie))[1]["code"] == "session_over"


@pytest.mark.parametrize("stolen", ["later", "elsewhere"])
async def test_a_stolen_cookie_ends_the_whole_family(gateway: Gateway, sam: SignedUp, stolen: str) -> None:
    _, renewed, headers = await gateway.refresh(sam.cookie)
    newest = cookie_of(headers)
    if stolen == "later":
        await rotated_ago(gateway, 31)
    agent = {"User-Agent": "another browser"} if stolen == "elsewhere" else {}
    cookie = {"Cookie": f"{REFRESH_COOKIE}={sam.cookie}"}
    status, body, _ = await gateway.post("/api/v1/auth/refresh", headers={**cookie, **agent})
    assert (status, body["code"]) == (401, "refresh_reused")
    assert (await gateway.refresh(newest))[0] == 401
    for token in (sam.token, renewed["access_token"]):
        assert (await gateway.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}))[0] == 401
    assert await revoked_by(gateway, sam) == [session_of(sam.token)]


async def test_another_device_cookie_is_another_device(gateway: Gateway, sam: SignedUp) -> None:
    assert (await gateway.refresh(sam.cookie))[0] == 200
    cookie = f"{REFRESH_COOKIE}={sam.cookie}; {DEVICE_COOKIE}=another"
    assert (await gateway.post("/api/v1/auth/refresh", headers={"Cookie": cookie}))[1]["code"] == "refresh_reused"


@pytest.mark.parametrize("uses", [5, 100])
@pytest.mark.usefixtures("slow_machine")
async def test_many_uses_of_one_cookie_at_the_same_time_share_one_session(
    gateway: Gateway, sam: SignedUp, uses: int
) -> None:
    async def served() -> tuple[int, Any, Any]:
        # On a machine too slow to serve all of them in time, the last get a Retry-After, and retry.
        while (answer := await gateway.refresh(sam.cookie))[0] == 503:
            await asyncio.sleep(0.1)
        return answer

    answers = await asyncio.gather(*(served() for _ in range(uses)))
    assert {status for status, _, _ in answers} == {200}
    [following] = {cookie_of(headers) for _, _, headers in answers}
    assert {session_of(body["access_token"]) for _, body, _ in answers} == {session_of(sam.token)}
    assert await revoked_by(gateway, sam) == []
    assert (await gateway.refresh(following))[0] == 200
    await rotated_ago(gateway, 3601)
    assert (await gateway.refresh(sam.cookie))[1]["code"] == "refresh_reused"
    assert (await gateway.refresh(following))[0] == 401


async def test_logging_out_ends_cookie_and_access_token_on_own_and_routed_paths(
    gateway: Gateway, sam: SignedUp
) -> None:
    assert (await gateway.get("/api/v1/clients", headers=sam.headers))[0] == 200
    assert await gateway.log_out(sam.cookie) == 204
    assert (await gateway.refresh(sam.cookie))[0] == 401
    assert (await gateway.get("/api/v1/me", headers=sam.headers))[1]["code"] == "session_over"
    assert (await gateway.get("/api/v1/clients", headers=sam.headers))[1]["code"] == "session_over"
    assert await gateway.log_out(sam.cookie) == 204


async def revoked_by(gateway: Gateway, person: Any) -> list[str]:
    """Return what the gateway let the services know as revoked in this person's workspace."""
    published = await gateway.harness.published()
    own = [item for item in published if str(item.workspaceid) == person.body["workspace"]["id"]]
    return [str(item.data.access_id) for item in own if isinstance(item.data, AccessRevoked)]


def session_of(token: str) -> str:
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=="))["sid"])


async def test_logging_out_is_made_known_to_the_services_once(gateway: Gateway, sam: SignedUp) -> None:
    for _ in range(2):
        assert await gateway.log_out(sam.cookie) == 204
    assert await revoked_by(gateway, sam) == [session_of(sam.token)]


async def test_a_session_ended_because_its_cookie_was_used_twice_is_made_known_to_the_services_once(
    gateway: Gateway, sam: SignedUp
) -> None:
    await gateway.refresh(sam.cookie)
    assert await revoked_by(gateway, sam) == []
    await rotated_ago(gateway, 31)
    for _ in range(2):
        assert (await gateway.refresh(sam.cookie))[0] == 401
    assert await revoked_by(gateway, sam) == [session_of(sam.token)]


async def test_logging_out_leaves_other_sessions_alone(gateway: Gateway, sam: SignedUp) -> None:
    asked = {"email": sam.email, "password": "correct horse battery"}
    _, other, _ = await gateway.post("/api/v1/auth/login", json=asked)
    await gateway.log_out(sam.cookie)
    assert (await gateway.get("/api/v1/me", headers={"Authorization": f"Bearer {other['access_token']}"}))[0] == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("path", ["refresh", "logout", "login", "signup"])
async def test_another_sites_page_cannot_use_the_cookie(
    gateway: Gateway, sam: SignedUp, path: str, headers: dict[str, str]
) -> None:
    cookie = {"Cookie": f"smartstack_refresh_8000={sam.cookie}"}
    status, body, _ = await gateway.post(f"/api/v1/auth/{path}", headers={**cookie, **headers}, json={})
    assert (status, body["code"]) == (403, "foreign_origin")
    assert (await gateway.refresh(sam.cookie))[0] == 200


async def test_our_own_page_may_use_the_cookie(gateway: Gateway, sam: SignedUp) -> None:
    headers = {
        "Cookie": f"smartstack_refresh_8000={sam.cookie}",
        "Origin": gateway.url,
        "Sec-Fetch-Site": "same-origin",
    }
    assert (await gateway.post("/api/v1/auth/refresh", headers=headers))[0] == 200
