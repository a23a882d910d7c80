"""Labels: creating, renaming, deleting with undo, and carrying them on tasks."""

from typing import Any

import pytest

from smartstack_contracts import new_id
from smartstack_tasks.testing import Json, Studio


async def create_label(studio: Studio, name: str = "Urgent", **fields: Any) -> Json:
    answer = await studio.send("POST", "/labels", {"name": name, **fields})
    assert answer.status_code == 201, answer.text
    label: Json = answer.json()
    return label


async def change_label(studio: Studio, label: Json, **changes: Any) -> Any:
    return await studio.send("PATCH", f"/labels/{label['id']}", changes, If_Match=f'"{label["version"]}"')


async def delete_label(studio: Studio, label: Json) -> None:
    answer = await studio.send("DELETE", f"/labels/{label['id']}", If_Match=f'"{label["version"]}"')
    assert answer.status_code == 204, answer.text


async def labelled(studio: Studio, *labels: Json, title: str = "Send it") -> Json:
    """Create a task that carries these labels."""
    answer = await studio.patch(await studio.create(title), label_ids=[label["id"] for label in labels])
    assert answer.status_code == 200, answer.text
    task: Json = answer.json()
    return task


def names(labels: list[Json]) -> list[str]:
    return [label["name"] for label in labels]


async def test_labels_are_listed_by_name_with_their_open_tasks(studio: Studio) -> None:
    web, brand, idle = [await create_label(studio, name) for name in ("web", "Énd", "app")]
    await labelled(studio, web, brand)
    done = await labelled(studio, web)
    await studio.send("POST", f"/tasks/{done['id']}/complete")
    gone = await labelled(studio, web)
    await studio.send("DELETE", f"/tasks/{gone['id']}", If_Match=f'"{gone["version"]}"')
    listed = await studio.listed("limit=1", "/labels")
    assert [(item["name"], item["open_tasks"]) for item in listed] == [("app", 0), ("Énd", 1), ("web", 1)]
    assert idle["open_tasks"] == 0


async def test_a_name_is_taken_whatever_its_case_and_accents(studio: Studio, stranger: Studio) -> None:
    await create_label(studio, "Réunion")
    other = await create_label(studio, "Other")
    for name in ("réunion", "REUNION", "  Re\u0301union "):
        for answer in (
            await studio.send("POST", "/labels", {"name": name}),
            await change_label(studio, other, name=name),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "label_name_taken")
            assert answer.json()["errors"][0]["field"] == "name"
    await create_label(stranger, "Réunion")


async def test_a_label_keeps_its_own_name_in_another_case(studio: Studio) -> None:
    answer = await change_label(studio, await create_label(studio, "web"), name="Web", color="teal")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["color"], answer.json()["version"]) == ("Web", "teal", 2)


async def test_the_same_key_creates_one_label(studio: Studio) -> None:
    answers = [await studio.send("POST", "/labels", {"name": "web"}, Idempotency_Key="k") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await studio.listed(path="/labels")) == 1


async def test_the_same_values_again_change_nothing(studio: Studio) -> None:
    label = await create_label(studio, "web", color="red")
    answer = await change_label(studio, label, name="web", color="red")
    assert answer.json() == label
    assert await studio.announced_names() == ["label_created"]


async def test_a_change_of_another_version_is_refused(studio: Studio) -> None:
    label = await create_label(studio)
    await change_label(studio, label, color="red")
    assert (await change_label(studio, label, color="blue")).status_code == 412
    deleted = await studio.send("DELETE", f"/labels/{label['id']}", If_Match='"1"')
    assert deleted.status_code == 412
    assert (await studio.send("DELETE", f"/labels/{label['id']}")).status_code == 428


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 51),
        ("name", "\x00"),
        ("name", "\u200b\u2060"),
        ("name", None),
        ("color", "mauve"),
        ("color", None),
        ("shape", "round"),
    ],
)
async def test_a_bad_field_of_a_label_is_named(studio: Studio, field: str, value: Any) -> None:
    label = await create_label(studio, "web")
    for answer in (
        await studio.send("POST", "/labels", {"name": "app"} | {field: value}),
        await change_label(studio, label, **{field: value}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_task_shows_its_labels_by_name(studio: Studio) -> None:
    web, app = await create_label(studio, "web", color="teal"), await create_label(studio, "App")
    task = await labelled(studio, web, app)
    assert task["labels"] == [
        {"id": label["id"], "name": label["name"], "color": label["color"]} for label in (app, web)
    ]
    assert task["version"] == 2
    assert (await studio.get(task["id"])).json() == task
    assert await studio.listed() == [task]
    assert (await studio.announced_names())[-1] == "task_updated"


async def test_the_labels_of_a_task_are_set_as_a_whole(studio: Studio) -> None:
    web, app = await create_label(studio, "web"), await create_label(studio, "app")
    task = await labelled(studio, web)
    assert (await studio.patch(task, label_ids=[web["id"], web["id"]])).json() == task
    task = (await studio.patch(task, label_ids=[app["id"]])).json()
    assert names(task["labels"]) == ["app"]
    task = (await studio.patch(task, title="Renamed")).json()
    assert names(task["labels"]) == ["app"]
    assert (await studio.patch(task, label_ids=[])).json()["labels"] == []


async def test_a_task_is_created_with_its_labels_or_not_at_all(studio: Studio, stranger: Studio) -> None:
    urgent, foreign = await create_label(studio, "Urgent"), await create_label(stranger, "Theirs")
    made = await studio.send("POST", "/tasks", {"title": "Draw", "label_ids": [urgent["id"], urgent["id"]]})
    assert (made.status_code, [label["name"] for label in made.json()["labels"]]) == (201, ["Urgent"])
    refused = await studio.send("POST", "/tasks", {"title": "Never", "label_ids": [urgent["id"], foreign["id"]]})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_label")
    assert [task["title"] for task in await studio.listed()] == ["Draw"]


async def test_labels_that_do_not_exist_are_refused(studio: Studio, stranger: Studio) -> None:
    own, foreign = await create_label(studio), await create_label(stranger)
    gone = await create_label(studio, "gone")
    await delete_label(studio, gone)
    task = await studio.create()
    for label_id in (foreign["id"], gone["id"], str(new_id())):
        answer = await studio.patch(task, label_ids=[own["id"], label_id])
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_label")
        assert answer.json()["errors"][0]["field"] == "label_ids"
    for value in (None, "x", ["x"], [str(new_id())] * 21):
        assert (await studio.patch(task, label_ids=value)).status_code == 422
    assert (await studio.get(task["id"])).json() == task


async def test_tasks_are_filtered_by_all_labels_named(studio: Studio) -> None:
    web, app = await create_label(studio, "web"), await create_label(studio, "app")
    both = await labelled(studio, web, app)
    one = await labelled(studio, web)
    await studio.create()
    assert {item["id"] for item in await studio.listed(f"label_id={web['id']}")} == {both["id"], one["id"]}
    assert await studio.listed(f"label_id={web['id']}&label_id={app['id']}") == [both]
    assert await studio.listed(f"label_id={new_id()}") == []
    refused = await studio.send("GET", "/tasks?label_id=x")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].startswith("label_id")


async def test_deleting_a_label_takes_it_off_tasks_and_restoring_brings_it_back(studio: Studio) -> None:
    label = await create_label(studio)
    task = await labelled(studio, label)
    await delete_label(studio, label)
    assert await studio.listed(path="/labels") == []
    assert (await studio.get(task["id"])).json()["labels"] == []
    assert await studio.listed(f"label_id={label['id']}") == []
    for _ in range(2):
        restored = await studio.send("POST", f"/labels/{label['id']}/restore")
        assert (restored.status_code, restored.json()["open_tasks"], restored.json()["version"]) == (200, 1, 3)
    assert (await studio.get(task["id"])).json() == task
    announced = [name for name in await studio.announced_names() if name.startswith("label")]
    assert announced == ["label_created", "label_deleted", "label_updated"]


async def test_a_label_whose_name_was_taken_since_is_not_restored(studio: Studio) -> None:
    label = await create_label(studio, "web")
    await delete_label(studio, label)
    await create_label(studio, "WEB")
    answer = await studio.send("POST", f"/labels/{label['id']}/restore")
    assert (answer.status_code, answer.json()["code"]) == (409, "label_name_taken")


async def test_a_label_set_while_the_task_changed_is_refused(studio: Studio) -> None:
    label, task = await create_label(studio), await studio.create()
    await studio.patch(task, title="Renamed")
    assert (await studio.patch(task, label_ids=[label["id"]])).status_code == 412
    assert (await studio.get(task["id"])).json()["labels"] == []
