"""What an answer promises, and what it costs."""

from typing import Any

import pytest

from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.conformance import CHANGING, Operation
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_tasks.main import service

CHANGES = [item for item in conformance.operations(service) if item.method in CHANGING]
BODIES: dict[str, Any] = {
    "create_project": {"name": "Website"},
    "create_task": {"title": "Send it"},
    "update_task": {"title": "Send another"},
}


@pytest.mark.parametrize("operation", CHANGES, ids=str)
async def test_no_change_is_acknowledged_before_it_is_committed(
    tasks: ServiceHarness, studio: Any, operation: Operation
) -> None:
    task = await studio.create()
    if operation.name == "restore_task":
        await studio.send("DELETE", f"/tasks/{task['id']}", If_Match='"1"')
    before = await studio.listed(), await studio.listed(path="/projects"), await studio.announced()
    for key in ({}, {"Idempotency-Key": "k"}):
        async with conformance.failing_commits(tasks, studio.member.workspace_id):
            answer = await conformance.call(
                tasks,
                operation,
                studio.member,
                ids={"task_id": task["id"]},
                body=BODIES.get(operation.name),
                headers=key,
            )
        assert answer.status_code == 503, answer.text
    assert before == (await studio.listed(), await studio.listed(path="/projects"), await studio.announced())


# Each command starts with one statement that names the workspace, and ends with one for the outbox.
STATEMENTS = {
    "create_project": 3,
    "create_project for a client": 4,
    "create_task": 3,
    "create_task in a project of a client": 5,
    "create_task once": 5,
    "list_projects": 2,
    "list_tasks": 2,
    "get_task": 2,
    "update_task": 4,
    "update_task to nothing new": 2,
    "complete_task": 3,
    "complete_task again": 3,
    "delete_task": 4,
    "restore_task": 3,
}


async def test_no_use_case_runs_more_statements_than_it_needs(tasks: ServiceHarness, studio: Any) -> None:
    client_id = await studio.knows()
    project = await studio.create_project(client_id=client_id)
    task = await studio.create()
    path, both = f"/tasks/{task['id']}", {"client_id": client_id, "project_id": project["id"]}
    counted = {}
    for name, method, url, body, headers in (
        ("create_project", "POST", "/projects", {"name": "x"}, {}),
        ("create_project for a client", "POST", "/projects", {"name": "x", "client_id": client_id}, {}),
        ("create_task", "POST", "/tasks", {"title": "x"}, {}),
        ("create_task in a project of a client", "POST", "/tasks", {"title": "x", **both}, {}),
        ("create_task once", "POST", "/tasks", {"title": "x"}, {"Idempotency_Key": "k"}),
        ("list_projects", "GET", "/projects", None, {}),
        ("list_tasks", "GET", "/tasks", None, {}),
        ("get_task", "GET", path, None, {}),
        ("update_task", "PATCH", path, {"title": "New"}, {"If_Match": '"1"'}),
        ("update_task to nothing new", "PATCH", path, {"title": "New"}, {"If_Match": '"2"'}),
        ("complete_task", "POST", f"{path}/complete", None, {}),
        ("complete_task again", "POST", f"{path}/complete", None, {}),
        ("delete_task", "DELETE", path, None, {"If_Match": '"3"'}),
        ("restore_task", "POST", f"{path}/restore", None, {}),
    ):
        with conformance.statements(tasks) as seen:
            answer = await studio.send(method, url, body, **headers)
        assert answer.status_code < 300, f"{name}: {answer.text}"
        counted[name] = len(seen)
    assert counted == STATEMENTS
    assert {name.split()[0] for name in STATEMENTS} == {item.name for item in conformance.operations(service)}
