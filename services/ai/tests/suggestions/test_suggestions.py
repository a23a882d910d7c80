"""From a message to a decision."""

import asyncio
from typing import Any

import pytest

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."


async def test_a_clients_request_becomes_suggestions_with_verbatim_evidence(studio: Any) -> None:
    await studio.says(ASKING)
    wireframes, logo = sorted(await studio.suggestions(), key=lambda item: item["evidence"][0]["start"])
    assert wireframes["fields"]["due_at"] == "2026-11-26T23:59:59Z"
    assert wireframes["status"] == "pending"
    assert logo["fields"]["due_at"] is None
    for item in (wireframes, logo):
        for evidence in item["evidence"]:
            assert ASKING[evidence["start"] : evidence["end"]] == evidence["quote"]
            assert evidence["message_id"] == item["message_id"]


async def test_a_due_date_is_read_in_the_workspaces_zone(unannounced: Any) -> None:
    studio = await unannounced.announced("America/Los_Angeles")
    await studio.says("Please send the invoice by Thursday.")
    (item,) = await studio.suggestions()
    assert item["fields"]["due_at"] == "2026-11-26T23:59:59-08:00"


async def test_a_message_delivered_twice_is_read_once(studio: Any, ai: ServiceHarness) -> None:
    await ai.deliver(studio.message(ASKING), times=3)
    assert len(await studio.suggestions()) == 2
    assert len([e for e in await ai.published() if e.type == "smartstack.ai.suggestion_created.v1"]) == 2


async def test_our_own_promise_becomes_a_commitment(studio: Any) -> None:
    await studio.says("I'll send the contract on Friday.", sent=True)
    (item,) = await studio.suggestions()
    assert item["kind"] == "commitment"
    assert item["fields"]["due_at"] == "2026-11-27T23:59:59Z"


async def test_thanks_yields_nothing(studio: Any) -> None:
    await studio.says("Thanks!")
    assert await studio.suggestions() == []


async def test_a_message_that_overtakes_its_workspace_waits_for_it(unannounced: Any, ai: ServiceHarness) -> None:
    """The bus keeps no order: here the message comes first, and its due date must still be in the right zone."""
    message = unannounced.message("Please send the invoice by Thursday.")
    await ai.deliver(message)
    assert await unannounced.suggestions() == []
    await unannounced.announced("America/Los_Angeles")
    (item,) = await unannounced.suggestions()
    assert item["fields"]["due_at"] == "2026-11-26T23:59:59-08:00"
    (created,) = await ai.published()
    assert (created.correlationid, created.causationid) == (message.correlationid, message.id)


async def test_messages_and_their_workspace_at_once_miss_nothing(unannounced: Any, ai: ServiceHarness) -> None:
    said = [ai.deliver(unannounced.message("Please send the invoice by Thursday.")) for _ in range(6)]
    await asyncio.gather(*said[:3], unannounced.announced(), *said[3:])
    assert len(await unannounced.suggestions()) == 6


async def test_what_a_suggestion_caused_shares_the_messages_correlation(studio: Any, ai: ServiceHarness) -> None:
    message = studio.message(ASKING)
    await ai.deliver(message)
    created = [e for e in await ai.published() if e.type == "smartstack.ai.suggestion_created.v1"]
    assert {(e.correlationid, e.causationid) for e in created} == {(message.correlationid, message.id)}


async def _first(studio: Any) -> dict[str, Any]:
    await studio.says(ASKING)
    items: list[dict[str, Any]] = await studio.suggestions()
    return items[0]


async def test_accepting_with_corrections_announces_them_under_the_tasks_id(studio: Any, ai: ServiceHarness) -> None:
    item = await _first(studio)
    edited = {"fields": {"title": "Fix the logo", "due_at": "2026-12-01T12:00:00+00:00"}}
    answer = await ai.http.post(f"/api/v1/suggestions/{item['id']}/accept", json=edited, headers=studio.headers)
    assert answer.status_code == 200
    accepted = next(e for e in await ai.published() if e.type == "smartstack.ai.suggestion_accepted.v1")
    assert str(accepted.data.task_id) == answer.json()["task_id"]
    assert accepted.data.title == "Fix the logo"
    assert accepted.data.due_at.isoformat() == "2026-12-01T12:00:00+00:00"
    assert accepted.sequence == 2


async def test_accepting_twice_at_once_makes_one_task(studio: Any, ai: ServiceHarness) -> None:
    item = await _first(studio)
    url = f"/api/v1/suggestions/{item['id']}/accept"
    answers = await asyncio.gather(*(ai.http.post(url, headers=studio.headers) for _ in range(8)))
    assert len({answer.text for answer in answers}) == 1
    assert len([e for e in await ai.published() if e.type == "smartstack.ai.suggestion_accepted.v1"]) == 1


@pytest.mark.parametrize(("first", "second"), [("accept", "dismiss"), ("dismiss", "accept")])
async def test_a_decision_is_not_turned_round(studio: Any, ai: ServiceHarness, first: str, second: str) -> None:
    item = await _first(studio)
    url = f"/api/v1/suggestions/{item['id']}"
    assert (await ai.http.post(f"{url}/{first}", headers=studio.headers)).status_code == 200
    refused = await ai.http.post(f"{url}/{second}", headers=studio.headers)
    assert refused.status_code == 409
    assert refused.json()["code"] == "suggestion_decided"
    assert (await ai.http.post(f"{url}/{first}", headers=studio.headers)).status_code == 200


async def test_a_dismissal_can_be_taken_back_and_then_accepted(studio: Any, ai: ServiceHarness) -> None:
    item = await _first(studio)
    url = f"/api/v1/suggestions/{item['id']}"
    await ai.http.post(f"{url}/dismiss", headers=studio.headers)
    for _ in range(2):
        restored = await ai.http.post(f"{url}/restore", headers=studio.headers)
        assert (restored.status_code, restored.json()["status"], restored.json()["version"]) == (200, "pending", 3)
    assert (await ai.http.post(f"{url}/accept", headers=studio.headers)).status_code == 200
    assert (await ai.http.post(f"{url}/restore", headers=studio.headers)).status_code == 409
    kinds = [e.type.split(".")[2] for e in await ai.published() if str(e.subject) == item["id"]]
    assert kinds == ["suggestion_created", "suggestion_dismissed", "suggestion_restored", "suggestion_accepted"]


async def test_decided_suggestions_leave_the_pending_list(studio: Any, ai: ServiceHarness) -> None:
    item = await _first(studio)
    await ai.http.post(f"/api/v1/suggestions/{item['id']}/dismiss", headers=studio.headers)
    assert item["id"] not in [other["id"] for other in await studio.suggestions(status="pending")]
    assert [other["id"] for other in await studio.suggestions(status="dismissed")] == [item["id"]]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "\u200b\u202e"},
        {"title": "\u0301"},
        {"title": "x" * 501},
        {"title": None},
        {"title": "a\u0000b"},
        {"due_at": "2026-11-26T12:00:00"},
        {"due_at": "Thursday"},
        {"due_at": "9999-12-31T23:59:59.999999Z"},
        {"due_at": "0001-01-01T00:00:00Z"},
        {"priority": "very"},
        {"priority": None},
        {"owner": "me"},
    ],
)
async def test_a_bad_correction_is_refused_with_its_field(studio: Any, ai: ServiceHarness, fields: Any) -> None:
    item = await _first(studio)
    url = f"/api/v1/suggestions/{item['id']}/accept"
    answer = await ai.http.post(url, json={"fields": fields}, headers=studio.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"fields.{next(iter(fields))}"
    assert (await studio.suggestions(status="accepted")) == []


async def test_pages_follow_one_another_without_gap_or_repeat(studio: Any, ai: ServiceHarness) -> None:
    for _ in range(4):
        await studio.says(ASKING)
    everything = [item["id"] for item in await studio.suggestions()]
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await ai.http.get("/api/v1/suggestions", params=query, headers=studio.headers)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == everything
    assert len(seen) == 8


async def test_a_cursor_that_we_did_not_make_is_refused(studio: Any, ai: ServiceHarness) -> None:
    for cursor in ("x", "bm90IGpzb24", "W10", "WyJ4Il0"):
        answer = await ai.http.get("/api/v1/suggestions", params={"cursor": cursor}, headers=studio.headers)
        assert answer.status_code == 422, cursor
        assert answer.json()["errors"][0]["field"] == "cursor"


async def test_another_workspace_sees_nothing_and_can_decide_nothing(studio: Any, stranger: Any, ai: Any) -> None:
    item = await _first(studio)
    assert await stranger.suggestions() == []
    foreign = await ai.http.post(f"/api/v1/suggestions/{item['id']}/accept", headers=stranger.headers)
    unknown = await ai.http.post(f"/api/v1/suggestions/{new_id()}/accept", headers=stranger.headers)
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()
    assert (await studio.suggestions(status="pending"))[0]["id"] == item["id"]


async def test_nobody_gets_in_without_a_token(ai: ServiceHarness) -> None:
    answer = await ai.http.get("/api/v1/suggestions")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
