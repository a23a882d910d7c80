"""The compiled routes, over real HTTP and alone."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_chassis.core.actors import PortalClient
from smartstack_contracts import new_id
from smartstack_gateway.edge.routes import RouteTable, declared_routes, find_route
from smartstack_gateway.testing import Gateway, MakeGateway, StubUpstream

OPERATIONS = [
    (entry["upstream"], method, path, frozenset(audience))
    for path, entry in declared_routes().items()
    for method, audience in entry["methods"].items()
]


@pytest.fixture(scope="module")
async def whole(
    make_gateway: MakeGateway, serving_stub: Callable[[], AbstractAsyncContextManager[StubUpstream]]
) -> AsyncIterator[Gateway]:
    """A gateway in front of every upstream, ops included."""
    async with serving_stub() as ops, make_gateway(ops_url=ops.url) as gateway:
        gateway.upstreams["ops"] = ops
        yield gateway


@pytest.mark.parametrize(("upstream", "method", "path", "audience"), OPERATIONS, ids=str)
async def test_every_route_leads_to_its_upstream_for_its_audience_alone(
    whole: Gateway, upstream: str, method: str, path: str, audience: frozenset[str]
) -> None:
    for stub in whole.upstreams.values():
        stub.reset()
    target = re.sub(r"\{\w+\}", str(new_id()), path)
    owner, member = (whole.harness.member(role=role) for role in ("owner", "member"))
    callers = {
        "operator": whole.harness.headers(owner),
        "member": whole.harness.headers(member),
        "client": whole.harness.headers(PortalClient(new_id(), new_id(), new_id())),
    }
    admitted = audience | ({"operator"} if "member" in audience else set())
    for kind, headers in callers.items():
        status, _, _ = await whole.request(method, target, headers=headers)
        assert status == (200 if kind in admitted else 403), kind
    assert (await whole.request(method, target))[0] == 401
    seen = [(name, each.method, each.path) for name, stub in whole.upstreams.items() for each in stub.received]
    assert seen == [(upstream, method, target)] * len(admitted)


async def test_an_operation_without_security_takes_any_caller(whole: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartstack_gateway.edge.app.find_route", table("/api/v1/x", methods={"GET": []}).find)
    assert (await whole.get("/api/v1/x"))[0] == 200


def table(*templates: str, **changes: Any) -> RouteTable:
    entry = {"upstream": "tasks", "methods": {"GET": ["member"]}, **changes}
    return RouteTable(dict.fromkeys(templates, entry))


def test_a_named_segment_wins_over_a_parameter_and_leaves_other_paths_to_it() -> None:
    routes = table("/api/v1/tasks/{id}/history", "/api/v1/tasks/labels", "/api/v1/tasks/{task}")
    found = {path: routes.find(f"/api/v1/tasks/{path}") for path in ("labels", "1", "labels/history", "1/2")}
    assert {path: route and route.path for path, route in found.items()} == {
        "labels": "/api/v1/tasks/labels",
        "1": "/api/v1/tasks/{id}",
        "labels/history": "/api/v1/tasks/{id}/history",
        "1/2": None,
    }


def test_a_method_that_is_not_described_takes_the_tokens_of_the_others() -> None:
    route = table("/api/v1/x", methods={"GET": ["member"], "POST": ["client"]}).find("/api/v1/x")
    assert route is not None
    assert (route.audience("HEAD"), route.audience("PUT")) == ({"member"}, {"member", "client"})


@given(st.text())
def test_only_plain_paths_are_routed(rest: str) -> None:
    route = find_route(f"/api/v1/tasks/{rest}")
    assert route is None or all(character.isalnum() or character in "-_/" for character in rest)
    assert route is None or (".." not in rest and "//" not in rest and rest.isascii())
