"""What telemetry tells of the running product: a whole trace, what was measured, and nothing that anybody wrote."""

import json
from collections.abc import Callable
from typing import Any

import pytest

CANARY = "wireframes-9c1e"
SERVICES = ("gateway", "comms", "ai", "tasks")
EVERYWHERE = ("http.server.request.duration", "smartstack.outbox.lag")
HANDLING = ("messaging.process.duration", "smartstack.event.age")
# Each service exports its spans when it comes to it.
WHOLE = {
    ("gateway", "server", "POST"),
    ("gateway", "client", "POST"),
    ("comms", "server", "POST"),
    ("comms", "producer", "create"),
    ("ai", "consumer", "process"),
    ("ai", "producer", "create"),
}
IN_A_LINE = {"time", "level", "service", "logger", "message", "trace_id", "span_id"}


@pytest.fixture(scope="module")
def told(stack: Any, wait_until: Callable[..., Any]) -> tuple[Any, dict[str, Any], list[str]]:
    """A client's message became a task: the owner's API client, the message, and what may not show up anywhere."""
    owner, client = stack.client(), stack.client()
    owner.sign_up()
    made = owner.call("POST", "/clients", json={"name": "Acme"})
    link = owner.call("POST", f"/clients/{made['id']}/share-links", json={})
    client.open_portal(link["token"])
    body = f"Could you send the {CANARY} by Thursday?"
    message = client.call("POST", "/portal/messages", json={"body": body})

    def suggested() -> Any:
        return next((each for each in owner.all("/suggestions") if each["message_id"] == message["id"]), None)

    suggestion = wait_until(suggested, "the suggestion")
    accepted = owner.call("POST", f"/suggestions/{suggestion['id']}/accept", json={})
    wait_until(lambda: [each for each in owner.all("/tasks") if each["id"] == accepted["task_id"]], "the task")
    tokens = [each.http.headers["Authorization"].split()[1] for each in (owner, client)]
    return owner, message, [CANARY, link["token"], *tokens]


def test_one_trace_holds_what_a_message_caused_in_every_service(told: Any, wait_until: Callable[..., Any]) -> None:
    owner, message, secrets = told

    def named(trace: Any) -> dict[tuple[str, str, str], Any]:
        return {(span["service"], span["kind"], span["name"].split()[0]): span for span in trace["spans"]}

    def trace() -> Any:
        found = [
            owner.call("GET", f"/ops/traces/{each['trace_id']}") for each in owner.all("/ops/traces", id=message["id"])
        ]
        return next((each for each in found if named(each).keys() >= WHOLE), None)

    whole = wait_until(trace, "the trace of the message, with the spans of every service")
    spans = named(whole)
    handled = spans["ai", "consumer", "process"]["attributes"]
    made = spans["comms", "producer", "create"]["attributes"]
    assert handled["smartstack.event_id"] == made["smartstack.event_id"]
    assert handled["smartstack.attempt"] == 1
    assert spans["comms", "server", "POST"]["attributes"]["http.route"] == "/api/v1/portal/messages"
    assert len({span["attributes"].get("smartstack.correlation_id") for span in whole["spans"]} - {None}) == 1
    assert [secret for secret in secrets if secret in json.dumps(whole)] == []


def test_every_service_is_measured(told: Any, wait_until: Callable[..., Any]) -> None:
    owner = told[0]

    def measured() -> dict[tuple[str, str], Any] | None:
        found = {(each["name"], each["service"]): each for each in owner.all("/ops/metrics")}
        everywhere = {(name, service) for name in EVERYWHERE for service in SERVICES}
        handling = {(name, service) for name in HANDLING for service in ("ai", "tasks", "gateway")}
        return found if everywhere | handling <= found.keys() else None

    found = wait_until(measured, "the metrics")
    assert {found[name, "ai"]["unit"] for name in (*EVERYWHERE, *HANDLING)} == {"s"}
    assert [each for (name, _), each in found.items() if name in HANDLING and each["exemplar_trace_id"]]


def test_every_line_of_the_services_logs_is_json_and_repeats_nothing(told: Any, stack: Any) -> None:
    _, _, secrets = told
    logs = {name: (stack.data / "logs" / f"{name}.log").read_text() for name in SERVICES}
    lines = {name: [json.loads(line) for line in text.splitlines()] for name, text in logs.items()}
    assert all(lines.values())
    assert all(line.keys() >= IN_A_LINE for each in lines.values() for line in each)
    assert [(name, secret) for name, text in logs.items() for secret in secrets if secret in text] == []
