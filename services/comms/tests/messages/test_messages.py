"""Messages: from the client in the portal, from members in the inbox."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartstack_comms.testing import OpenStudio, Studio
from smartstack_contracts import new_id


async def test_what_a_client_wrote_is_announced(studio: Studio) -> None:
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


async def test_what_we_wrote_is_announced_in_the_workspaces_name(studio: Studio) -> None:
    await studio.comms.deliver(studio.workspace_created("Studio Nord"))
    said = await studio.hears(await studio.create_client())
    message = await studio.writes(said["conversation_id"], "Here it is.")
    assert (message["direction"], message["author_name"]) == ("outbound", "Studio Nord")
    announced = (await studio.announced())[-1]
    assert announced.type == "smartstack.comms.message_sent.v1"
    assert (announced.data.author_name, announced.sequence) == ("Studio Nord", 2)
    assert announced.authid == f"user:{studio.member.user_id}"


async def test_before_the_workspaces_name_is_known_the_team_writes(studio: Studio) -> None:
    said = await studio.hears(await studio.create_client())
    assert (await studio.writes(said["conversation_id"]))["author_name"] == "Team"


async def test_a_message_keeps_the_name_that_its_author_had(studio: Studio) -> None:
    client = await studio.create_client("Acme")
    said = await studio.hears(client)
    await studio.send("PATCH", f"/clients/{client['id']}", {"name": "Acme Ltd"}, If_Match='"1"')
    assert await studio.listed(f"/conversations/{said['conversation_id']}/messages") == [said]
    assert (await studio.listed("/conversations"))[0]["client_name"] == "Acme Ltd"


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(st.booleans(), min_size=1, max_size=8), limit=st.integers(1, 4))
async def test_pages_of_any_size_go_back_in_time_message_by_message(
    open_studio: OpenStudio, written: list[bool], limit: int
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


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", {"body": "x"})])
async def test_an_unknown_conversation_is_not_found(studio: Studio, method: str, body: Any) -> None:
    answer = await studio.send(method, f"/conversations/{new_id()}/messages", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")


async def test_an_idempotency_key_says_it_once(studio: Studio) -> None:
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
