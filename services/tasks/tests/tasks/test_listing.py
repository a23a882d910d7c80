"""The order and the pages of the task list."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_tasks.testing import OpenStudio, Studio

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
# Few distinct days, so that most tasks share their due date with another.
DUE = st.none() | st.integers(0, 3).map(lambda days: MONDAY + timedelta(days=days))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(due=st.lists(DUE, min_size=1, max_size=12), limit=st.integers(1, 5))
async def test_pages_of_any_size_hold_each_task_once_due_first_and_newest_first_among_equals(
    open_studio: OpenStudio, due: list[datetime | None], limit: int
) -> None:
    studio = open_studio()
    made = [await studio.create(due_at=moment and moment.isoformat()) for moment in due]
    newest_first = made[::-1]
    expected = sorted(newest_first, key=lambda task: task["due_at"] or "9999")
    assert [task["id"] for task in await studio.listed(f"limit={limit}")] == [task["id"] for task in expected]


async def test_tasks_are_filtered_by_status_client_project_and_due_date(studio: Studio) -> None:
    client_id = await studio.knows()
    project = await studio.create_project()
    plain = await studio.create()
    of_client = await studio.create(client_id=client_id, due_at="2026-11-24T00:00:00Z")
    in_project = await studio.create(project_id=project["id"], due_at="2026-11-25T00:00:00Z")
    await studio.send("POST", f"/tasks/{plain['id']}/complete")
    for query, found in (
        ("status=open", [of_client, in_project]),
        ("status=completed", [plain]),
        (f"client_id={client_id}", [of_client]),
        (f"project_id={project['id']}", [in_project]),
        (f"project_id={project['id']}&client_id={client_id}", []),
        ("due_before=2026-11-25T00:00:00Z", [of_client]),
        ("due_before=2026-11-25T00:00:01Z&limit=1", [of_client, in_project]),
    ):
        assert [task["id"] for task in await studio.listed(query)] == [task["id"] for task in found], query


async def test_a_change_between_pages_neither_hides_nor_repeats_the_others(studio: Studio) -> None:
    first, second, third = [await studio.create(due_at=f"2026-11-2{day}T00:00:00Z") for day in (1, 2, 3)]
    page = (await studio.send("GET", "/tasks?limit=1")).json()
    assert [task["id"] for task in page["items"]] == [first["id"]]
    await studio.send("DELETE", f"/tasks/{first['id']}", If_Match='"1"')
    rest = await studio.listed(f"cursor={page['next_cursor']}")
    assert [task["id"] for task in rest] == [second["id"], third["id"]]


@pytest.mark.parametrize("path", ["/tasks", "/projects"])
@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "client_id=1", "cursor=!", "cursor=W10", "cursor=" + "W" * 3999, "cursor=é"],
)
async def test_a_query_that_makes_no_sense_is_refused(studio: Studio, path: str, query: str) -> None:
    assert (await studio.send("GET", f"{path}?{query}")).status_code == 422


async def test_a_long_list_is_read_through_its_index(tasks: ServiceHarness, studio: Studio) -> None:
    from sqlalchemy import text

    fill = text(
        "INSERT INTO tasks (id, workspace_id, title, description, status, priority, due_at, version, created_at, "
        "updated_at) SELECT uuidv7(), :workspace, 'x', '', 'open', 'normal', now() + i * interval '1 minute', 1, "
        "now(), now() FROM generate_series(1, 5000) i"
    )
    explain = text(
        "EXPLAIN (FORMAT TEXT) SELECT * FROM tasks WHERE deleted_at IS NULL AND status = 'open' "
        "ORDER BY coalesce(due_at, 'infinity'::timestamptz), id DESC LIMIT 51"
    )
    async with tasks.uow.begin(studio.member) as transaction:
        await transaction.session.execute(fill, {"workspace": studio.member.workspace_id})
        await transaction.session.execute(text("ANALYZE tasks"))
        plan = "\n".join((await transaction.session.scalars(explain)).all())
        await transaction.session.rollback()
    assert "ix_tasks_status_due" in plan
    assert "Sort" not in plan
