"""The Ops API: its roles, and workspaces that see only their own data. Its operations are enumerated."""

import base64
import json
import re
from typing import Any
from uuid import uuid4

import pytest

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_contracts import new_id
from smartstack_ops.app import ops_api
from smartstack_ops.dead_letters.messages import Choice
from smartstack_ops.testing import MakeOps, Queues, RunningOps

BODIES = {"redrive_dead_letters": {"reason": "it broke"}, "discard_dead_letters": {"reason": "it broke", "why": "x"}}
OPERATIONS = [
    (operation["operationId"], method.upper(), path)
    for path, operations in ops_api().openapi()["paths"].items()
    for method, operation in operations.items()
]
by_name = pytest.mark.parametrize(("name", "method", "path"), OPERATIONS, ids=[each[0] for each in OPERATIONS])


def owner(role: Any = "owner") -> Member:
    return Member(new_id(), new_id(), new_id(), role)


@pytest.fixture
async def whole(make_ops: MakeOps, queues: Queues) -> Any:
    """An ops process with queues."""
    async with make_ops(queues.environment) as running:
        yield running


async def ask(ops: RunningOps, who: Any, method: str, path: str, **options: Any) -> tuple[int, Any]:
    headers = ops.headers(who) if who else {}
    answer = await ops.http.request(method, path, headers=headers, **options)
    return answer.status_code, answer.json()


@by_name
async def test_owners_and_admins_alone_may_ask(ops: RunningOps, name: str, method: str, path: str) -> None:
    url = path.format(trace_id="0" * 32, queue="tasks-dlq", letter_id=new_id())
    client = PortalClient(new_id(), new_id(), new_id())
    assert (await ask(ops, None, method, url, json=BODIES.get(name)))[0] == 401
    for refused in (client, owner("member")):
        assert (await ask(ops, refused, method, url, json=BODIES.get(name)))[0] == 403
    forged = {"Authorization": ops.headers(owner())["Authorization"] + "x"}
    assert (await ops.http.request(method, url, headers=forged, json=BODIES.get(name))).status_code == 401


@by_name
async def test_another_workspace_sees_nothing_and_changes_nothing(
    whole: RunningOps, queues: Queues, name: str, method: str, path: str
) -> None:
    mine, stranger = owner(), owner()
    event_id, trace = await queues.put_event(mine.workspace_id), await whole.keep_trace(mine.workspace_id)
    await queues.dead_letters.discard("comms-dlq", Choice(), "operator:me", "x")
    await queues.put_event(mine.workspace_id)
    url = path.format(trace_id=trace, queue="tasks-dlq", letter_id=event_id)
    before = await ask(whole, mine, "GET", "/api/v1/ops/dead-letters/tasks-dlq")
    status, body = await ask(whole, stranger, method, url, json=BODIES.get(name))
    if name in ("get_trace", "get_dead_letter"):
        unknown = path.format(trace_id=uuid4().hex, queue="tasks-dlq", letter_id=new_id())
        assert status == 404
        assert (status, body) == await ask(whole, stranger, method, unknown)
        assert (await ask(whole, mine, method, url))[0] == 200
    elif name == "list_queues":
        assert {each["dead_letters"] for each in body["items"]} == {0}
    elif method == "GET":
        assert (status, body["items"]) == (200, [])
    else:
        assert status == 200
        assert 0 in (body.get("redriven"), body.get("discarded"))
    whole.resources.dead_letters._seen.clear()
    assert await ask(whole, mine, "GET", "/api/v1/ops/dead-letters/tasks-dlq") == before
    assert len(before[1]["items"]) == 2
    assert await queues.take_all("tasks-inbox") == []


async def test_dead_letters_are_grouped_listed_shown_redriven_and_audited(whole: RunningOps, queues: Queues) -> None:
    me = owner()
    first = [await queues.put_event(me.workspace_id, dlq_reason=f"no client {new_id()}") for _ in range(3)]
    other = await queues.put_event(me.workspace_id, dlq_reason="it broke")
    groups = (await ask(whole, me, "GET", "/api/v1/ops/dead-letters"))[1]["items"]
    assert {(group["reason"], group["count"]) for group in groups} == {("no client …", 3), ("it broke", 1)}
    [group] = [each for each in groups if each["count"] == 3]
    assert set(group["event_ids"]) == set(first)
    path = f"/api/v1/ops/dead-letters/{group['queue']}"
    wanted = {"type": group["type"], "reason": group["reason"]}
    listed = (await ask(whole, me, "GET", path, params=wanted))[1]["items"]
    assert {each["event_id"] for each in listed} == set(first)
    shown = (await ask(whole, me, "GET", f"{path}/{first[0]}"))[1]
    assert json.loads(shown["body"])["id"] == first[0]
    assert (await ask(whole, me, "POST", f"{path}/redrive", json=wanted))[1] == {"redriven": 3, "remaining": 0}
    answer = await ask(whole, me, "POST", f"{path}/discard", json={"ids": [other], "why": "no longer wanted"})
    assert answer == (200, {"discarded": 1, "remaining": 0})
    assert (await ask(whole, me, "GET", "/api/v1/ops/dead-letters"))[1]["items"] == []
    entries = (await ask(whole, me, "GET", "/api/v1/ops/audit"))[1]["items"]
    assert [(each["action"], each["event_id"], each["why"]) for each in entries[:1]] == [
        ("discard", other, "no longer wanted")
    ]
    assert {each["event_id"] for each in entries[1:]} == set(first)
    assert {each["actor"] for each in entries} == {me.auth_id}


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": []}, {"ids": ["a"], "reason": "b"}, {"ids": ["a"] * 101}, {"reason": ""}, {"everything": True}],
)
async def test_a_selection_says_what_it_selects(whole: RunningOps, body: Any) -> None:
    path = "/api/v1/ops/dead-letters/tasks-dlq"
    assert (await ask(whole, owner(), "POST", f"{path}/redrive", json=body))[0] == 422
    assert (await ask(whole, owner(), "POST", f"{path}/discard", json={"why": "x"} | body))[0] == 422


async def test_a_discard_needs_a_why(whole: RunningOps) -> None:
    path = "/api/v1/ops/dead-letters/tasks-dlq/discard"
    assert (await ask(whole, owner(), "POST", path, json={"reason": "it broke"}))[0] == 422


@pytest.mark.parametrize("path", ["dead-letters", "dead-letters/tasks-dlq", "traces", "audit"])
async def test_pages_together_are_the_whole_list(whole: RunningOps, queues: Queues, path: str) -> None:
    me, size = owner(), 5
    for number in range(size):
        await queues.put_event(me.workspace_id, dlq_reason="abcdefg"[number])
        await whole.keep_trace(me.workspace_id)
    if path == "audit":
        await queues.dead_letters.discard("tasks-dlq", Choice(), "operator:me", "x")
    pages, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        body = (await ask(whole, me, "GET", f"/api/v1/ops/{path}", params=query))[1]
        pages.append(body["items"])
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert [len(page) for page in pages] == [2, 2, 1]
    items = [json.dumps(item) for page in pages for item in page]
    assert len(set(items)) == size
    assert (await ask(whole, me, "GET", f"/api/v1/ops/{path}", params={"cursor": "x"}))[0] == 422


@pytest.mark.parametrize("entry", ["x", "", "ffffffff-ffff-ffff-ffff-ffffffffffff", "7"])
async def test_an_audit_cursor_that_names_no_entry_is_refused_by_its_field(whole: RunningOps, entry: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([entry]).encode()).decode().rstrip("=")
    status, body = await ask(whole, owner(), "GET", "/api/v1/ops/audit", params={"cursor": cursor})
    assert (status, body["errors"][0]["field"]) == (422, "cursor")


async def test_an_unknown_queue_is_not_found(whole: RunningOps) -> None:
    assert (await ask(whole, owner(), "GET", "/api/v1/ops/dead-letters/payroll-dlq"))[0] == 404


async def test_without_its_queues_the_rest_still_answers(ops: RunningOps) -> None:
    status, body = await ask(ops, owner(), "GET", "/api/v1/ops/dead-letters")
    assert (status, body["code"]) == (503, "aws_unavailable")
    assert (await ask(ops, owner(), "GET", "/api/v1/ops/traces"))[0] == 200


def test_every_operation_is_named_and_limited_to_operators() -> None:
    for path, operations in ops_api().openapi()["paths"].items():
        for operation in operations.values():
            assert re.fullmatch(r"[a-z_]+", operation["operationId"])
            assert operation["security"] == [{"operator": []}], path
