"""A workspace is alone: every table and every operation, those added later included, against another workspace."""

from typing import Any

import pytest

from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.conformance import Operation
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_tasks.main import service

OPERATIONS = conformance.operations(service)

# A good body for each operation that takes one; a new operation must bring its own.
BODIES: dict[str, Any] = {
    "create_project": {"name": "Website"},
    "create_task": {"title": "Send it"},
    "update_task": {"title": "Send it"},
}


@pytest.fixture(scope="module")
async def owner(open_studio: Any) -> Any:
    """A workspace with a row in every table."""
    return open_studio()


@pytest.fixture(scope="module")
async def ids(owner: Any) -> dict[str, str]:
    """The ids of its things, by the names that paths and bodies give them."""
    client_id = await owner.knows("Acme")
    project = await owner.create_project(client_id=client_id)
    keyed = await owner.send("POST", "/tasks", {"title": "x", "project_id": project["id"]}, Idempotency_Key="k")
    return {"client_id": client_id, "project_id": project["id"], "task_id": keyed.json()["id"]}


async def test_no_table_shows_or_gives_up_a_row_outside_its_workspace(
    tasks: ServiceHarness, owner: Any, ids: dict[str, str]
) -> None:
    await conformance.check_tables(tasks, owner.member)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_no_operation_answers_without_the_right_token(tasks: ServiceHarness, operation: Operation) -> None:
    await conformance.check_tokens(tasks, operation, BODIES.get(operation.name))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_no_operation_answers_a_session_or_share_link_that_was_revoked(
    tasks: ServiceHarness, operation: Operation
) -> None:
    await conformance.check_revocation(tasks, operation, BODIES.get(operation.name))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_foreign_ids_are_unknown_ids_and_lists_are_empty(
    tasks: ServiceHarness, stranger: Any, ids: dict[str, str], operation: Operation
) -> None:
    await conformance.check_foreign(tasks, operation, stranger.member, ids, BODIES.get(operation.name))


@pytest.mark.parametrize("operation", [item for item in OPERATIONS if item.references], ids=str)
async def test_a_body_cannot_point_into_another_workspace(
    tasks: ServiceHarness, stranger: Any, ids: dict[str, str], operation: Operation
) -> None:
    own = {"task_id": (await stranger.create())["id"]}
    await conformance.check_foreign_references(tasks, operation, stranger.member, ids | own, BODIES[operation.name])


async def test_filters_find_nothing_of_another_workspace(stranger: Any, ids: dict[str, str]) -> None:
    await stranger.create()
    for name in ("client_id", "project_id"):
        assert await stranger.listed(f"{name}={ids[name]}") == []


async def test_an_event_of_one_workspace_changes_nothing_in_another(owner: Any, stranger: Any, ids: Any) -> None:
    before = await owner.listed()
    await stranger.hears(stranger.suggestion_accepted(task_id=ids["task_id"]))
    assert await owner.listed() == before
    assert await stranger.listed() == []


async def test_no_forged_token_opens_anything(tasks: ServiceHarness) -> None:
    await conformance.check_forged_tokens(tasks, "/api/v1/tasks")
