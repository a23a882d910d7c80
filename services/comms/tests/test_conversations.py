"""What is said: in the portal by the client, in the inbox by us."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id


async def test_a_clients_first_message_opens_its_conversation(studio: Any) -> None:
    client = await studio.create_client("Acme")
    assert await studio.listed("/conversations") == []
    message = await studio.hears(client, "Could you\n\nsend it?")
    assert message | {"id": 0, "conversation_id": 0, "created_at": 0} == {
        "id": 0,
        "conversation_id": 0,
        "client_id": client["id"],
        "direction": "inbound",
        "author_name": "Acme",
        "body": "Could you\n\nsend it?",
        "created_at": 0,
    }
    [conversation] = await studio.listed("/conversations")
    assert conversation | {"created_at": 0, "updated_at": 0} == {
        "id": message["conversation_id"],
        "client_id": client["id"],
        "client_name": "Acme",
        "channel": "chat",
        "status": "open",
        "last_message_at": message["created_at"],
        "last_message_preview": "Could you send it?",
        "last_message_direction": "inbound",
        "version": 1,
        "created_at": 0,
        "updated_at": 0,
    }


async def test_further_messages_stay_in_that_conversation(studio: Any) -> None:
    client = await studio.create_client()
    said = [await studio.hears(client, str(i)) for i in range(3)]
    said.append(await studio.writes(said[0]["conversation_id"], "Here it is."))
    assert len({message["conversation_id"] for message in said}) == 1
    [conversation] = await studio.listed("/conversations")
    assert conversation["last_message_preview"] == "Here it is."
    assert conversation["last_message_direction"] == "outbound"
    assert conversation["last_message_at"] == said[-1]["created_at"]
    assert conversation["version"] == 4


async def test_what_a_client_wrote_is_announced(studio: Any) -> None:
    client = await studio.create_client("Acme")
    message = await studio.hears(client, "Could you send it?")
    announced = (await studio.announced())[-1]
    assert announced.type == "smartstack.comms.message_received.v1"
    assert (str(announced.subject), announced.sequence) == (message["conversation_id"], 1)
    assert announced.authid == f"client:{client['id']}"
    data = announced.data.model_dump(mode="json")
    assert data == {
        "message_id": message["id"],
        "channel": "chat",
        **{name: message[name] for name in ("conversation_id", "client_id", "author_name", "body", "created_at")},
    }


async def test_what_we_wrote_is_announced_in_the_workspaces_name(studio: Any) -> None:
    await studio.comms.deliver(studio.workspace_created("Studio Nord"))
    said = await studio.hears(await studio.create_client())
    message = await studio.writes(said["conversation_id"], "Here it is.")
    assert (message["direction"], message["author_name"]) == ("outbound", "Studio Nord")
    announced = (await studio.announced())[-1]
    assert announced.type == "smartstack.comms.message_sent.v1"
    assert (announced.data.author_name, announced.sequence) == ("Studio Nord", 2)
    assert announced.authid == f"user:{studio.member.user_id}"


async def test_before_the_workspaces_name_is_known_the_team_writes(studio: Any) -> None:
    said = await studio.hears(await studio.create_client())
    assert (await studio.writes(said["conversation_id"]))["author_name"] == "Team"


async def test_a_message_keeps_the_name_that_its_author_had(studio: Any) -> None:
    client = await studio.create_client("Acme")
    said = await studio.hears(client)
    await studio.send("PATCH", f"/clients/{client['id']}", {"name": "Acme Ltd"}, If_Match='"1"')
    assert await studio.listed(f"/conversations/{said['conversation_id']}/messages") == [said]
    assert (await studio.listed("/conversations"))[0]["client_name"] == "Acme Ltd"


@pytest.mark.parametrize("status", ["closed", "snoozed"])
@pytest.mark.parametrize("who", ["client", "member"])
async def test_a_message_opens_a_conversation_again(comms: ServiceHarness, studio: Any, status: str, who: str) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    async with comms.uow.begin(studio.member) as transaction:
        await transaction.session.execute(text("UPDATE conversations SET status = :status"), {"status": status})
    assert [item["status"] for item in await studio.listed("/conversations")] == [status]
    await (studio.hears(client) if who == "client" else studio.writes(said["conversation_id"]))
    assert [item["status"] for item in await studio.listed("/conversations?status=open")] == ["open"]


async def test_conversations_are_listed_by_activity_and_filtered(comms: ServiceHarness, studio: Any) -> None:
    first, second, third = [await studio.create_client(name) for name in "ABC"]
    for client in (first, second, third):
        await studio.hears(client)
    first_conversation = (await studio.hears(first))["conversation_id"]
    assert [item["client_name"] for item in await studio.listed("/conversations?limit=1")] == ["A", "C", "B"]
    await studio.writes(first_conversation)
    async with comms.uow.begin(studio.member) as transaction:
        close = text("UPDATE conversations SET status = 'closed' WHERE client_id = :client")
        await transaction.session.execute(close, {"client": third["id"]})
    for query, found in (
        (f"client_id={second['id']}", ["B"]),
        (f"client_id={new_id()}", []),
        ("status=open", ["A", "B"]),
        ("status=closed", ["C"]),
        (f"status=closed&client_id={second['id']}", []),
        ("awaiting_reply=true", ["B"]),
    ):
        assert [item["client_name"] for item in await studio.listed(f"/conversations?{query}")] == found, query


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(st.booleans(), min_size=1, max_size=8), limit=st.integers(1, 4))
async def test_pages_of_any_size_go_back_in_time_message_by_message(
    open_studio: Any, written: list[bool], limit: int
) -> None:
    studio = open_studio()
    client = await studio.create_client()
    said = [await studio.hears(client, "first")]
    for i, by_us in enumerate(written):
        said.append(
            await (studio.writes(said[0]["conversation_id"], str(i)) if by_us else studio.hears(client, str(i)))
        )
    path = f"/conversations/{said[0]['conversation_id']}/messages?limit={limit}"
    assert await studio.listed(path) == said[::-1]
    assert await studio.listed(f"/portal/messages?limit={limit}", by=studio.portal(client["id"])) == said[::-1]
    moments = [message["created_at"] for message in said]
    assert moments == sorted(moments)


async def test_a_client_without_messages_sees_an_empty_portal(studio: Any) -> None:
    client = await studio.create_client()
    assert await studio.listed("/portal/messages", by=studio.portal(client["id"])) == []


async def test_a_client_sees_its_own_messages_alone(studio: Any) -> None:
    acme, globex = await studio.create_client("Acme"), await studio.create_client("Globex")
    said, _ = await studio.hears(acme), await studio.hears(globex)
    assert await studio.listed("/portal/messages", by=studio.portal(acme["id"])) == [said]


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", {"body": "x"})])
async def test_the_portal_of_a_client_that_is_gone_is_not_found(studio: Any, method: str, body: Any) -> None:
    answer = await studio.send(method, "/portal/messages", body, by=studio.portal(new_id()))
    assert (answer.status_code, answer.json()["code"]) == (404, "client_not_found")


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", {"body": "x"})])
async def test_an_unknown_conversation_is_not_found(studio: Any, method: str, body: Any) -> None:
    answer = await studio.send(method, f"/conversations/{new_id()}/messages", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")


async def test_an_idempotency_key_says_it_once(studio: Any) -> None:
    client = await studio.create_client()
    portal = studio.portal(client["id"])
    for path, by in (("/portal/messages", portal), (None, None)):
        target = path or f"/conversations/{(await studio.listed('/conversations'))[0]['id']}/messages"
        first, again = [
            await studio.send("POST", target, {"body": "Hello"}, by=by, Idempotency_Key="k") for _ in range(2)
        ]
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
    assert len(await studio.listed("/portal/messages", by=portal)) == 2
    assert await studio.announced_names() == ["client_created", "message_received", "message_sent"]
