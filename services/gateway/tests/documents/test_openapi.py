import json
from typing import Any

import pytest

from smartstack_gateway.documents.openapi import merge
from smartstack_gateway.testing import Gateway, MakeGateway

REF = "#/components/schemas/"


def document(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return {"paths": paths, "components": {"schemas": schemas, "securitySchemes": {"member": {"type": "http"}}}}


def reading(model: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": REF + model}}}
    return {"get": {"operationId": f"get_{model}", "responses": {"200": {"content": content}}}}


def model_of(merged: dict[str, Any], path: str) -> str:
    schema = merged["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return str(schema["$ref"]).removeprefix(REF)


def test_a_model_that_services_describe_alike_is_there_once() -> None:
    shared = {"Priority": {"enum": ["low", "high"]}}
    merged = merge(
        {
            "ai": document({"/api/v1/a": reading("Priority")}, shared),
            "tasks": document({"/api/v1/t": reading("Priority")}, shared),
        }
    )
    assert merged["components"]["schemas"] == shared
    assert {model_of(merged, "/api/v1/a"), model_of(merged, "/api/v1/t")} == {"Priority"}


def test_models_that_only_share_a_name_are_told_apart() -> None:
    merged = merge(
        {
            "ai": document({"/api/v1/a": reading("Source")}, {"Source": {"type": "string"}}),
            "tasks": document({"/api/v1/t": reading("Source")}, {"Source": {"type": "object"}}),
        }
    )
    assert model_of(merged, "/api/v1/a") == "Source"
    assert model_of(merged, "/api/v1/t") == "TasksSource"
    assert merged["components"]["schemas"]["TasksSource"] == {"type": "object"}


def test_pages_are_named_after_what_is_on_them() -> None:
    merged = merge({"ai": document({"/api/v1/a": reading("Page_Suggestion_")}, {"Page_Suggestion_": {}})})
    assert model_of(merged, "/api/v1/a") == "SuggestionPage"


def test_what_another_service_owns_is_named_when_that_service_is_there() -> None:
    own = document({}, {"Today": {"properties": {"first": {"type": "object", "x-owned-schema": "Task"}}}})
    merged = merge({"gateway": own, "tasks": document({}, {"Task": {"type": "object"}})})
    assert merged["components"]["schemas"]["Today"]["properties"]["first"] == {"$ref": REF + "Task"}
    alone = merge({"gateway": own})
    assert alone["components"]["schemas"]["Today"]["properties"]["first"]["type"] == "object"


def test_two_services_cannot_answer_the_same_operation() -> None:
    with pytest.raises(ValueError, match="/api/v1/x"):
        merge({name: document({"/api/v1/x": reading("X")}, {}) for name in ("ai", "tasks")})


def test_merging_changes_nothing_that_it_is_given() -> None:
    given = {"ai": document({"/api/v1/a": reading("Page_X_"), "/internal": reading("X")}, {"Page_X_": {}})}
    before = json.dumps(given)
    assert list(merge(given)["paths"]) == ["/api/v1/a"]
    assert json.dumps(given) == before


async def test_the_gateway_serves_the_merged_document_and_a_page(make_gateway: MakeGateway) -> None:
    async with make_gateway() as gateway:
        tasks = document({"/api/v1/tasks": reading("Task")}, {"Task": {"description": "<script>alert(1)</script>"}})
        gateway.upstreams["tasks"].answer("/openapi.json", tasks)
        gateway.upstreams["comms"].answer("/openapi.json", document({}, {}))
        gateway.upstreams["ai"].mode = "reset"
        status, body, headers = await gateway.get("/api/openapi.json")
        assert (status, headers["Content-Type"], body["x-missing"]) == (200, "application/json", ["ai"])
        assert {"/api/v1/tasks", "/api/v1/me"} <= body["paths"].keys()
        gateway.upstreams["ai"].mode = "ok"
        gateway.upstreams["ai"].answer("/openapi.json", document({}, {}))
        assert "x-missing" not in (await gateway.get("/api/openapi.json"))[1]
        asked = len(gateway.upstreams["ai"].received)
        status, page, headers = await gateway.get("/api/docs")
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "/api/v1/tasks" in page
        assert "<script" not in page
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert len(gateway.upstreams["ai"].received) == asked, "kept once it is complete"


async def test_keys_are_published_without_their_private_part(gateway: Gateway) -> None:
    _, body, headers = await gateway.get("/.well-known/jwks.json")
    [key] = body["keys"]
    assert key.keys() == {"kty", "crv", "x", "kid", "use", "alg"}
    assert (key["crv"], key["alg"]) == ("Ed25519", "Ed25519")
    assert headers["Cache-Control"] == "public, max-age=60"
