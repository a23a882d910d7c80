import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_contracts import new_id
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp
from smartstack_gateway.views.domain import day_of, split_due

ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"]


def task(due: datetime | None, title: str) -> dict[str, Any]:
    return {"id": str(new_id()), "title": title, "due_at": due.isoformat() if due else None}


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001
def test_a_day_holds_now_and_starts_and_ends_at_local_midnight(moment: datetime, zone: str) -> None:
    now = moment.replace(tzinfo=UTC)
    day = day_of(now, zone)
    assert day.start <= now < day.end
    assert day.start.astimezone(ZoneInfo(zone)).date() == day.date == now.astimezone(ZoneInfo(zone)).date()
    assert day.end.astimezone(ZoneInfo(zone)).date() == day.date + timedelta(days=1)
    assert timedelta(hours=22) < day.end - day.start < timedelta(hours=26)


def test_the_day_of_a_clock_change_has_25_hours() -> None:
    day = day_of(datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/London")
    assert day.end - day.start == timedelta(hours=25)


@given(st.lists(st.timedeltas(timedelta(days=-3), timedelta(days=3)), max_size=20), st.sampled_from(ZONES))
def test_each_task_is_overdue_or_due_today_or_neither(distances: list[timedelta], zone: str) -> None:
    now = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    day = day_of(now, zone)
    tasks = [task(now + distance, str(distance)) for distance in distances] + [task(None, "some day")]
    overdue, due_today = split_due(tasks, now, day)
    assert [each["title"] for each in overdue] == [str(d) for d in distances if d < timedelta(0)]
    assert [each["title"] for each in due_today] == [str(d) for d in distances if timedelta(0) <= d < day.end - now]


@pytest.fixture
async def apia(gateway: Gateway) -> Any:
    """A user whose day has other bounds than UTC's."""
    return await gateway.sign_up(timezone="Pacific/Apia")


async def test_the_day_is_gathered_from_three_services_as_the_caller(gateway: Gateway, apia: Any) -> None:
    now = datetime.now(UTC)
    day = day_of(now, "Pacific/Apia")
    gateway.upstreams["tasks"].answer(
        "/api/v1/tasks",
        {
            "items": [
                task(now - timedelta(days=1), "late"),
                task(day.end - timedelta(seconds=1), "today"),
                task(day.end, "tomorrow"),
            ],
            "next_cursor": None,
        },
    )
    gateway.upstreams["ai"].answer("/api/v1/suggestions", {"items": [{"id": "s"}], "next_cursor": None})
    conversations = [
        {"id": "a", "last_message_direction": "inbound"},
        {"id": "b", "last_message_direction": "outbound"},
    ]
    gateway.upstreams["comms"].answer("/api/v1/conversations", {"items": conversations, "next_cursor": None})
    status, body, _ = await gateway.get("/api/v1/today", headers=apia.headers)
    assert status == 200
    assert (body["date"], body["timezone"], body["missing"]) == (str(day.date), "Pacific/Apia", [])
    assert [each["title"] for each in body["tasks"]["overdue"]] == ["late"]
    assert [each["title"] for each in body["tasks"]["due_today"]] == ["today"]
    assert body["suggestions"] == {"items": [{"id": "s"}], "count": 1}
    assert [each["id"] for each in body["conversations"]["awaiting_reply"]] == ["a"]
    for upstream in gateway.upstreams.values():
        assert upstream.received[0].headers["Authorization"] == apia.headers["Authorization"]


async def test_long_lists_are_read_page_by_page(gateway: Gateway, sam: SignedUp) -> None:
    pages = iter([{"items": [{"id": n}] * 100, "next_cursor": f"c{n}" if n < 2 else None} for n in range(3)])
    ai = gateway.upstreams["ai"]
    ai.answers["/api/v1/suggestions"] = lambda: ai.json(next(pages))
    _, body, _ = await gateway.get("/api/v1/today", headers=sam.headers)
    assert (body["suggestions"]["count"], len(body["suggestions"]["items"])) == (300, 50)
    assert [("cursor=c" in seen.query) for seen in ai.received] == [False, True, True]


@pytest.mark.parametrize("mode", ["hang", "reset"])
@pytest.mark.parametrize("owner", ["tasks", "comms", "ai"])
async def test_what_is_down_is_named_and_the_rest_is_there(
    gateway: Gateway, sam: SignedUp, owner: str, mode: str
) -> None:
    gateway.upstreams[owner].mode = mode
    status, body, _ = await gateway.get("/api/v1/today", headers=sam.headers)
    assert (status, body["missing"]) == (200, [owner])


async def test_with_everything_down_the_day_is_answered_within_its_own_deadline(make_gateway: MakeGateway) -> None:
    async with make_gateway(today_seconds=0.3, upstream_seconds=3600) as gateway:
        member = await gateway.sign_up()
        for upstream in gateway.upstreams.values():
            upstream.mode = "hang"
        status, body, _ = await gateway.get("/api/v1/today", headers=member.headers)
        assert (status, set(body["missing"])) == (200, {"tasks", "comms", "ai"})


@pytest.mark.parametrize("nonsense", [{}, [], {"items": [{}], "next_cursor": None}, {"items": None, "next_cursor": 1}])
async def test_an_answer_that_makes_no_sense_counts_as_missing(gateway: Gateway, sam: SignedUp, nonsense: Any) -> None:
    gateway.upstreams["comms"].answer("/api/v1/conversations", nonsense)
    assert (await gateway.get("/api/v1/today", headers=sam.headers))[1]["missing"] == ["comms"]


async def test_the_services_are_asked_at_the_same_time(gateway: Gateway, sam: SignedUp) -> None:
    asked, all_asked = 0, asyncio.Event()

    async def wait_for_the_others() -> None:
        nonlocal asked
        asked += 1
        if asked == len(gateway.upstreams):
            all_asked.set()
        await all_asked.wait()

    for upstream in gateway.upstreams.values():
        upstream.before = wait_for_the_others
    assert (await gateway.get("/api/v1/today", headers=sam.headers))[1]["missing"] == []
