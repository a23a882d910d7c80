"""Whatever is sent, the answer is a clear 4xx that names the field, never a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartstack_tasks.testing import OpenStudio, Studio

TASK = {"title": "Send it"}

REFUSED = [
    ("title", ""),
    ("title", "   "),
    ("title", "a\x00b"),
    ("title", "\u200b\u202e"),
    ("title", " \u0301 "),
    ("title", "\u3164"),
    ("title", "\ud800"),
    ("title", "x" * 501),
    ("title", None),
    ("title", 7),
    ("title", ["x"]),
    ("description", "x" * 20_001),
    ("description", "\x00"),
    ("description", None),
    ("priority", "highest"),
    ("priority", None),
    ("due_at", "2026-11-26"),
    ("due_at", "2026-11-26T17:00:00"),
    ("due_at", "2026-13-26T17:00:00Z"),
    ("due_at", "2026-02-30T17:00:00Z"),
    ("due_at", "0001-01-01T00:00:00+14:00"),
    ("due_at", "9999-12-31T23:59:59-12:00"),
    ("due_at", "0001-01-01T00:00:00Z"),
    ("due_at", "9999-12-31T23:59:59.999999Z"),
    ("due_at", "10000-01-01T00:00:00Z"),
    ("due_at", "tomorrow"),
    ("due_at", 1764000000),
    ("due_at", "1764000000"),
    ("due_at", True),
    ("client_id", "acme"),
    ("client_id", 1),
    ("project_id", "\x00"),
    ("owner", "me"),
    ("workspace_id", "01980000-0000-7000-8000-000000000009"),
    ("status", "completed"),
]


async def send(studio: Studio, method: str, path: str, body: Any, **headers: str) -> Any:
    """Send a body that httpx would refuse to encode: JSON escapes carry lone surrogates."""
    sent = studio.tasks.headers(studio.member) | {"Content-Type": "application/json"} | headers
    return await studio.tasks.http.request(method, f"/api/v1{path}", content=json.dumps(body), headers=sent)


@pytest.mark.parametrize(("field", "value"), REFUSED)
async def test_a_bad_field_of_a_new_task_is_named(studio: Studio, field: str, value: Any) -> None:
    answer = await send(studio, "POST", "/tasks", TASK | {field: value})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await studio.listed() == []


@pytest.mark.parametrize(("field", "value"), [*REFUSED[:-1], ("status", "done"), ("status", None)])
async def test_a_bad_field_of_a_change_is_named(studio: Studio, field: str, value: Any) -> None:
    task = await studio.create()
    answer = await send(studio, "PATCH", f"/tasks/{task['id']}", {field: value}, **{"If-Match": '"1"'})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await studio.get(task["id"])).json() == task


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b\u2066"),
        ("name", "x" * 201),
        ("name", "\x00"),
        ("client_id", "x"),
        ("colour", "red"),
    ],
)
async def test_a_bad_field_of_a_new_project_is_named(studio: Studio, field: str, value: Any) -> None:
    answer = await send(studio, "POST", "/projects", {"name": "Website"} | {field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("due_at", ["0001-01-01T00:00:01Z", "9999-12-31T23:59:59Z", "2026-11-26t17:00:00z"])
async def test_the_first_and_the_last_moment_that_can_be_written_are_due_dates(studio: Studio, due_at: str) -> None:
    task = await studio.create(due_at=due_at)
    assert task["due_at"] == due_at.upper()
    assert [item["due_at"] for item in await studio.listed("limit=1")] == [task["due_at"]]


async def test_the_longest_text_is_kept_whole(studio: Studio) -> None:
    # The cat takes one code point, two UTF-16 units and four bytes: the limit counts code points.
    task = await studio.create("🐈" * 500, description="🐈" * 20_000)
    assert (await studio.get(task["id"])).json()["description"] == "🐈" * 20_000
    assert task["title"] == "🐈" * 500


@pytest.mark.parametrize("task_id", ["1", "x" * 300, "%00", "null", "01980000-0000-7000-8000-00000000000"])
async def test_an_id_that_is_none_is_a_clear_4xx(studio: Studio, task_id: str) -> None:
    for method, path in (("GET", ""), ("POST", "/complete"), ("POST", "/restore")):
        assert (await studio.send(method, f"/tasks/{task_id}{path}")).status_code in {404, 422}


async def test_a_body_of_a_megabyte_is_refused(studio: Studio) -> None:
    assert (await send(studio, "POST", "/tasks", {"title": "x" * 1_000_000})).status_code == 413


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["title", "description", "priority", "due_at", "client_id", "project_id", "status", "x"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANYTHING | st.dictionaries(FIELDS, ANYTHING, max_size=4))
async def test_no_body_whatsoever_is_a_500(open_studio: OpenStudio, body: Any) -> None:
    studio = open_studio()
    assert (await send(studio, "POST", "/tasks", body)).status_code in {201, 400, 422}
    task = await studio.create()
    changed = await send(studio, "PATCH", f"/tasks/{task['id']}", body, **{"If-Match": '"1"'})
    assert changed.status_code in {200, 400, 422}


async def test_controls_that_would_reverse_a_title_or_name_are_removed(studio: Studio) -> None:
    assert (await studio.create("\u202eSend\u202c it\u200b"))["title"] == "Send it"
    assert (await studio.create_project("\u2067Website\u2069"))["name"] == "Website"
