"""Clients: adding, changing, finding."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartstack_contracts import new_id


async def test_a_client_needs_a_name_and_nothing_else(studio: Any) -> None:
    client = await studio.create_client("Acme")
    assert client | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0,
        "name": "Acme",
        "notes": "",
        "last_message_at": None,
        "version": 1,
        "created_at": 0,
        "updated_at": 0,
    }
    answer = await studio.send("GET", f"/clients/{client['id']}")
    assert answer.json() == client
    assert answer.headers["etag"] == '"1"'


async def test_two_clients_may_have_one_name(studio: Any) -> None:
    await studio.create_client("Acme")
    await studio.create_client("Acme")
    assert len(await studio.listed("/clients")) == 2


async def test_a_new_client_is_announced(studio: Any) -> None:
    client = await studio.create_client("Acme")
    [announced] = await studio.announced()
    assert announced.type == "smartstack.comms.client_created.v1"
    assert (str(announced.subject), announced.sequence) == (client["id"], 1)
    assert (str(announced.data.client_id), announced.data.client_name) == (client["id"], "Acme")
    assert announced.authid == f"user:{studio.member.user_id}"


async def test_a_change_raises_the_version_and_is_announced(studio: Any) -> None:
    client = await studio.create_client("Acme", notes="Pays late")
    path = f"/clients/{client['id']}"
    renamed = await studio.send("PATCH", path, {"name": "Acme Ltd"}, If_Match='"1"')
    assert renamed.status_code == 200
    assert renamed.json() == client | {
        "name": "Acme Ltd",
        "version": 2,
        "updated_at": renamed.json()["updated_at"],
    }
    noted = await studio.send("PATCH", path, {"notes": ""}, If_Match='"2"')
    assert (noted.json()["notes"], noted.json()["version"]) == ("", 3)
    assert [(item.data.name, item.data.client_name, item.sequence) for item in await studio.announced()] == [
        ("client_created", "Acme", 1),
        ("client_updated", "Acme Ltd", 2),
        ("client_updated", "Acme Ltd", 3),
    ]


async def test_a_change_to_the_same_values_is_none(studio: Any) -> None:
    client = await studio.create_client("Acme")
    for changes in ({}, {"name": " Acme "}, {"notes": ""}):
        answer = await studio.send("PATCH", f"/clients/{client['id']}", changes, If_Match='"1"')
        assert (answer.status_code, answer.json()) == (200, client)
    assert await studio.announced_names() == ["client_created"]


async def test_a_stale_version_is_refused_and_a_missing_one_asked_for(studio: Any) -> None:
    path = f"/clients/{(await studio.create_client('Acme'))['id']}"
    assert (await studio.send("PATCH", path, {"name": "x"})).status_code == 428
    for name in ("x", "Acme"):
        assert (await studio.send("PATCH", path, {"name": name}, If_Match='"2"')).status_code == 412
    assert (await studio.send("PATCH", path, {"name": "x"}, If_Match='"*"')).status_code == 422


async def test_a_message_does_not_make_what_somebody_edits_stale(studio: Any) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    edited = await studio.send("PATCH", f"/clients/{client['id']}", {"notes": "n"}, If_Match='"1"')
    assert edited.status_code == 200
    assert edited.json()["last_message_at"] == said["created_at"]


async def test_a_client_shows_when_something_was_last_said(studio: Any) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    answered = await studio.writes(said["conversation_id"])
    assert answered["created_at"] > said["created_at"]
    assert (await studio.send("GET", f"/clients/{client['id']}")).json()["last_message_at"] == answered["created_at"]
    assert [item["last_message_at"] for item in await studio.listed("/clients")] == [answered["created_at"]]


async def test_an_unknown_client_is_not_found(studio: Any) -> None:
    for method, body in (("GET", None), ("PATCH", {"name": "x"})):
        answer = await studio.send(method, f"/clients/{new_id()}", body, If_Match='"1"')
        assert (answer.status_code, answer.json()["code"]) == (404, "client_not_found")


async def test_an_idempotency_key_adds_once(studio: Any) -> None:
    first, again = [await studio.send("POST", "/clients", {"name": "Acme"}, Idempotency_Key="k") for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (await studio.send("POST", "/clients", {"name": "Globex"}, Idempotency_Key="k")).status_code == 409
    assert len(await studio.listed("/clients")) == 1


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("acme", ["Acme", "ACME 100%", "The acme_shop"]),
        ("SHOP", ["The acme_shop"]),
        ("éc", ["Éclair"]),
        ("100%", ["ACME 100%"]),
        ("%", ["ACME 100%"]),
        ("_", ["The acme_shop"]),
        ("/", ["A/B"]),
        ("\\", ["C\\D"]),
        ("nobody", []),
        ("", ["A/B", "Acme", "ACME 100%", "C\\D", "The acme_shop", "Éclair"]),
    ],
)
async def test_clients_are_found_by_any_part_of_their_name(studio: Any, search: str, found: list[str]) -> None:
    for name in ("The acme_shop", "Acme", "Éclair", "ACME 100%", "A/B", "C\\D"):
        await studio.create_client(name)
    assert [item["name"] for item in await studio.listed(f"/clients?limit=2&q={quote(search, safe='')}")] == found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(["a", "B", "b", "ä", "😀" * 200, "ß" * 200]), min_size=1, max_size=8),
    limit=st.integers(1, 4),
)
async def test_pages_of_any_size_hold_each_client_once_by_name(open_studio: Any, names: list[str], limit: int) -> None:
    studio = open_studio()
    made = [await studio.create_client(name) for name in names]
    listed = await studio.listed(f"/clients?limit={limit}")
    assert sorted(item["id"] for item in listed) == sorted(item["id"] for item in made)
    assert listed == await studio.listed("/clients?limit=100")
    order = [item["name"].lower() for item in listed]
    assert order == sorted(order, key=str.encode)
