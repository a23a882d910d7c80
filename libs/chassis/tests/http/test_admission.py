"""Who is let in, who waits, who is sent away, and what a deadline ends."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from smartstack_chassis.core import deadline
from smartstack_chassis.http.admission import Admission, Limits
from smartstack_chassis.http.middleware import ASGIApp, Message, Receive, Scope, Send

LIMITS = Limits(
    slots=2,
    waiting=1,
    waiting_seconds=30,
    request_seconds=30,
    body_seconds=30,
    body_bytes=1000,
    lag_seconds=60,
)


class Work:
    """An app whose requests stay until they are let go; notes who began and what it was given."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.bodies: list[bytes] = []
        self.left: list[float | None] = []
        self.cancelled: list[str] = []
        self.go = asyncio.Event()
        self.cleaned = asyncio.Event()
        self.cleaned.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(scope["path"])
        self.left.append(deadline.remaining())
        self.bodies.append((await receive()).get("body", b""))
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append(scope["path"])
            await self.cleaned.wait()
            raise
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0)


def sent(http: httpx.AsyncClient, *paths: str, **options: Any) -> list[asyncio.Task[httpx.Response]]:
    return [asyncio.create_task(http.get(path, **options)) for path in paths]


async def test_who_finds_slots_and_queue_full_is_sent_away_at_once_and_the_others_are_served() -> None:
    work = Work()
    async with client(Admission(work, LIMITS)) as http:
        served = sent(http, "/1", "/2", "/3")
        await until(lambda: len(work.begun) == 2)
        refused = await http.get("/4")
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.json()["code"] == "overloaded"
        work.go.set()
        assert [answer.status_code for answer in await asyncio.gather(*served)] == [200] * 3
    assert "/4" not in work.begun


async def test_the_newest_of_the_queue_is_served_first() -> None:
    work = Work()
    async with client(Admission(work, replace(LIMITS, slots=1, waiting=3))) as http:
        tasks = sent(http, "/1", "/2", "/3", "/4")
        await until(lambda: work.begun == ["/1"])
        work.go.set()
        await asyncio.gather(*tasks)
    assert work.begun == ["/1", "/4", "/3", "/2"]


async def test_who_waited_too_long_is_sent_away_and_never_begun() -> None:
    work = Work()
    async with client(Admission(work, replace(LIMITS, slots=1, waiting_seconds=0.05))) as http:
        first = sent(http, "/1")
        await until(lambda: work.begun == ["/1"])
        assert (await http.get("/2")).status_code == 503
        work.go.set()
        await asyncio.gather(*first)
        assert (await http.get("/3")).status_code == 200
    assert work.begun == ["/1", "/3"]


async def test_a_full_lane_leaves_the_others_alone_and_health_needs_no_slot() -> None:
    work = Work()
    lanes: dict[str, str | None] = {"/a": "a", "/b": "b", "/page": None}
    limits = replace(LIMITS, slots=1, waiting=0)
    async with client(Admission(work, limits, lane_of=lambda path: lanes.get(path, "a"))) as http:
        tasks = sent(http, "/a")
        await until(lambda: work.begun == ["/a"])
        assert (await http.get("/a")).status_code == 503
        tasks += sent(http, "/b", "/page", "/health/ready", "/.well-known/jwks.json")
        await until(lambda: len(work.begun) == 5)
        work.go.set()
        assert {answer.status_code for answer in await asyncio.gather(*tasks)} == {200}


async def test_while_the_loop_lags_a_few_are_served_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartstack_chassis.http.admission.LoopLag.seconds", 1.0)
    work = Work()
    async with client(Admission(work, replace(LIMITS, slots=16, waiting=16, lag_seconds=0.2))) as http:
        tasks = sent(http, *(f"/{number}" for number in range(16)))
        await until(lambda: sum(task.done() for task in tasks) == 12)
        work.go.set()
        answers = [answer.status_code for answer in await asyncio.gather(*tasks)]
    assert answers == [200] * 4 + [503] * 12


async def test_what_the_caller_no_longer_waits_for_is_not_begun() -> None:
    work = Work()
    work.go.set()
    async with client(Admission(work, LIMITS)) as http:
        assert (await http.get("/late", headers={deadline.HEADER: "0"})).status_code == 503
        assert (await http.get("/in-time", headers={deadline.HEADER: "9000"})).status_code == 200
    assert work.begun == ["/in-time"]
    assert work.left[0] is not None
    assert work.left[0] <= 9


async def test_the_deadline_of_one_request_is_not_that_of_the_next_in_the_same_context() -> None:
    work = Work()
    work.go.set()
    with deadline.opened(0):
        async with client(Admission(work, LIMITS)) as http:
            assert (await http.get("/1")).status_code == 200
    assert work.left[0]


@pytest.mark.parametrize("value", ["", "-1", "x", "1.5", "9" * 5000, "1e3"])
async def test_a_deadline_that_is_no_number_is_none(value: str) -> None:
    work = Work()
    work.go.set()
    async with client(Admission(work, LIMITS)) as http:
        assert (await http.get("/1", headers={deadline.HEADER: value})).status_code == 200


async def test_from_outside_nobody_sets_a_deadline() -> None:
    work = Work()
    work.go.set()
    async with client(Admission(work, LIMITS, from_outside=True)) as http:
        assert (await http.get("/1", headers={deadline.HEADER: "0"})).status_code == 200


async def test_past_the_deadline_it_says_504_even_when_cleaning_up_takes_for_ever() -> None:
    work = Work()
    work.cleaned.clear()
    async with client(Admission(work, replace(LIMITS, request_seconds=0.05))) as http:
        answer = await http.post("/1", content=b"x")
        assert answer.status_code == 504
        assert answer.json()["code"] == "deadline_exceeded"
        assert "Idempotency-Key" in answer.json()["detail"]
        assert "Idempotency-Key" not in (await http.get("/2")).json()["detail"]
    await until(lambda: work.cancelled == ["/1", "/2"])
    work.cleaned.set()


async def test_a_slot_is_free_again_when_what_was_given_up_has_ended() -> None:
    work = Work()
    work.cleaned.clear()
    limits = replace(LIMITS, slots=1, waiting=0, request_seconds=0.05)
    async with client(Admission(work, limits)) as http:
        assert (await http.get("/1")).status_code == 504
        assert (await http.get("/2")).status_code == 503
        work.cleaned.set()
        work.go.set()
        async with asyncio.timeout(20):
            while (await http.get("/3")).status_code != 200:
                await asyncio.sleep(0)


async def test_a_body_that_never_ends_is_cut_off_and_holds_no_slot() -> None:
    work = Work()
    work.go.set()
    app = Admission(work, replace(LIMITS, slots=1, waiting=0, body_seconds=0.1))
    answers: list[Message] = []

    async def endless() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"", "more_body": True}

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/slow", "headers": [(b"transfer-encoding", b"chunked")]}
    slow = asyncio.create_task(_call(app, scope, endless, send))
    await asyncio.sleep(0.01)
    async with client(app) as http:
        assert (await http.get("/quick")).status_code == 200
    await slow
    assert answers[0]["status"] == 408
    assert json.loads(answers[1]["body"])["code"] == "body_too_slow"
    assert work.begun == ["/quick"]


async def _call(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


async def test_a_body_arrives_whole_and_one_over_the_limit_reaches_what_refuses_it() -> None:
    work = Work()
    work.go.set()
    async with client(Admission(work, LIMITS)) as http:
        await http.post("/1", content=b"abc")
        await http.post("/2", content=b"x" * 5000)
    assert work.bodies == [b"abc", b"x" * 5000]


async def test_an_answer_that_has_begun_holds_no_slot_and_a_stream_may_go_on() -> None:
    more = asyncio.Event()

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/live":
            await more.wait()
        await send({"type": "http.response.body", "body": b"end"})

    app = Admission(stream, replace(LIMITS, slots=1, waiting=0, request_seconds=0.1))
    async with client(app) as http:
        live = sent(http, "/live")
        await asyncio.sleep(0.2)
        assert (await http.get("/other")).status_code == 200
        assert not live[0].done()
        more.set()
        assert (await live[0]).text == "end"


async def test_a_failure_of_the_app_stays_the_failure_and_frees_the_slot() -> None:

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("broken")

    app = Admission(broken, replace(LIMITS, slots=1, waiting=0))
    async with client(app) as http:
        for _ in range(3):
            with pytest.raises(RuntimeError, match="broken"):
                await http.get("/1")
