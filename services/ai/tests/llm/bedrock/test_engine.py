"""The Bedrock engine, through the proxy, to the stub: what it asks, what it answers, when it steps back."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.llm.bedrock.engine import BedrockEngine
from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.llm.port import Answer
from smartstack_ai.settings import AiSettings
from smartstack_ai.values import SourceText
from smartstack_bedrock_proxy.stub import Answer as StubAnswer
from smartstack_bedrock_proxy.stub import Cut, Failure, Slow
from smartstack_bedrock_proxy.testing import MODEL, World, new_key, proxy_world

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ASKING = "Could you send the updated wireframes to ann@example.com by Thursday? Also the footer logo looks stretched."
FOUND = {
    "findings": [
        {
            "kind": "task",
            "title": "Send the updated wireframes",
            "sentences": [1],
            "due_phrase": "by Thursday",
            "due_date": "2026-11-26",
            "priority": "normal",
            "confidence": 0.95,
        }
    ],
    "addressed_to_software": False,
}

Make = Callable[..., BedrockEngine]


def settings(world: World, **changes: Any) -> AiSettings:
    values: dict[str, Any] = {
        "database_url": "unused",
        "engine": "bedrock",
        "bedrock_url": world.url,
        "bedrock_model": MODEL,
        "bedrock_token_key": json.dumps(world.key.as_dict(private=True)),
        "bedrock_deadline_seconds": 10,
        "bedrock_max_tokens": 400,
    }
    return AiSettings(**{**values, **changes})


@pytest.fixture
def make(world: World) -> Make:
    return lambda **changes: BedrockEngine(settings(world, **changes))


@pytest.fixture
def start(aws: Any) -> Iterator[Callable[..., World]]:
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(proxy_world(aws, **changes))


def source(world: World, text: str = ASKING) -> SourceText:
    return SourceText(text, MONDAY, LONDON, "inbound", world.workspace_id)


async def offline(world: World) -> list[Any]:
    return await OfflineEngine().suggest(source(world))


async def test_a_message_is_read_by_the_model_and_paid_by_its_workspace(world: World, make: Make) -> None:
    world.stub.script(StubAnswer(tool=FOUND, usage=(700, 60)))
    answer = await make().answer(source(world))
    (item,) = answer.proposals
    assert item.due_at is not None
    assert (item.title, item.due_at.day, item.needs_review) == ("Send the updated wireframes", 26, False)
    assert (answer.engine, answer.engine_version, answer.fallback_reason) == ("bedrock", f"1/{MODEL}", None)
    call = answer.call
    assert call is not None
    assert (call.input_tokens, call.output_tokens, call.outcome) == (700, 60, "answered")
    assert call.cost_usd == Decimal("0.003000") == Decimal(world.spent()["spent_micros"]).scaleb(-6)
    assert (call.engine, call.model, call.prompt_version) == ("bedrock", MODEL, "1")


async def test_what_is_asked_is_bounded_forced_and_without_personal_data(world: World, make: Make) -> None:
    world.stub.script(StubAnswer(tool=FOUND))
    await make().answer(source(world))
    (request,) = world.stub.received
    asked = request.content
    assert asked["inferenceConfig"] == {"maxTokens": 400, "temperature": 0.0}
    assert asked["toolConfig"]["toolChoice"] in ({"any": {}}, {"tool": {"name": "report_work"}})
    assert [tool["toolSpec"]["name"] for tool in asked["toolConfig"]["tools"]] == ["report_work"]
    assert len(asked["messages"]) == 1
    assert b"ann@example.com" not in request.body
    assert "[email 1]" in asked["messages"][0]["content"][0]["text"]


async def test_a_made_up_sentence_is_corrected_once(world: World, make: Make) -> None:
    wrong = {"findings": [{**FOUND["findings"][0], "sentences": [9]}]}  # type: ignore[index]
    world.stub.script(StubAnswer(tool=wrong, usage=(500, 50)), StubAnswer(tool=FOUND, usage=(600, 60)))
    answer = await make().answer(source(world))
    assert (answer.engine, len(answer.proposals)) == ("bedrock", 1)
    assert "There are no sentences [9]" in world.stub.received[1].body.decode()
    assert answer.call is not None
    assert (answer.call.input_tokens, answer.call.cost_usd) == (1100, Decimal("0.004950"))


@pytest.mark.parametrize("text", ["", "> what you wrote"])
async def test_no_model_is_asked_about_nothing(world: World, make: Make, text: str) -> None:
    answer = await make().answer(source(world, text))
    assert (list(answer.proposals), answer.call, world.stub.received) == ([], None, [])


MADE_UP = {"findings": [{"kind": "task", "title": "x", "sentences": [9]}]}
BROKEN: dict[str, tuple[list[Any], str]] = {
    "throttled for good": ([Failure("ThrottlingException")] * 3, "throttled"),
    "not ready": ([Failure("ModelNotReadyException")] * 3, "throttled"),
    "down": ([Failure("ServiceUnavailableException")] * 3, "unavailable"),
    "broken": ([Failure("InternalServerException")] * 3, "unavailable"),
    "hung up on": ([Cut()] * 3, "unavailable"),
    "a model error": ([Failure("ModelErrorException")], "unavailable"),
    "a model timeout": ([Failure("ModelTimeoutException")], "timeout"),
    "no access": ([Failure("AccessDeniedException")], "refused"),
    "no such model": ([Failure("ResourceNotFoundException")], "refused"),
    "a bad request": ([Failure("ValidationException")], "refused"),
    "nonsense twice": ([StubAnswer(tool={"findings": "none"})] * 2, "bad_answer"),
    "words instead of the tool": ([StubAnswer(tool={})] * 2, "bad_answer"),
    "sentences made up twice": ([StubAnswer(tool=MADE_UP)] * 2, "bad_answer"),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_when_the_model_fails_the_offline_engine_says_why_it_answers(world: World, make: Make, kind: str) -> None:
    script, reason = BROKEN[kind]
    world.stub.script(*script)
    answer = await make().answer(source(world))
    assert (answer.engine, answer.engine_version) == (OfflineEngine.name, OfflineEngine.version)
    assert answer.fallback_reason == reason
    assert answer.proposals == await offline(world)
    assert answer.call is not None
    assert answer.call.outcome == reason
    assert len(world.stub.received) == len(script)


async def test_a_model_in_trouble_is_left_alone_for_a_while(world: World, make: Make) -> None:
    engine = make()
    world.stub.script(*[Failure("ModelErrorException")] * 5)
    answers = [await engine.answer(source(world)) for _ in range(8)]
    assert {(answer.engine, answer.fallback_reason) for answer in answers} == {("offline", "unavailable")}
    assert [answer.call is None for answer in answers] == [False] * 5 + [True] * 3
    assert len(world.stub.received) == 5


async def test_a_passing_throttle_is_waited_out(world: World, make: Make) -> None:
    world.stub.script(Failure("ThrottlingException"), StubAnswer(tool=FOUND))
    assert (await make().answer(source(world))).engine == "bedrock"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kill_switch": True}, "stopped"),
        ({"monthly_budget_usd": "0"}, "budget"),
        ({"budget_table": "none"}, "unavailable"),
    ],
)
async def test_the_proxys_own_refusals_are_told_apart(start: Any, changes: Any, reason: str) -> None:
    world: World = start(**changes)
    answer = await BedrockEngine(settings(world)).answer(source(world))
    assert (answer.engine, answer.fallback_reason) == ("offline", reason)
    assert world.stub.received == []


async def test_a_key_that_the_proxy_does_not_know_is_refused(world: World, make: Make) -> None:
    answer = await make(bedrock_token_key=json.dumps(new_key().as_dict(private=True))).answer(source(world))
    assert (answer.fallback_reason, world.spent()) == ("refused", {})


async def test_nobody_there_is_unavailable_and_soon(world: World, make: Make) -> None:
    answer = await make(bedrock_url="http://127.0.0.1:9", bedrock_deadline_seconds=3600).answer(source(world))
    assert (answer.engine, answer.fallback_reason) == ("offline", "unavailable")


async def test_a_message_waits_no_longer_than_its_deadline(world: World, make: Make) -> None:
    world.stub.script(Slow(before=3))
    answer = await make(bedrock_deadline_seconds=0.4).answer(source(world))
    assert (answer.engine, answer.fallback_reason) == ("offline", "timeout")
    await asyncio.sleep(1)
    assert len(world.stub.received) == 1, "nobody waits, so nobody tries again"


async def test_no_more_calls_at_once_than_allowed(world: World, make: Make) -> None:
    world.stub.script(*[Slow(before=0.15, answer=StubAnswer(tool=FOUND))] * 6)
    engine, most = make(bedrock_concurrency=2), 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, sum(not each.finished.is_set() for each in world.stub.received))
            await asyncio.sleep(0.01)

    watcher = asyncio.create_task(watch())
    answers = await asyncio.gather(*(engine.answer(source(world)) for _ in range(6)))
    watcher.cancel()
    assert [answer.engine for answer in answers] == ["bedrock"] * 6
    assert most <= 2


async def test_an_answer_without_a_price_has_none(world: World, make: Make) -> None:
    """Asked at Bedrock itself, or at any endpoint that speaks its language."""
    world.stub.script(StubAnswer(tool=FOUND))
    answer: Answer = await make(bedrock_url=world.stub_url).answer(source(world))
    assert answer.call is not None
    assert (answer.engine, answer.call.cost_usd) == ("bedrock", None)


async def test_without_a_workspace_nobody_pays_and_nobody_is_asked(world: World, make: Make) -> None:
    answer = await make().answer(SourceText(ASKING, MONDAY, LONDON, "inbound"))
    assert (answer.engine, world.stub.received) == ("offline", [])


async def test_calls_of_two_workspaces_are_two_accounts(world: World, make: Make) -> None:
    engine, other = make(), uuid4()
    world.stub.script(*[StubAnswer(tool=FOUND, usage=(10, 1))] * 2)
    mine = source(world)
    theirs = SourceText(ASKING, MONDAY, LONDON, "inbound", other)
    await asyncio.gather(engine.answer(mine), engine.answer(theirs))
    assert world.spent()["calls"] == world.spent(other)["calls"] == 1
