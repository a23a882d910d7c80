"""Whatever is sent, the answer is a clear 4xx that names the field, never a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartstack_comms.testing import OpenStudio, Studio

CLIENT_FIELDS = [
    ("name", ""),
    ("name", " \n "),
    ("name", "a\x00b"),
    ("name", "\u200b\u202e"),
    ("name", " \u0301 "),
    ("name", "\u3164"),
    ("name", "\ud800"),
    ("name", "x" * 201),
    ("name", None),
    ("name", 7),
    ("notes", "x" * 20_001),
    ("notes", "\x00"),
    ("notes", None),
    ("owner", "me"),
    ("workspace_id", "01980000-0000-7000-8000-000000000009"),
    ("last_message_at", None),
]
BODIES = ["", " ", "\x00", "\udfff", "x" * 20_001, None, 1, ["x"], {}]


async def send(studio: Studio, method: str, path: str, body: Any, by: Any = None, **headers: str) -> Any:
    """Send a body that httpx would refuse to encode: JSON escapes carry lone surrogates."""
    sent = studio.comms.headers(by or studio.member) | {"Content-Type": "application/json"} | headers
    return await studio.comms.http.request(method, f"/api/v1{path}", content=json.dumps(body), headers=sent)


def refused_fields(answer: Any) -> list[str]:
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(("field", "value"), CLIENT_FIELDS)
async def test_a_bad_field_of_a_client_is_named(studio: Studio, field: str, value: Any) -> None:
    assert refused_fields(await send(studio, "POST", "/clients", {"name": "Acme"} | {field: value})) == [field]
    client = await studio.create_client()
    path = f"/clients/{client['id']}"
    assert refused_fields(await send(studio, "PATCH", path, {field: value}, **{"If-Match": '"1"'})) == [field]
    assert await studio.listed("/clients") == [client]


@pytest.mark.parametrize("body", BODIES, ids=repr)
async def test_a_bad_message_is_refused_on_both_sides(studio: Studio, body: Any) -> None:
    client = await studio.create_client()
    said = await studio.hears(client)
    portal = studio.portal(client["id"])
    ours = f"/conversations/{said['conversation_id']}/messages"
    for path, by in (("/portal/messages", portal), (ours, None)):
        assert refused_fields(await send(studio, "POST", path, {"body": body}, by)) == ["body"]
        assert refused_fields(await send(studio, "POST", path, {"body": "x", "author_name": "y"}, by)) == [
            "author_name"
        ]
    assert await studio.listed(ours) == [said]


async def test_the_longest_message_is_kept_to_the_last_character(studio: Studio) -> None:
    # The cat takes one code point, two UTF-16 units and four bytes: the limit counts code points.
    client = await studio.create_client("🐈" * 200, notes="🐈" * 20_000)
    said = await studio.hears(client, "🐈" * 20_000)
    [kept] = await studio.listed(f"/conversations/{said['conversation_id']}/messages")
    assert kept["body"] == "🐈" * 20_000
    assert kept["author_name"] == "🐈" * 200


async def test_a_body_of_a_megabyte_is_refused(studio: Studio) -> None:
    client = await studio.create_client()
    big = {"body": "x" * 1_000_000}
    assert (await send(studio, "POST", "/portal/messages", big, studio.portal(client["id"]))).status_code == 413


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "x" * 201, "limit=0", "limit=101", "cursor=!", "cursor=W10", "cursor=WyJcdWQ4MDAiLCAiMSJd"],
)
async def test_a_query_for_clients_that_makes_no_sense_is_refused(studio: Studio, query: str) -> None:
    assert refused_fields(await studio.send("GET", f"/clients?{query}")) == [query.split("=", maxsplit=1)[0]]


@pytest.mark.parametrize("query", ["status=done", "client_id=acme", "awaiting_reply=perhaps", "cursor=WyIxIiwgIjEiXQ"])
async def test_a_query_for_conversations_that_makes_no_sense_is_refused(studio: Studio, query: str) -> None:
    assert refused_fields(await studio.send("GET", f"/conversations?{query}")) == [query.split("=", maxsplit=1)[0]]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANYTHING | st.dictionaries(st.sampled_from(["name", "notes", "body", "x"]), ANYTHING, max_size=3))
async def test_no_body_whatsoever_is_a_500(open_studio: OpenStudio, body: Any) -> None:
    studio = open_studio()
    client = await studio.create_client()
    for method, path, by in (
        ("POST", "/clients", None),
        ("PATCH", f"/clients/{client['id']}", None),
        ("POST", "/portal/messages", studio.portal(client["id"])),
    ):
        answer = await send(studio, method, path, body, by, **{"If-Match": '"1"'})
        assert answer.status_code in {200, 201, 400, 422}


async def test_controls_that_would_reverse_a_name_are_removed(studio: Studio) -> None:
    assert (await studio.create_client("\u202eAcme\u202c \u2067Ltd\u2069"))["name"] == "Acme Ltd"
