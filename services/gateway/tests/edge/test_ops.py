"""The way to the ops process: where there is one, and for whom."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from smartstack_chassis.core.actors import PortalClient
from smartstack_contracts import new_id
from smartstack_gateway.testing import Gateway, MakeGateway

PATH = "/api/v1/ops/dead-letters/tasks-dlq/redrive"


@pytest.fixture(scope="module")
async def with_ops(make_gateway: MakeGateway, serving_stub: Any) -> AsyncIterator[Any]:
    """A gateway of a stack that has an ops process."""
    async with serving_stub() as ops, make_gateway(ops_url=ops.url) as gateway:
        gateway.upstreams["ops"] = ops
        yield gateway


@pytest.mark.parametrize("role", ["owner", "admin"])
async def test_owners_and_admins_reach_the_ops_process(with_ops: Gateway, role: str) -> None:
    with_ops.upstreams["ops"].reset()
    member = with_ops.harness.member(role=role)
    headers = with_ops.harness.headers(member)
    assert (await with_ops.post(PATH, headers=headers, json={"reason": "x"}))[0] == 200
    [seen] = with_ops.upstreams["ops"].received
    assert (seen.method, seen.path) == ("POST", PATH)
    assert seen.headers["Authorization"] == headers["Authorization"], "it is verified again there"


async def test_nobody_else_does(with_ops: Gateway) -> None:
    with_ops.upstreams["ops"].reset()
    member = with_ops.harness.member(role="member")
    client = PortalClient(member.workspace_id, new_id(), new_id())
    for principal, code in ((member, "operators_only"), (client, "members_only")):
        status, body, _ = await with_ops.get("/api/v1/ops/traces", headers=with_ops.harness.headers(principal))
        assert (status, body["code"]) == (403, code)
    assert (await with_ops.get("/api/v1/ops/traces"))[0] == 401
    assert with_ops.upstreams["ops"].received == []


async def test_without_an_ops_process_there_is_nothing(gateway: Gateway) -> None:
    headers = gateway.harness.headers(gateway.harness.member())
    assert (await gateway.get("/api/v1/ops/traces", headers=headers))[0] == 404


async def test_an_ops_process_that_is_down_is_a_problem_and_disturbs_nobody(with_ops: Gateway) -> None:
    with_ops.upstreams["ops"].mode = "reset"
    headers = with_ops.harness.headers(with_ops.harness.member())
    status, body, answered = await with_ops.get("/api/v1/ops/traces", headers=headers)
    assert (status, body["code"], answered["Retry-After"]) == (503, "ops_unavailable", "2")
    assert (await with_ops.get("/api/v1/tasks", headers=headers))[0] == 200
    with_ops.upstreams["ops"].mode = "ok"


async def test_the_published_description_holds_ops_where_there_are_some(with_ops: Gateway) -> None:
    described = {"get": {"operationId": "list_traces", "responses": {}}}
    for upstream in with_ops.upstreams.values():
        upstream.reset()
        upstream.answer("/openapi.json", {"openapi": "3.1.0", "paths": {}})
    with_ops.upstreams["ops"].answer("/openapi.json", {"openapi": "3.1.0", "paths": {"/api/v1/ops/traces": described}})
    status, body, _ = await with_ops.get("/api/openapi.json")
    assert status == 200
    assert "/api/v1/ops/traces" in body["paths"]
