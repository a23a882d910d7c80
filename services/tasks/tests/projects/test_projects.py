"""Projects: creating and listing."""

from smartstack_contracts import new_id
from smartstack_tasks.testing import Studio


async def test_projects_are_listed_by_name_with_their_client(studio: Studio) -> None:
    client_id = await studio.knows("Acme")
    for name, fields in (("website", {"client_id": client_id}), ("Brand", {}), ("App", {"client_id": client_id})):
        await studio.create_project(name, **fields)
    projects = await studio.listed("limit=2", "/projects")
    assert [(item["name"], item["client_name"]) for item in projects] == [
        ("App", "Acme"),
        ("Brand", None),
        ("website", "Acme"),
    ]
    assert len(await studio.listed(f"client_id={client_id}", "/projects")) == 2
    assert await studio.announced_names() == ["project_created"] * 3


async def test_a_project_of_an_unknown_client_is_refused(studio: Studio) -> None:
    answer = await studio.send("POST", "/projects", {"name": "x", "client_id": str(new_id())})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_client")
