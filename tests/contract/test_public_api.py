import json
import re
from typing import Any

import pytest

from smartstack_cli.openapi import TARGET, as_json, document


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """The document of the real services."""
    return document()


def test_the_committed_description_is_what_the_services_say(whole: dict[str, Any]) -> None:
    assert TARGET.read_text() == as_json(whole), "run: python -m smartstack_cli.openapi"


def test_the_whole_document_has_no_loose_end(whole: dict[str, Any]) -> None:
    text = json.dumps(whole)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert references <= whole["components"]["schemas"].keys()
    assert "x-owned-schema" not in text
    assert not [name for name in whole["components"]["schemas"] if "_" in name or name.startswith("HTTP")]
    operations = [item["operationId"] for path in whole["paths"].values() for item in path.values()]
    assert len(operations) == len(set(operations))


def test_every_operation_answers_with_a_model_and_problems(whole: dict[str, Any]) -> None:
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert len(good) == 1, (method, path)
            content = operation["responses"][good[0]].get("content", {})
            assert good == ["204"] or content, (method, path)
            for kind, body in content.items():
                assert kind == "text/event-stream" or "$ref" in body["schema"], (method, path)
            for status in ("429", "503", "504", "default"):
                assert "application/problem+json" in operation["responses"][status]["content"], (method, path)


def test_the_flows_operations_are_there_under_their_final_names(whole: dict[str, Any]) -> None:
    offered = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path)) for path, item in whole["paths"].items() for method in item
    }
    wanted = """
        POST /auth/signup, POST /auth/login, POST /auth/refresh, POST /auth/logout, GET /me, GET /today,
        GET /live, POST /clients, GET /clients, GET /clients/{id}, PATCH /clients/{id},
        POST /clients/{id}/share-links, GET /clients/{id}/share-links, DELETE /share-links/{id},
        POST /portal/session, GET /portal/messages, POST /portal/messages, GET /conversations,
        GET /conversations/{id}/messages, POST /conversations/{id}/messages, GET /suggestions,
        POST /suggestions/{id}/accept, POST /suggestions/{id}/dismiss, POST /projects, GET /projects,
        POST /tasks, GET /tasks, GET /tasks/{id}, PATCH /tasks/{id}, DELETE /tasks/{id},
        POST /tasks/{id}/complete, GET /ops/traces, GET /ops/traces/{id}, GET /ops/queues, GET /ops/metrics,
        GET /ops/dead-letters, GET /ops/dead-letters/{id}, GET /ops/dead-letters/{id}/{id},
        POST /ops/dead-letters/{id}/redrive, POST /ops/dead-letters/{id}/discard, GET /ops/audit
    """
    for line in wanted.split(","):
        method, path = line.split()
        assert (method, f"/api/v1{path}") in offered


def test_answers_name_all_their_fields_as_required(whole: dict[str, Any]) -> None:
    for name in (
        "Session",
        "PortalSession",
        "Today",
        "TodayTasks",
        "TodaySuggestions",
        "ShareLink",
        "ShareLinkCreated",
    ):
        schema = whole["components"]["schemas"][name]
        assert set(schema["required"]) == set(schema["properties"]), name
