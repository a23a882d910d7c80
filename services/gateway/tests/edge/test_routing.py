import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from smartstack_chassis.core.actors import PortalClient
from smartstack_contracts import new_id
from smartstack_gateway.edge.routes import find_route
from smartstack_gateway.network import client_address
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp
from smartstack_gateway.upstreams.client import Call, RetryBudget, UpstreamClient

FORGEABLE = (
    *("X-User", "X-Tenant", "X-User-Id", "X-Workspace-Id", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host"),
    *("X-Real-Ip", "Via", "Cookie", "X-Original-Url", "Proxy-Authorization", "X-Http-Method-Override", "Te"),
    *("Baggage", "Tracestate"),
)


@pytest.mark.parametrize(
    ("path", "upstream"),
    [
        ("/api/v1/clients", "comms"),
        ("/api/v1/clients/0198", "comms"),
        ("/api/v1/conversations/0198/messages", "comms"),
        ("/api/v1/portal/messages", "comms"),
        ("/api/v1/suggestions/0198/accept", "ai"),
        ("/api/v1/projects", "tasks"),
        ("/api/v1/tasks/0198/complete", "tasks"),
        ("/api/v1/ops/dead-letters/tasks-dlq/0198", "ops"),
    ],
)
def test_each_resource_has_one_upstream(path: str, upstream: str) -> None:
    route = find_route(path)
    assert route is not None
    assert route.upstream == upstream


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/clients/0198/share-links",
        "/api/v1/share-links/0198",
        "/api/v1/portal/session",
        "/api/v1/me",
        "/api/v1/clients/",
        "/api/v1//clients",
        "/api/v1/clients/../tasks",
        "/api/v1/clients/%2e%2e/health",
        "/api/v1/clients;x",
        "/api/v1/clientsx",
        "/api/v2/clients",
        "/health/ready",
        "/openapi.json",
    ],
)
def test_nothing_else_leaves_the_gateway(path: str) -> None:
    assert find_route(path) is None


async def test_a_request_reaches_its_upstream_whole(gateway: Gateway, sam: SignedUp) -> None:
    headers = {**sam.headers, "Idempotency-Key": "k1", "If-Match": '"3"', "Content-Type": "application/json"}
    url = URL(f"{gateway.url}/api/v1/tasks/0198?a=1&b=%2Fx", encoded=True)
    async with gateway.http.patch(url, headers=headers, data=b'{"title": "x"}'):
        pass
    [seen] = gateway.upstreams["tasks"].received
    assert (seen.method, seen.path, seen.query, seen.body) == (
        "PATCH",
        "/api/v1/tasks/0198",
        "a=1&b=%2Fx",
        b'{"title": "x"}',
    )
    assert seen.headers["Authorization"] == sam.headers["Authorization"]
    assert (seen.headers["Idempotency-Key"], seen.headers["If-Match"]) == ("k1", '"3"')
    assert seen.headers["Content-Type"] == "application/json"


async def test_the_answer_comes_back_whole(gateway: Gateway, sam: SignedUp) -> None:
    gateway.upstreams["tasks"].answers["/api/v1/tasks"] = lambda: web.Response(
        status=201,
        body=b'{"id": 1}',
        headers={"ETag": '"1"', "Set-Cookie": "a=b", "Server": "x"},
        content_type="application/json",
    )
    status, body, headers = await gateway.post("/api/v1/tasks", headers=sam.headers, json={"title": "x"})
    assert (status, body, headers["ETag"]) == (201, {"id": 1}, '"1"')
    assert "Set-Cookie" not in headers
    assert "Server" not in headers
    assert len(headers.getall("Date")) == 1
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


async def test_large_answers_are_streamed(gateway: Gateway, sam: SignedUp) -> None:
    large = "x" * 1_000_000
    gateway.upstreams["tasks"].answer("/api/v1/tasks", {"items": [large]})
    assert (await gateway.get("/api/v1/tasks", headers=sam.headers))[1] == {"items": [large]}


async def test_what_a_client_says_about_itself_is_not_passed_on(gateway: Gateway, sam: SignedUp) -> None:
    forged = dict.fromkeys(FORGEABLE, "forged")
    await gateway.get("/api/v1/tasks", headers={**forged, **sam.headers, "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    [seen] = gateway.upstreams["tasks"].received
    known = {"host", "accept", "accept-language", "authorization", "traceparent", "baggage", "x-request-deadline-ms"}
    assert {name.lower() for name in seen.headers} <= known
    assert "forged" not in str(seen.headers)


async def test_two_tokens_in_one_request_are_refused(gateway: Gateway, sam: SignedUp) -> None:
    headers = [("Authorization", sam.headers["Authorization"]), ("Authorization", "Bearer other")]
    assert (await gateway.get("/api/v1/tasks", headers=headers))[0] == 401
    assert gateway.upstreams["tasks"].received == []


async def test_head_asks_the_upstream_and_sends_no_body(gateway: Gateway, sam: SignedUp) -> None:
    status, body, headers = await gateway.request("HEAD", "/api/v1/tasks", headers=sam.headers)
    assert (status, body, headers["Content-Type"]) == (200, "", "application/json; charset=utf-8")
    assert (await gateway.request("HEAD", "/api/v1/me", headers=sam.headers))[0] == 200


async def test_another_origin_is_not_let_in(gateway: Gateway) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    status, _, headers = await gateway.request("OPTIONS", "/api/v1/me", headers=asked)
    assert status == 204
    assert not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/api", "/api/v1/clients/", "/health/x"])
async def test_unknown_paths_are_a_problem(gateway: Gateway, path: str) -> None:
    status, body, headers = await gateway.get(path)
    assert (status, body["code"], headers["Content-Type"]) == (404, "not_found", "application/problem+json")


async def test_a_wrong_method_is_a_problem_that_names_the_right_one(gateway: Gateway) -> None:
    status, body, headers = await gateway.get("/api/v1/auth/login")
    assert (status, body["code"], headers["Allow"]) == (405, "method_not_allowed", "POST, OPTIONS")


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/api/v1/me", "GET, HEAD, OPTIONS"),
        ("/api/v1/auth/login", "POST, OPTIONS"),
        ("/api/v1/clients/019ac6f2-0000-7000-8000-000000000000/share-links", "GET, HEAD, POST, OPTIONS"),
        ("/api/v1/live", "GET, OPTIONS"),
    ],
)
async def test_options_and_405_name_the_methods_of_that_path(gateway: Gateway, path: str, allow: str) -> None:
    status, _, headers = await gateway.request("OPTIONS", path)
    assert (status, headers["Allow"]) == (204, allow)
    status, _, headers = await gateway.request("PUT", path)
    assert (status, headers["Allow"]) == (405, allow)
    assert (await gateway.request("OPTIONS", "/api/v1/nothing"))[0] == 404


async def test_options_of_a_routed_path_are_the_upstreams_own_and_head_is_ours(gateway: Gateway) -> None:
    def answer() -> web.Response:
        return web.Response(status=204, headers={"Allow": "GET, POST, OPTIONS"})

    gateway.upstreams["tasks"].answers["/api/v1/tasks"] = answer
    status, _, headers = await gateway.request("OPTIONS", "/api/v1/tasks")
    assert (status, headers["Allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert [each.method for each in gateway.upstreams["tasks"].received] == ["OPTIONS"]


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/auth/login"])
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_megabyte_is_refused_before_it_reaches_anyone(
    gateway: Gateway, sam: SignedUp, path: str, chunked: bool
) -> None:
    async def pieces() -> Any:
        for _ in range(16):
            yield b"x" * 65536

    content = pieces() if chunked else b"x" * 1_048_576
    try:
        status, body, _ = await gateway.post(path, data=content, headers=sam.headers)
    except aiohttp.ClientConnectionError:  # the answer came, and the connection went, while we were still sending
        status, body = 413, {"code": "body_too_large"}
    assert (status, body["code"]) == (413, "body_too_large")
    assert gateway.upstreams["tasks"].received == []


async def test_chunked_bodies_within_the_limit_pass(gateway: Gateway, sam: SignedUp) -> None:
    async def pieces() -> Any:
        yield b'{"title":'
        yield b' "x"}'

    await gateway.post("/api/v1/tasks", data=pieces(), headers=sam.headers)
    assert json.loads(gateway.upstreams["tasks"].received[0].body) == {"title": "x"}


async def test_an_upstream_that_hangs_costs_the_deadline_and_no_more(gateway: Gateway, sam: SignedUp) -> None:
    gateway.upstreams["comms"].mode = "hang"
    status, body, headers = await gateway.get("/api/v1/clients", headers=sam.headers)
    assert (status, body["code"], headers["Retry-After"]) == (504, "comms_timeout", "2")


async def test_an_upstream_that_hangs_takes_no_other_with_it(make_gateway: MakeGateway) -> None:
    async with make_gateway(upstream_seconds=2, request_slots=60, requests_waiting=0) as gateway:
        member = await gateway.sign_up()
        gateway.upstreams["comms"].mode = "hang"
        stuck = [asyncio.create_task(gateway.get("/api/v1/clients", headers=member.headers)) for _ in range(60)]
        while gateway.upstreams["comms"].connections < 60:
            await asyncio.sleep(0.01)
        assert (await gateway.get("/api/v1/tasks", headers=member.headers))[0] == 200
        assert not any(task.done() for task in stuck)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def test_a_broken_connection_is_503_and_a_post_is_tried_once(gateway: Gateway, sam: SignedUp) -> None:
    gateway.upstreams["tasks"].mode = "reset"
    before = gateway.upstreams["tasks"].connections
    status, body, headers = await gateway.post("/api/v1/tasks", headers=sam.headers, json={"title": "x"})
    assert (status, body["code"], headers["Retry-After"]) == (503, "tasks_unavailable", "2")
    assert headers["Content-Type"] == "application/problem+json"
    assert gateway.upstreams["tasks"].connections == before + 1


async def test_an_upstream_that_sheds_is_believed_and_not_asked_again(gateway: Gateway, sam: SignedUp) -> None:
    gateway.upstreams["tasks"].answers["/api/v1/tasks"] = lambda: web.json_response(
        {"code": "overloaded"}, status=503, content_type="application/problem+json", headers={"Retry-After": "1"}
    )
    status, body, headers = await gateway.get("/api/v1/tasks", headers=sam.headers)
    assert (status, body["code"], headers["Retry-After"]) == (503, "overloaded", "1")
    assert len(gateway.upstreams["tasks"].received) == 1


async def test_the_upstream_learns_how_long_it_is_waited_for_from_the_gateway_alone(
    gateway: Gateway, sam: SignedUp
) -> None:
    await gateway.get("/api/v1/tasks", headers={**sam.headers, "X-Request-Deadline-Ms": "999999"})
    [seen] = gateway.upstreams["tasks"].received
    assert 0 < int(seen.headers["X-Request-Deadline-Ms"]) <= 1500


async def test_an_upstream_that_is_down_is_503(make_gateway: MakeGateway) -> None:
    async with make_gateway(tasks_url="http://127.0.0.1:9") as gateway:
        member = await gateway.sign_up()
        status, body, _ = await gateway.get("/api/v1/tasks", headers=member.headers)
        assert (status, body["code"]) == (503, "tasks_unavailable")


async def test_an_upstreams_crash_page_becomes_a_problem(gateway: Gateway, sam: SignedUp) -> None:
    gateway.upstreams["tasks"].answers["/api/v1/tasks"] = lambda: web.Response(status=500, text="Internal Server Error")
    status, body, _ = await gateway.get("/api/v1/tasks", headers=sam.headers)
    assert (status, body["code"]) == (503, "tasks_unavailable")


async def test_an_upstreams_own_problem_passes(gateway: Gateway, sam: SignedUp) -> None:
    gateway.upstreams["tasks"].answers["/api/v1/tasks"] = lambda: web.json_response(
        {"code": "x", "status": 500}, status=500, content_type="application/problem+json"
    )
    assert (await gateway.get("/api/v1/tasks", headers=sam.headers))[1]["code"] == "x"


async def test_what_was_refused_is_tried_again_within_a_budget_and_a_post_never(
    make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []
    attempt = UpstreamClient._attempt

    async def counted(upstreams: UpstreamClient, call: Call, *, resent: int) -> aiohttp.ClientResponse:
        attempts.append(call.method)
        return await attempt(upstreams, call, resent=resent)

    monkeypatch.setattr(UpstreamClient, "_attempt", counted)
    async with make_gateway(tasks_url="http://127.0.0.1:9") as gateway:
        member = await gateway.sign_up()
        for _ in range(40):
            await gateway.get("/api/v1/tasks", headers=member.headers)
        assert 40 < attempts.count("GET") <= 44
        for _ in range(20):
            await gateway.post("/api/v1/tasks", headers=member.headers, json={})
        assert attempts.count("POST") == 20


@given(st.integers(1, 2000))
def test_retries_add_a_tenth_at_most(requests: int) -> None:
    budget = RetryBudget()
    retries = 0
    for _ in range(requests):
        budget.earn()
        retries += budget.spend()
    assert retries <= requests / 10


async def test_tokens_of_clients_and_members_open_only_their_own_doors(gateway: Gateway, sam: SignedUp) -> None:
    client = PortalClient(new_id(), new_id(), new_id())
    portal = gateway.harness.headers(client)
    for path in ("/api/v1/clients", "/api/v1/tasks", "/api/v1/suggestions", "/api/v1/conversations", "/api/v1/me"):
        status, body, _ = await gateway.get(path, headers=portal)
        assert (status, body["code"]) == (403, "members_only")
    status, body, _ = await gateway.get("/api/v1/portal/messages", headers=sam.headers)
    assert (status, body["code"]) == (403, "clients_only")
    assert (await gateway.get("/api/v1/portal/messages", headers=portal))[0] == 200
    assert [len(upstream.received) for upstream in gateway.upstreams.values()] == [0, 1, 0]


@given(st.lists(st.ip_addresses().map(str), max_size=4), st.integers(1, 3))
def test_only_what_trusted_proxies_wrote_counts_as_the_address(hops: list[str], proxies: int) -> None:
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", ", ".join(hops).encode())]}
    assert client_address(scope, 0) == "10.0.0.1"
    assert client_address(scope, proxies) == (hops[-proxies] if len(hops) >= proxies else "10.0.0.1")
