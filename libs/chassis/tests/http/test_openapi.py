from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Query
from pydantic import BaseModel

from smartstack_chassis.http.dependencies import CurrentClient, CurrentMember
from smartstack_chassis.http.idempotency import OncePerKey
from smartstack_chassis.http.inputs import Input
from smartstack_chassis.http.preconditions import ExpectedVersion
from smartstack_chassis.process.app import build_api
from smartstack_chassis.process.service import Service


class Thing(BaseModel):
    version: int


class NewThing(Input):
    name: str


router = APIRouter()


@router.get("/things")
async def list_things(member: CurrentMember, q: Annotated[str | None, Query(max_length=5)] = None) -> list[str]:
    return []


@router.post("/things", response_model=Thing)
async def create_thing(member: CurrentMember, idempotent: OncePerKey, body: NewThing) -> None: ...


@router.patch("/things/{thing_id}", response_model=Thing)
async def update_thing(member: CurrentMember, thing_id: UUID, expected: ExpectedVersion, body: NewThing) -> None: ...


@router.get("/portal/things")
async def list_portal_things(client: CurrentClient) -> list[str]:
    return []


@router.get("/anybody")
async def read_anything() -> list[str]:
    return []


@pytest.fixture
def document() -> dict[str, Any]:
    return build_api(Service(name="tasks", root=Path(), routers=[router])).openapi()


@pytest.fixture
def operations(document: dict[str, Any]) -> dict[str, Any]:
    return {item["operationId"]: item for path in document["paths"].values() for item in path.values()}


def test_every_operation_says_whose_token_it_takes(operations: dict[str, Any]) -> None:
    taken = {name: [list(each) for each in item.get("security", [])] for name, item in operations.items()}
    assert taken == {
        "list_things": [["member"]],
        "create_thing": [["member"]],
        "update_thing": [["member"]],
        "list_portal_things": [["client"]],
        "read_anything": [],
    }


def test_failures_follow_from_what_an_operation_depends_on(operations: dict[str, Any]) -> None:
    failures = {name: {s for s in item["responses"] if s > "3"} - {"default"} for name, item in operations.items()}
    assert failures == {
        "list_things": {"401", "403", "422", "503"},
        "create_thing": {"401", "403", "409", "413", "422", "503"},
        "update_thing": {"401", "403", "404", "412", "413", "422", "428", "503"},
        "list_portal_things": {"401", "403", "404", "503"},
        "read_anything": {"503"},
    }


def test_every_failure_is_a_problem(document: dict[str, Any], operations: dict[str, Any]) -> None:
    for item in operations.values():
        for status, response in item["responses"].items():
            if status > "3":
                content = response["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert set(document["components"]["schemas"]["Problem"]["required"]) >= {"status", "code", "detail"}


def test_if_match_is_required_and_an_optional_parameter_is_not_nullable(operations: dict[str, Any]) -> None:
    headers = {item["name"]: item for item in operations["update_thing"]["parameters"] if item["in"] == "header"}
    assert headers["If-Match"]["required"]
    [q] = operations["list_things"]["parameters"]
    assert (q["required"], q["schema"]["type"], q["schema"]["maxLength"]) == (False, "string", 5)


def test_what_has_a_version_answers_with_an_etag(operations: dict[str, Any]) -> None:
    assert "ETag" in operations["update_thing"]["responses"]["200"]["headers"]
    assert "headers" not in operations["list_things"]["responses"]["200"]
