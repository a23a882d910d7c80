"""From the client's click to the suggestion on our screen: one trace, found by the message's id, shown in Ops."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Trace = dict[str, Any]

FIRST = "click: POST /api/v1/portal/messages"
LAST = "show suggestion_created"


@pytest.fixture
def eventually(wait_until: Callable[..., Any]) -> Callable[..., Any]:
    return wait_until


def _as_the_one_in(window: Any, stack: Any) -> Any:
    """Return an API client that acts as the person in this window."""
    token = window.page.evaluate(
        "async () => (await (await fetch('/api/v1/auth/refresh', {method: 'POST'})).json()).access_token"
    )
    api = stack.client()
    api.http.headers["Authorization"] = f"Bearer {token}"
    return api


def _path(trace: Trace) -> list[str]:
    """Return the names of the spans from the root to the suggestion on the screen, as far as they have come."""
    by_id = {each["span_id"]: each for each in trace["spans"]}
    span = next((each for each in trace["spans"] if each["name"] == LAST), None)
    names: list[str] = []
    while span is not None:
        names.insert(0, span["name"])
        span = by_id.get(span["parent_id"])
    return names


def _message_in(path: str) -> str:
    matched = re.search(r"id=([0-9a-f-]{36})", path)
    assert matched
    return matched[1]


def test_one_trace_runs_from_the_clients_click_to_the_suggestion_on_our_screen(
    ours: Any, theirs: Any, stack: Any, eventually: Callable[..., Any]
) -> None:
    ours.sign_up()
    link = ours.share_with_new_client("Acme")
    theirs.write_through(link, "Hello!")
    ours.open_conversation("Acme")
    theirs.write("Could you send the updated wireframes by Thursday?")
    expect(ours.suggestion("wireframes")).to_be_visible()

    # From the message to its trace in one step.
    messages = ours.page.get_by_role("list", name="Messages")
    message = messages.get_by_role("article").filter(has_text="wireframes by Thursday")
    message.hover()
    shown = message.get_by_role("link", name="Show trace")
    message_id = _message_in(str(shown.get_attribute("href")))

    owner = _as_the_one_in(ours, stack)

    def complete() -> Trace | None:
        found = owner.all("/ops/traces", id=message_id)
        traces = (owner.call("GET", f"/ops/traces/{each['trace_id']}") for each in found)
        return next((each for each in traces if _path(each)[:1] == [FIRST]), None)

    trace: Trace = eventually(complete, "the spans of both browsers and all services arrive")
    path = _path(trace)
    for step in (
        "POST /api/v1/portal/messages",
        "create comms-events",
        "process smartstack-local-ai-inbox",
        "create ai-events",
    ):
        assert step in path, f"{step} is missing from {path}"
    assert {"web", "gateway", "comms", "ai"} <= {span["service"] for span in trace["spans"]}
    assert not trace["error"]

    shown.click()
    spans = ours.page.get_by_role("list", name="Spans")
    expect(spans.get_by_role("button", name=re.compile("^show suggestion_created, web"))).to_be_visible()
    spans.get_by_role("button", name=re.compile("^process smartstack-local-ai-inbox")).first.click()
    expect(spans.get_by_text("smartstack.event_id").first).to_be_visible()
    assert ours.complaints == theirs.complaints == []
