"""The promises of an answer, and its cost."""

from smartstack_chassis.testing.conformance import CommitConformance, operations, statements
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.main import service
from smartstack_comms.testing import BODIES, Studio


class TestCommits(CommitConformance):
    service = service
    bodies = BODIES


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
    "get_conversation": 2,
    "send_message": 4,
    "list_messages": 3,
}


async def test_no_use_case_runs_more_statements_than_it_needs(comms: ServiceHarness, studio: Studio) -> None:
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
        ("get_conversation", "GET", f"/conversations/{conversation_id}", None, None, {}),
        ("send_message", "POST", messages, said, None, {}),
        ("list_messages", "GET", messages, None, None, {}),
    ):
        with statements(comms) as seen:
            answer = await studio.send(method, url, body, by=by, **headers)
        assert answer.status_code < 300, f"{name}: {answer.text}"
        counted[name] = len(seen)
    assert counted == STATEMENTS
    assert {name.split()[0] for name in STATEMENTS} == {item.name for item in operations(service)}
