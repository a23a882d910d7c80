"""Clients: adding, changing, finding."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartstack_comms.testing import OpenStudio, Studio
from smartstack_contracts import new_id


async def test_a_client_needs_a_name_and_nothing_else(studio: Studio) -> None:
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


async def test_two_clients_may_have_one_name(studio: Studio) -> None:
    await studio.create_client("Acme")
    await studio.create_client("Acme")
    assert len(await studio.listed("/clients")) == 2


async def test_a_new_client_is_announced(studio: Studio) -> None:
    client = await studio.create_client("Acme")
    [announced] = await studio.announced()
    assert announced.type == "smartstack.comms.client_created.v1"
    assert (str(announced.subject), announced.sequence) == (client["id"], 1)
    assert (str(announced.data.client_id), announced.data.client_name) == (client["id"], "Acme")
    assert announced.authid == f"user:{studio.member.user_id}"


async def test_a_change_raises_the_version_and_is_announced(studio: Studio) -> None:
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


async def test_a_change_to_the_same_values_is_none(studio: Studio) -> None:
    client = await studio.create_client("Acme")
    for changes in ({}, {"name": " Acme "}, {"notes": ""}):
        answer = await studio.send("PATCH", f"/clients/{client['id']}", changes, If_Match='"1"')
        assert (answer.status_code, answer.json()) == (200, client)
    assert await studio.announced_names() == ["client_created"]


async def test_a_stale_version_is_refused_and_a_missing_one_asked_for(studio: Studio) -> None:
    path = f"/clients/{(await studio.create_client('Acme'))['id']}"
    assert (await studio.send("PATCH", path, {"name": "x"})).status_code == 428
    for name in ("x", "Acme"):
        stale = await studio.send("PATCH", path, {"name": name}, If_Match='"2"')
        assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')
    assert (await studio.send("PATCH", path, {"name": "x"}, If_Match='"*"')).status_code == 422


async def test_a_message_does_not_make_what_somebody_edits_stale(studio: Studio) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    edited = await studio.send("PATCH", f"/clients/{client['id']}", {"notes": "n"}, If_Match='"1"')
    assert edited.status_code == 200
    assert edited.json()["last_message_at"] == said["created_at"]


async def test_a_client_shows_when_something_was_last_said(studio: Studio) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    answered = await studio.writes(said["conversation_id"])
    assert answered["created_at"] > said["created_at"]
    assert (await studio.send("GET", f"/clients/{client['id']}")).json()["last_message_at"] == answered["created_at"]
    assert [item["last_message_at"] for item in await studio.listed("/clients")] == [answered["created_at"]]


async def test_an_unknown_client_is_not_found(studio: Studio) -> None:
    for method, body in (("GET", None), ("PATCH", {"name": "x"})):
        answer = await studio.send(method, f"/clients/{new_id()}", body, If_Match='"1"')
        assert (answer.status_code, answer.json()["code"]) == (404, "client_not_found")


async def test_an_idempotency_key_adds_once(studio: Studio) -> None:
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
        ("  acme ", ["Acme", "ACME 100%", "The acme_shop"]),
        ("nobody", []),
        (" ", ["A/B", "Acme", "ACME 100%", "C\\D", "The acme_shop", "Éclair"]),
        ("", ["A/B", "Acme", "ACME 100%", "C\\D", "The acme_shop", "Éclair"]),
    ],
)
async def test_clients_are_found_by_any_part_of_their_name(studio: Studio, search: str, found: list[str]) -> None:
    for name in ("The acme_shop", "Acme", "Éclair", "ACME 100%", "A/B", "C\\D"):
        await studio.create_client(name)
    assert [item["name"] for item in await studio.listed(f"/clients?limit=2&q={quote(search, safe='')}")] == found


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("Åse", ["Åse", "ase", "ASE", "A\u030ase", "åSE", " ase\t", "\u200base"]),
        ("A\u030ase", ["Åse", "ase", "A\u030ase"]),
        ("Ase", ["Åse", "A\u030ase"]),
        ("Straße", ["strasse", "STRASSE", "straße", "STRAẞE"]),
        ("Łódź Ørsted", ["lodz", "orsted", "łódź ø"]),
        ("İstanbul", ["istanbul", "ISTANBUL", "ıstanbul"]),
        ("Ængus & Œuvre", ["aengus", "oeuvre", "æ"]),
        ("Σίσυφος", ["σισυφος", "ΣΊΣΥΦΟΣ"]),
        ("ﾊﾟﾝ", ["パン"]),
        ("Two  words", ["two words", "o w"]),
        ("שָׁלוֹם", ["שלום"]),
    ],
)
async def test_a_search_ignores_case_accents_and_how_a_letter_is_encoded(
    studio: Studio, name: str, searches: list[str]
) -> None:
    await studio.create_client("Globex")
    client = await studio.create_client(name)
    for search in searches:
        assert await studio.listed(f"/clients?q={quote(search, safe='')}") == [client], ascii(search)


async def test_a_search_goes_through_all_pages(studio: Studio) -> None:
    made = {(await studio.create_client(f"Åcme {n:02}"))["id"] for n in range(12)}
    for n in range(6):
        await studio.create_client(f"Globex {n}")
    page = (await studio.send("GET", "/clients?q=acme&limit=5")).json()
    assert page["next_cursor"] is not None
    assert {item["id"] for item in await studio.listed("/clients?q=acme&limit=5")} == made


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(["a", "B", "b", "ä", "😀" * 200, "ß" * 200]), min_size=1, max_size=8),
    limit=st.integers(1, 4),
)
async def test_pages_of_any_size_hold_each_client_once_by_name(
    open_studio: OpenStudio, names: list[str], limit: int
) -> None:
    studio = open_studio()
    made = [await studio.create_client(name) for name in names]
    listed = await studio.listed(f"/clients?limit={limit}")
    assert sorted(item["id"] for item in listed) == sorted(item["id"] for item in made)
    assert listed == await studio.listed("/clients?limit=100")
    order = [item["name"].lower() for item in listed]
    assert order == sorted(order, key=str.encode)


async def test_of_two_members_who_rename_a_client_the_later_one_learns_of_the_other(studio: Studio) -> None:
    path = f"/clients/{(await studio.create_client('Acme'))['id']}"
    first = await studio.send("PATCH", path, {"name": "Acme Ltd"}, If_Match='"1"')
    later = await studio.send("PATCH", path, {"name": "Acme Inc"}, If_Match='"1"')
    assert (later.status_code, later.json()["code"], later.headers["etag"]) == (412, "stale_version", '"2"')
    assert later.json()["detail"].endswith("version 2 is current. Read it, then repeat your change.")
    assert (await studio.send("GET", path)).json() == first.json()
