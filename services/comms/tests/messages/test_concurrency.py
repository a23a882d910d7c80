"""Concurrent requests: nothing is lost, nothing happens twice."""

import asyncio

from smartstack_comms.testing import Studio


async def test_many_first_messages_at_once_open_one_conversation(studio: Studio) -> None:
    client = await studio.create_client()
    said = await asyncio.gather(*(studio.hears(client, f"m{i}") for i in range(20)))
    assert len({message["conversation_id"] for message in said}) == 1
    [conversation] = await studio.listed("/conversations")
    assert conversation["version"] == 20
    assert len(await studio.listed("/portal/messages", by=studio.portal(client["id"]))) == 20


async def test_the_last_message_that_a_conversation_shows_is_the_last_in_it(studio: Studio) -> None:
    client = await studio.create_client()
    conversation_id = (await studio.hears(client))["conversation_id"]
    await asyncio.gather(
        *(studio.hears(client, f"in {i}") for i in range(10)),
        *(studio.writes(conversation_id, f"out {i}") for i in range(10)),
    )
    newest_first = await studio.listed(f"/conversations/{conversation_id}/messages")
    [conversation] = await studio.listed("/conversations")
    assert conversation["last_message_preview"] == newest_first[0]["body"]
    assert conversation["last_message_direction"] == newest_first[0]["direction"]
    moments = [message["created_at"] for message in newest_first]
    assert moments == sorted(moments, reverse=True)


async def test_the_sequence_of_a_conversation_orders_what_was_said_without_a_gap(studio: Studio) -> None:
    client = await studio.create_client()
    await asyncio.gather(*(studio.hears(client, f"m{i}") for i in range(12)))
    newest_first = await studio.listed("/portal/messages", by=studio.portal(client["id"]))
    said = [item for item in await studio.announced() if item.data.name == "message_received"]
    by_sequence = sorted(said, key=lambda item: item.sequence)
    assert [item.sequence for item in by_sequence] == list(range(1, 13))
    assert [str(item.data.message_id) for item in by_sequence] == [item["id"] for item in reversed(newest_first)]


async def test_one_key_from_many_places_says_it_once(studio: Studio) -> None:
    portal = studio.portal((await studio.create_client())["id"])
    answers = await asyncio.gather(
        *(studio.send("POST", "/portal/messages", {"body": "x"}, by=portal, Idempotency_Key="one") for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(await studio.listed("/portal/messages", by=portal)) == 1
