from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from smartstack_contracts import new_id
from smartstack_gateway.retention.commands import delete_expired
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp


def lines(headers: Any) -> dict[str, str]:
    return {line.split("=", 1)[0]: line for line in headers.getall("Set-Cookie", [])}


def asked() -> dict[str, str]:
    email = f"{new_id().hex}@example.com"
    return {"email": email, "password": "correct horse battery", "name": "Sam", "workspace_name": "Studio"}


async def test_over_https_no_other_host_can_set_the_cookies(make_gateway: MakeGateway) -> None:
    async with make_gateway(cookie_secure=True) as gateway:
        _, _, headers = await gateway.post("/api/v1/auth/signup", json=asked())
        set_now = lines(headers)
        assert set(set_now) == {"__Host-smartstack_refresh", "__Host-smartstack_device"}
        for line in set_now.values():
            attributes = line.split("; ")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(attributes)
            assert not [each for each in attributes if each.lower().startswith("domain")]


async def test_installations_on_other_ports_have_cookies_of_their_own(make_gateway: MakeGateway) -> None:
    async with make_gateway(public_url="http://127.0.0.1:8123") as gateway:
        _, _, headers = await gateway.post("/api/v1/auth/signup", json=asked())
        set_now = lines(headers)
        assert set(set_now) == {"smartstack_refresh_8123", "smartstack_device_8123"}
        secret = set_now["smartstack_refresh_8123"].split(";")[0].partition("=")[2]
        foreign = {"Cookie": f"smartstack_refresh_8000={secret}"}
        assert (await gateway.post("/api/v1/auth/refresh", headers=foreign))[0] == 401
        both = {"Cookie": f"smartstack_refresh_8000=x; smartstack_refresh_8123={secret}"}
        assert (await gateway.post("/api/v1/auth/refresh", headers=both))[0] == 200


async def test_logging_out_takes_the_cookie_away_even_when_it_fails(
    gateway: Gateway, sam: SignedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartstack_gateway.sessions import commands as identity

    async def down(*_: Any) -> None:
        raise ConnectionError("the database is down")

    monkeypatch.setattr(identity, "log_out", down)
    cookie = {"Cookie": f"smartstack_refresh_8000={sam.cookie}"}
    status, body, headers = await gateway.post("/api/v1/auth/logout", headers=cookie)
    assert (status, body["code"]) == (503, "unavailable")
    assert "Max-Age=0" in lines(headers)["smartstack_refresh_8000"]


async def test_logging_out_takes_the_cookie_away_when_there_are_too_many_requests(make_gateway: MakeGateway) -> None:
    async with make_gateway(address_burst=1, address_per_second=0.001) as gateway:
        await gateway.post("/api/v1/auth/logout")
        status, _, headers = await gateway.post("/api/v1/auth/logout")
        assert status == 429
        assert "Max-Age=0" in lines(headers)["smartstack_refresh_8000"]


async def test_a_foreign_page_cannot_take_the_cookie_away(gateway: Gateway) -> None:
    status, _, headers = await gateway.post("/api/v1/auth/logout", headers={"Origin": "https://evil.example"})
    assert (status, lines(headers)) == (403, {})


async def test_signing_in_ends_the_session_whose_cookie_it_replaces(gateway: Gateway, sam: SignedUp) -> None:
    cookie = {"Cookie": f"smartstack_refresh_8000={sam.cookie}"}
    login = {"email": sam.email, "password": "correct horse battery"}
    assert (await gateway.post("/api/v1/auth/login", json=login, headers=cookie))[0] == 200
    assert (await gateway.refresh(sam.cookie))[0] == 401
    assert (await gateway.get("/api/v1/me", headers=sam.headers))[1]["code"] == "session_over"


async def test_ended_idle_and_expired_sessions_are_removed_in_batches_and_live_ones_stay(gateway: Gateway) -> None:
    people = [await gateway.sign_up() for _ in range(6)]
    ids = [person.body["user"]["id"] for person in people]
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    change = "UPDATE gateway.sessions SET {} WHERE user_id = ANY($1::uuid[])"
    try:
        await connection.execute(change.format("revoked_at = now() - interval '2 days'"), ids[:2])
        await connection.execute(change.format("expires_at = now() - interval '2 days'"), ids[2:4])
        await connection.execute(change.format("created_at = now() - interval '40 days'"), ids[4:])
        tokens = "session_id IN (SELECT id FROM gateway.sessions WHERE user_id = $1::uuid)"
        await connection.execute(
            f"UPDATE gateway.refresh_tokens SET expires_at = now() - interval '2 days' WHERE {tokens}", ids[4]
        )
        await delete_expired(gateway.harness.uow, timedelta(hours=1), batch=2)
        left = await connection.fetch("SELECT user_id FROM gateway.sessions WHERE user_id = ANY($1::uuid[])", ids)
        assert [str(row[0]) for row in left] == [ids[5]]
        assert await connection.fetchval(f"SELECT count(*) FROM gateway.refresh_tokens WHERE {tokens}", ids[4]) == 0
    finally:
        await connection.close()
    assert (await gateway.refresh(people[5].cookie))[0] == 200
