"""Hostile input: every endpoint answers a clear 4xx."""

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from smartstack_contracts import new_id
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp

JSON = {"Content-Type": "application/json"}
POSTS = ["/api/v1/auth/signup", "/api/v1/auth/login", "/api/v1/portal/session", "/api/v1/clients/{id}/share-links"]
NASTY = {
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 40_000,
    "huge number": b'{"token": ' + b"9" * 10_000 + b"}",
    "infinite": b'{"token": 1e999}',
    "nan": b'{"token": NaN}',
    "half a pair": b'{"token": "\\ud800"}',
    "NUL": b'{"email": "a\\u0000@example.com", "token": "\\u0000"}',
    "twice": b'{"token": "a", "token": 5}',
    "unknown": b'{"__proto__": {"x": 1}}',
    "list": b"[]",
    "text": b'"x"',
    "null": b"null",
    "nothing": b"",
    "broken": b'{"token": "',
    "bytes": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("path", POSTS)
async def test_every_post_survives_bad_bodies(gateway: Gateway, sam: SignedUp, path: str) -> None:
    client = new_id()
    gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"name": "Acme", "version": 1})
    for name, body in NASTY.items():
        url = path.replace("{id}", str(client))
        status, answer, headers = await gateway.post(url, data=body, headers={**sam.headers, **JSON})
        assert status in (400, 404, 422), (name, status, answer)
        assert headers["Content-Type"] == "application/problem+json", name
        assert answer["code"], name


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_other_content_types_are_422(gateway: Gateway, kind: str) -> None:
    body = json.dumps({"token": "x"}).encode()
    status, _, _ = await gateway.post("/api/v1/portal/session", data=body, headers={"Content-Type": kind})
    assert status == 422


@pytest.mark.parametrize("bad", ["1", "x", "0" * 32 + "x", "%00", "' OR 1=1"])
async def test_ids_that_are_none_are_4xx(gateway: Gateway, sam: SignedUp, bad: str) -> None:
    for method, path in (("DELETE", f"/api/v1/share-links/{bad}"), ("GET", f"/api/v1/clients/{bad}/share-links")):
        status, body, _ = await gateway.request(method, path, headers=sam.headers)
        assert status in (404, 422), (method, path)
        assert body["code"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=W10", "cursor=" + "x" * 5000]
)
async def test_bad_pages_are_422(gateway: Gateway, sam: SignedUp, query: str) -> None:
    client = new_id()
    gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"name": "Acme", "version": 1})
    status, _, _ = await gateway.get(f"/api/v1/clients/{client}/share-links?{query}", headers=sam.headers)
    assert status == 422


async def raw(gateway: Gateway, content: bytes) -> bytes:
    host = urlsplit(gateway.url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    writer.write(content)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_a_query_that_is_no_ascii_is_refused(gateway: Gateway, sam: SignedUp) -> None:
    head = f"Host: localhost\r\nAuthorization: Bearer {sam.token}\r\nConnection: close\r\n\r\n".encode()
    answer = await raw(gateway, b"GET /api/v1/tasks?q=\xc3\xa9 HTTP/1.1\r\n" + head)
    assert answer.split(b" ")[1] in (b"400", b"422")
    assert gateway.upstreams["tasks"].received == []


async def test_a_body_that_dawdles_is_cut_off_whoever_would_take_it(make_gateway: MakeGateway) -> None:
    head = "Host: localhost\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"
    async with make_gateway(body_seconds=0.2, request_slots=1, requests_waiting=0) as gateway:
        for path in ("tasks", "auth/login", "auth/signup", "portal/session", "traces"):
            answer = await raw(gateway, f"POST /api/v1/{path} HTTP/1.1\r\n{head}".encode() + b'{"title"')
            assert answer.startswith(b"HTTP/1.1 408 "), path
            assert b"application/problem+json" in answer


async def test_a_body_that_dawdles_holds_no_slot(make_gateway: MakeGateway) -> None:
    head = "Host: localhost\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"
    async with make_gateway(body_seconds=10, request_slots=1, requests_waiting=0) as gateway:
        member = await gateway.sign_up()
        slow = [asyncio.create_task(raw(gateway, f"POST /api/v1/tasks HTTP/1.1\r\n{head}".encode())) for _ in range(4)]
        await asyncio.sleep(0.1)
        assert (await gateway.get("/api/v1/tasks", headers=member.headers))[0] == 200
        assert not any(task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_two_lengths_are_refused(gateway: Gateway, sam: SignedUp) -> None:
    head = f"Host: localhost\r\nAuthorization: Bearer {sam.token}\r\nContent-Length: 5\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n"
    answer = await raw(gateway, f"POST /api/v1/tasks HTTP/1.1\r\n{head}0\r\n\r\nGET /x HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert gateway.upstreams["tasks"].received == []


async def test_asking_for_the_head_of_the_stream_does_not_hang(gateway: Gateway, sam: SignedUp) -> None:
    assert (await gateway.request("HEAD", "/api/v1/live", headers=sam.headers))[0] == 405


async def test_a_page_of_another_name_can_neither_sign_in_nor_load_the_app(make_gateway: MakeGateway) -> None:
    async with make_gateway(public_url="https://smartstack.example", allowed_hosts="alias.example, other") as gateway:
        for host, status in (("evil.example", 421), ("smartstack.example", 401), ("alias.example:8000", 401)):
            asked = {"email": "sam@example.com", "password": "correct horse battery"}
            answer = await gateway.post("/api/v1/auth/login", json=asked, headers={"Host": host})
            assert answer[0] == status, host
        for path in ("/", "/api/openapi.json", "/.well-known/jwks.json", "/api/v1/tasks"):
            assert (await gateway.get(path, headers={"Host": "evil.example"}))[0] == 421
        assert (await gateway.get("/health/live", headers={"Host": "10.0.0.1"}))[0] == 200
