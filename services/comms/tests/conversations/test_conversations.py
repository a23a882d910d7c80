"""Conversations: opened by a message, listed by activity."""

import pytest
from sqlalchemy import text

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.testing import Studio
from smartstack_contracts import new_id


async def test_a_clients_first_message_opens_its_conversation(studio: Studio) -> None:
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


async def test_further_messages_stay_in_that_conversation(studio: Studio) -> None:
    client = await studio.create_client()
    said = [await studio.hears(client, str(i)) for i in range(3)]
    said.append(await studio.writes(said[0]["conversation_id"], "Here it is."))
    assert len({message["conversation_id"] for message in said}) == 1
    [conversation] = await studio.listed("/conversations")
    assert conversation["last_message_preview"] == "Here it is."
    assert conversation["last_message_direction"] == "outbound"
    assert conversation["last_message_at"] == said[-1]["created_at"]
    assert conversation["version"] == 4


@pytest.mark.parametrize("status", ["closed", "snoozed"])
@pytest.mark.parametrize("who", ["client", "member"])
async def test_a_message_opens_a_conversation_again(
    comms: ServiceHarness, studio: Studio, status: str, who: str
) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    async with comms.uow.begin(studio.member) as transaction:
        await transaction.session.execute(text("UPDATE conversations SET status = :status"), {"status": status})
    assert [item["status"] for item in await studio.listed("/conversations")] == [status]
    await (studio.hears(client) if who == "client" else studio.writes(said["conversation_id"]))
    assert [item["status"] for item in await studio.listed("/conversations?status=open")] == ["open"]


async def test_conversations_are_listed_by_activity_and_filtered(comms: ServiceHarness, studio: Studio) -> None:
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


async def test_one_conversation_is_read_as_the_list_shows_it(studio: Studio) -> None:
    message = await studio.hears(await studio.create_client("Acme"))
    await studio.hears(await studio.create_client("Globex"))
    answer = await studio.send("GET", f"/conversations/{message['conversation_id']}")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert answer.json() == next(
        item for item in await studio.listed("/conversations") if item["client_name"] == "Acme"
    )


async def test_a_conversation_that_does_not_exist_is_not_found(studio: Studio) -> None:
    answer = await studio.send("GET", f"/conversations/{new_id()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")
