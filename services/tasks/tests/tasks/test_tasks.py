"""Tasks, one by one."""

import asyncio

import pytest

from smartstack_contracts import new_id
from smartstack_tasks.testing import Studio


async def test_a_task_needs_a_title_and_nothing_else(studio: Studio) -> None:
    task = await studio.create("Send the wireframes")
    assert task | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0,
        "title": "Send the wireframes",
        "description": "",
        "status": "open",
        "priority": "normal",
        "due_at": None,
        "client_id": None,
        "client_name": None,
        "project_id": None,
        "labels": [],
        "source": None,
        "completed_at": None,
        "version": 1,
        "created_at": 0,
        "updated_at": 0,
    }
    assert (await studio.get(task["id"])).json() == task


async def test_a_new_task_is_announced_with_its_state(studio: Studio) -> None:
    client_id = await studio.knows("Acme")
    task = await studio.create("Send it", client_id=client_id, due_at="2026-11-26T17:00:00+01:00", priority="high")
    [announced] = await studio.announced()
    assert announced.type == "smartstack.tasks.task_created.v1"
    assert (str(announced.subject), announced.sequence) == (task["id"], 1)
    assert announced.authid == f"user:{studio.member.user_id}"
    state = announced.data.model_dump(mode="json")
    assert {name: state[name] for name in state if name != "task_id"} == {
        name: task[name] for name in state if name != "task_id"
    }
    assert state["task_id"] == task["id"]


async def test_text_is_trimmed_and_a_due_date_is_told_in_utc(studio: Studio) -> None:
    task = await studio.create("  Send it \n", due_at="2026-11-26T17:00:00+01:00")
    assert task["title"] == "Send it"
    assert task["due_at"] == "2026-11-26T16:00:00Z"


async def test_a_task_shows_the_name_of_its_client(studio: Studio) -> None:
    client_id = await studio.knows("Acme")
    task = await studio.create(client_id=client_id)
    assert task["client_name"] == "Acme"
    assert (await studio.get(task["id"])).json()["client_name"] == "Acme"
    assert [item["client_name"] for item in await studio.listed()] == ["Acme"]


async def test_a_task_in_a_clients_project_is_that_clients(studio: Studio) -> None:
    client_id = await studio.knows("Acme")
    project = await studio.create_project(client_id=client_id)
    task = await studio.create(project_id=project["id"])
    assert (task["client_id"], task["client_name"]) == (client_id, "Acme")


async def test_a_task_cannot_be_in_another_clients_project(studio: Studio) -> None:
    acme, globex = await studio.knows("Acme"), await studio.knows("Globex")
    project = await studio.create_project(client_id=acme)
    both = {"client_id": globex, "project_id": project["id"]}
    task = await studio.create(project_id=project["id"])
    plain = await studio.create()
    for answer in (
        await studio.send("POST", "/tasks", {"title": "x", **both}),
        await studio.patch(plain, **both),
        await studio.patch(task, client_id=globex),
        await studio.patch(task, client_id=None),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "project_of_another_client")
        assert [error["field"] for error in answer.json()["errors"]] == ["client_id"]


async def test_a_task_moved_to_a_project_follows_to_its_client(studio: Studio) -> None:
    acme, globex = await studio.knows("Acme"), await studio.knows("Globex")
    of_acme, of_globex = [await studio.create_project(client_id=client_id) for client_id in (acme, globex)]
    internal = await studio.create_project()
    task = await studio.create(project_id=of_acme["id"])
    moved = (await studio.patch(task, project_id=of_globex["id"])).json()
    assert (moved["client_id"], moved["client_name"]) == (globex, "Globex")
    kept = (await studio.patch(moved, project_id=internal["id"])).json()
    assert (kept["client_id"], kept["project_id"]) == (globex, internal["id"])
    assert (await studio.patch(kept, client_id=acme)).json()["client_name"] == "Acme"


@pytest.mark.parametrize("field", ["client_id", "project_id"])
async def test_an_unknown_client_or_project_is_refused_with_the_field(studio: Studio, field: str) -> None:
    answer = await studio.send("POST", "/tasks", {"title": "x", field: str(new_id())})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    task = await studio.create()
    assert (await studio.patch(task, **{field: str(new_id())})).status_code == 422


async def test_a_client_made_a_moment_ago_is_waited_for(studio: Studio) -> None:
    client_id = new_id()
    creating = asyncio.create_task(studio.create(client_id=str(client_id)))
    await asyncio.sleep(0.2)
    await studio.hears(studio.client_created(client_id, "Acme"))
    assert (await creating)["client_name"] == "Acme"


async def test_a_change_raises_the_version_and_is_announced(studio: Studio) -> None:
    task = await studio.create()
    answer = await studio.patch(task, title="Send the final wireframes", due_at="2026-11-26T17:00:00Z")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    changed = answer.json()
    assert changed == task | {
        "title": "Send the final wireframes",
        "due_at": "2026-11-26T17:00:00Z",
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    assert changed["updated_at"] > task["updated_at"]
    assert (await studio.get(task["id"])).json() == changed
    last = (await studio.announced())[-1]
    assert (last.data.name, last.sequence, last.data.title) == ("task_updated", 2, "Send the final wireframes")


async def test_a_change_to_the_same_values_is_none(studio: Studio) -> None:
    task = await studio.create(due_at="2026-11-26T17:00:00Z")
    for changes in ({}, {"title": task["title"], "due_at": "2026-11-26T18:00:00+01:00"}, {"status": "open"}):
        answer = await studio.patch(task, **changes)
        assert (answer.status_code, answer.json()) == (200, task)
    assert await studio.announced_names() == ["task_created"]


async def test_null_clears_what_may_be_empty(studio: Studio) -> None:
    project = await studio.create_project(client_id=await studio.knows())
    task = await studio.create(project_id=project["id"], due_at="2026-11-26T17:00:00Z")
    cleared = (await studio.patch(task, due_at=None, project_id=None, client_id=None)).json()
    assert [cleared[name] for name in ("due_at", "project_id", "client_id", "client_name")] == [None] * 4


@pytest.mark.parametrize("field", ["title", "description", "status", "priority"])
async def test_null_is_refused_where_a_value_is_needed(studio: Studio, field: str) -> None:
    answer = await studio.patch(await studio.create(), **{field: None})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_completing_says_when_and_is_announced_once(studio: Studio) -> None:
    task = await studio.create()
    first = await studio.send("POST", f"/tasks/{task['id']}/complete")
    again = await studio.send("POST", f"/tasks/{task['id']}/complete")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["status"] == "completed"
    assert first.json()["completed_at"] >= task["created_at"]
    assert await studio.announced_names() == ["task_created", "task_completed"]


async def test_completing_by_a_change_is_completing(studio: Studio) -> None:
    done = (await studio.patch(await studio.create(), status="completed", title="Sent")).json()
    assert done["completed_at"] is not None
    last = (await studio.announced())[-1]
    assert (last.data.name, last.data.title, last.sequence) == ("task_completed", "Sent", 2)


async def test_a_completed_task_can_be_opened_again_and_completed_again(studio: Studio) -> None:
    task = await studio.create()
    done = (await studio.send("POST", f"/tasks/{task['id']}/complete")).json()
    opened = (await studio.patch(done, status="open")).json()
    assert (opened["status"], opened["completed_at"], opened["version"]) == ("open", None, 3)
    assert (await studio.send("POST", f"/tasks/{task['id']}/complete")).json()["version"] == 4
    assert await studio.announced_names() == ["task_created", "task_completed", "task_updated", "task_completed"]


async def test_a_deleted_task_is_gone_everywhere(studio: Studio) -> None:
    task = await studio.create()
    match = {"If_Match": '"1"'}
    assert (await studio.send("DELETE", f"/tasks/{task['id']}", **match)).status_code == 204
    assert await studio.listed() == []
    for method, path, headers in (
        ("GET", "", {}),
        ("PATCH", "", match),
        ("DELETE", "", match),
        ("POST", "/complete", {}),
    ):
        body = {"title": "x"} if method == "PATCH" else None
        answer = await studio.send(method, f"/tasks/{task['id']}{path}", body, **headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "task_not_found")
    last = (await studio.announced())[-1]
    assert (last.data.name, str(last.data.task_id), last.sequence) == ("task_deleted", task["id"], 2)


async def test_a_deletion_can_be_undone(studio: Studio) -> None:
    task = await studio.create()
    done = (await studio.send("POST", f"/tasks/{task['id']}/complete")).json()
    await studio.send("DELETE", f"/tasks/{task['id']}", If_Match='"2"')
    restored = await studio.send("POST", f"/tasks/{task['id']}/restore")
    again = await studio.send("POST", f"/tasks/{task['id']}/restore")
    assert restored.status_code == 200
    assert restored.json() == again.json() == done | {"version": 4, "updated_at": restored.json()["updated_at"]}
    assert [item["id"] for item in await studio.listed()] == [task["id"]]
    last = (await studio.announced())[-1]
    assert (last.data.name, last.data.title, last.sequence) == ("task_updated", task["title"], 4)


async def test_what_never_existed_cannot_be_restored(studio: Studio) -> None:
    assert (await studio.send("POST", f"/tasks/{new_id()}/restore")).status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_stale_version_is_refused_and_a_missing_one_asked_for(studio: Studio, method: str) -> None:
    task = await studio.create()
    body = {"title": "New"} if method == "PATCH" else None
    path = f"/tasks/{task['id']}"
    assert (await studio.send(method, path, body)).status_code == 428
    for version in ('"7"', '"0"'):
        stale = await studio.send(method, path, body, If_Match=version)
        assert (stale.status_code, stale.json()["code"], stale.headers["etag"]) == (412, "stale_version", '"1"')
    assert (await studio.send(method, path, body, If_Match="latest")).status_code == 422
    if method == "PATCH":
        same = {"title": task["title"]}
        assert (await studio.send(method, path, same, If_Match='"7"')).status_code == 412
    assert (await studio.get(task["id"])).json() == task


async def test_of_two_members_who_rename_a_task_the_later_one_learns_of_the_other(studio: Studio) -> None:
    read_by_both = await studio.create("Send it")
    first = await studio.patch(read_by_both, title="Send the draft")
    later = await studio.patch(read_by_both, title="Send the final")
    assert (later.status_code, later.json()["code"], later.headers["etag"]) == (412, "stale_version", '"2"')
    assert later.json()["detail"].endswith("version 2 is current. Read it, then repeat your change.")
    assert (await studio.get(read_by_both["id"])).json() == first.json()
    repeated = await studio.patch(first.json(), title="Send the final")
    assert (repeated.status_code, repeated.json()["title"], repeated.json()["version"]) == (200, "Send the final", 3)


async def test_a_retry_under_its_key_does_not_complete_what_was_opened_again(studio: Studio) -> None:
    task = await studio.create()
    path = f"/tasks/{task['id']}/complete"
    done = await studio.send("POST", path, Idempotency_Key="k")
    opened = (await studio.patch(done.json(), status="open")).json()
    again = await studio.send("POST", path, Idempotency_Key="k")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, done.json(), '"2"')
    assert (await studio.get(task["id"])).json() == opened


async def test_an_idempotency_key_creates_once(studio: Studio) -> None:
    first, again = [await studio.send("POST", "/tasks", {"title": "x"}, Idempotency_Key="k") for _ in range(2)]
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = await studio.send("POST", "/tasks", {"title": "y"}, Idempotency_Key="k")
    assert other.status_code == 409
    assert len(await studio.listed()) == 1
    assert await studio.announced_names() == ["task_created"]
