"""What an answer promises, and what it costs."""

from smartstack_chassis.testing.conformance import CommitConformance, Operation, Sample, operations, statements
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_tasks.main import service
from smartstack_tasks.testing import BODIES, Studio


class TestCommits(CommitConformance):
    service = service
    bodies = BODIES

    async def arrange(self, sample: Sample, operation: Operation) -> None:
        if operation.name.startswith("restore_"):
            thing = operation.name.removeprefix("restore_")
            url = f"/{thing}s/{sample.ids[f'{thing}_id']}"
            deleted = await Studio(sample.harness, sample.member).send("DELETE", url, If_Match='"1"')
            assert deleted.status_code == 204


# Each command starts with one statement that names the workspace, and ends with one for the outbox.
STATEMENTS = {
    "create_label": 3,
    "list_labels": 2,
    "update_label": 4,
    "delete_label": 4,
    "restore_label": 3,
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
    "update_task with labels": 7,
    "complete_task": 3,
    "complete_task again": 3,
    "delete_task": 4,
    "restore_task": 3,
}


async def test_no_use_case_runs_more_statements_than_it_needs(tasks: ServiceHarness, studio: Studio) -> None:
    client_id = await studio.knows()
    project = await studio.create_project(client_id=client_id)
    task = await studio.create()
    label = (await studio.send("POST", "/labels", {"name": "Old"})).json()
    labels = f"/labels/{label['id']}"
    path, both = f"/tasks/{task['id']}", {"client_id": client_id, "project_id": project["id"]}
    counted = {}
    for name, method, url, body, headers in (
        ("create_label", "POST", "/labels", {"name": "x"}, {}),
        ("list_labels", "GET", "/labels", None, {}),
        ("update_label", "PATCH", labels, {"name": "New"}, {"If_Match": '"1"'}),
        ("delete_label", "DELETE", labels, None, {"If_Match": '"2"'}),
        ("restore_label", "POST", f"{labels}/restore", None, {}),
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
        ("update_task with labels", "PATCH", path, {"label_ids": [label["id"]]}, {"If_Match": '"2"'}),
        ("complete_task", "POST", f"{path}/complete", None, {}),
        ("complete_task again", "POST", f"{path}/complete", None, {}),
        ("delete_task", "DELETE", path, None, {"If_Match": '"4"'}),
        ("restore_task", "POST", f"{path}/restore", None, {}),
    ):
        with statements(tasks) as seen:
            answer = await studio.send(method, url, body, **headers)
        assert answer.status_code < 300, f"{name}: {answer.text}"
        counted[name] = len(seen)
    assert counted == STATEMENTS
    assert {name.split()[0] for name in STATEMENTS} == {item.name for item in operations(service)}
