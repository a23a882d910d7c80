"""What an answer promises, and what it costs."""

from typing import Any

import pytest

from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.conformance import CHANGING, Operation
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.main import service

CHANGES = [item for item in conformance.operations(service) if item.method in CHANGING]
BODIES: dict[str, Any] = {
    "create_client": {"name": "Globex"},
    "update_client": {"name": "Acme Ltd"},
    "send_message": {"body": "Here it is."},
    "send_portal_message": {"body": "Could you send it?"},
}


@pytest.mark.parametrize("operation", CHANGES, ids=str)
async def test_no_change_is_acknowledged_before_it_is_committed(
    comms: ServiceHarness, studio: Any, operation: Operation
) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    portal = studio.portal(client["id"])
    ids = {"client_id": client["id"], "conversation_id": said["conversation_id"]}

    async def everything() -> Any:
        messages = await studio.listed("/portal/messages", by=portal)
        return (
            messages,
            await studio.listed("/clients"),
            await studio.listed("/conversations"),
            await studio.announced(),
        )

    before = await everything()
    for key in ({}, {"Idempotency-Key": "k"}):
        async with conformance.failing_commits(comms, studio.member.workspace_id):
            answer = await conformance.call(
                comms,
                operation,
                portal if operation.takes == "client" else studio.member,
                ids=ids,
                body=BODIES[operation.name],
                headers=key,
            )
        assert answer.status_code == 503, answer.text
    assert await everything() == before


# Each command starts with one statement that names the workspace, and ends with one for the outbox.
STATEMENTS = {
    "create_client": 3,
    "create_client once": 5,
    "list_clients": 2,
    "get_client": 2,
    "update_client": 4,
    "send_portal_message first": 5,
    "send_portal_message again": 5,
    "list_portal_messages": 3,
    "list_conversations": 2,
    "send_message": 4,
    "list_messages": 3,
}


async def test_no_use_case_runs_more_statements_than_it_needs(comms: ServiceHarness, studio: Any) -> None:
    client = await studio.create_client()
    conversation_id = (await studio.hears(await studio.create_client()))["conversation_id"]
    portal, path, said = studio.portal(client["id"]), f"/clients/{client['id']}", {"body": "x"}
    messages = f"/conversations/{conversation_id}/messages"
    counted = {}
    for name, method, url, body, by, headers in (
        ("create_client", "POST", "/clients", {"name": "x"}, None, {}),
        ("create_client once", "POST", "/clients", {"name": "x"}, None, {"Idempotency_Key": "k"}),
        ("list_clients", "GET", "/clients?q=x", None, None, {}),
        ("get_client", "GET", path, None, None, {}),
        ("update_client", "PATCH", path, {"name": "New"}, None, {"If_Match": '"1"'}),
        ("send_portal_message first", "POST", "/portal/messages", said, portal, {}),
        ("send_portal_message again", "POST", "/portal/messages", said, portal, {}),
        ("list_portal_messages", "GET", "/portal/messages", None, portal, {}),
        ("list_conversations", "GET", "/conversations", None, None, {}),
        ("send_message", "POST", messages, said, None, {}),
        ("list_messages", "GET", messages, None, None, {}),
    ):
        with conformance.statements(comms) as seen:
            answer = await studio.send(method, url, body, by=by, **headers)
        assert answer.status_code < 300, f"{name}: {answer.text}"
        counted[name] = len(seen)
    assert counted == STATEMENTS
    assert {name.split()[0] for name in STATEMENTS} == {item.name for item in conformance.operations(service)}
