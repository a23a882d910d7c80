"""No workspace spends more than its budget, whatever happens to its calls."""

import asyncio
import json
import threading
import time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from smartstack_bedrock_proxy import converse
from smartstack_bedrock_proxy.converse import Operation
from smartstack_bedrock_proxy.stub import Answer, Cut, Failure, Slow
from smartstack_bedrock_proxy.testing import MODEL, World
from smartstack_bedrock_proxy.usage import Usage, cost, dollars

ASK: list[dict[str, Any]] = [{"role": "user", "content": [{"text": "Is the logo ready?"}]}]
PATH = f"/model/{MODEL}/converse"
# What one call reserves: a token for each byte that is sent on, those of the template, and the most it may answer.
SENT = json.dumps({"messages": ASK, "inferenceConfig": {"maxTokens": 500}}, separators=(",", ":"))
RESERVED = (len(SENT) + 1000) * 3 + 500 * 15
PRICES = (Decimal(3), Decimal(15))


def eventually(world: World, micros: int, *, settled: bool = True) -> None:
    """The stub's answer may be over a moment before the proxy has written down what it cost.

    Tokens are counted when a call is settled, so an item with a count of them is one whose only call is over.
    """
    deadline = time.monotonic() + 5
    while (spent := world.spent()).get("spent_micros") != micros or ("input_tokens" in spent) != settled:
        assert time.monotonic() < deadline, spent
        time.sleep(0.02)


def written_log(world: World) -> Any:
    """Return the only entry of the prompt log, which is written after the call is settled."""
    deadline = time.monotonic() + 5
    while not world.logs():
        assert time.monotonic() < deadline, "the log was not written"
        time.sleep(0.02)
    return world.log()


async def test_a_call_costs_what_it_used(world: World) -> None:
    world.stub.script(Answer(usage=(1000, 100)))
    world.boto().converse(modelId=MODEL, messages=ASK)
    spent = world.spent()
    assert spent.pop("expires_at") > time.time() + 86_400 * 365
    assert spent == {"spent_micros": 1000 * 3 + 100 * 15, "calls": 1, "input_tokens": 1000, "output_tokens": 100}


async def test_while_a_call_runs_its_worst_case_is_set_aside(world: World) -> None:
    world.stub.script(Slow(before=0.5, answer=Answer(usage=(10, 1))))
    call = asyncio.create_task(asyncio.to_thread(world.boto().converse, modelId=MODEL, messages=ASK))
    await asyncio.to_thread(lambda: eventually(world, RESERVED, settled=False))
    await call
    eventually(world, 10 * 3 + 15)


@pytest.mark.parametrize("seed", range(2))
async def test_however_many_callers_there_are_the_budget_holds(start: Any, seed: int) -> None:
    """Sixty callers at once want three times the budget; each answer uses all that was reserved for it."""
    worst = Answer(usage=(len(SENT) + 1000, 500))
    world: World = start(monthly_budget_usd=dollars(RESERVED * 20))
    world.stub.script(
        *[[worst, Failure("ThrottlingException"), Cut()][(seed + n) % 3 if n % 5 == 0 else 0] for n in range(60)]
    )
    headers = {"Authorization": f"Bearer {world.token()}"}
    seen: list[int] = []
    watching = threading.Event()

    def watch() -> None:
        while not watching.is_set():
            seen.append(world.spent().get("spent_micros", 0))

    watcher = asyncio.create_task(asyncio.to_thread(watch))
    async with httpx.AsyncClient(base_url=world.url, headers=headers, timeout=30) as http:
        answers = await asyncio.gather(*(http.post(PATH, json={"messages": ASK}) for _ in range(60)))
    watching.set()
    await watcher
    good = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.headers.get("x-smartstack-reason") == "budget"]
    assert max(seen) <= RESERVED * 20
    assert len(good) * RESERVED <= world.spent()["spent_micros"] <= RESERVED * 20
    assert len(refused) >= 35
    assert len(world.stub.received) + len(refused) == 60, "what is refused never reaches Bedrock"


async def test_a_spent_budget_is_a_quota_and_not_tried_again(start: Any) -> None:
    world: World = start(monthly_budget_usd=dollars(RESERVED + 10))
    world.stub.script(Answer(usage=(100, 1)))
    client = world.boto(attempts=3)
    client.converse(modelId=MODEL, messages=ASK)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
        client.converse(modelId=MODEL, messages=ASK)
    assert refused.value.response["ResponseMetadata"]["HTTPHeaders"]["x-smartstack-reason"] == "budget"
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert world.spent()["spent_micros"] == 315


async def test_one_workspace_does_not_spend_anothers(start: Any) -> None:
    world: World = start(monthly_budget_usd=dollars(RESERVED))
    other = uuid4()
    world.stub.script(Answer(usage=(1, 1)))
    world.boto().converse(modelId=MODEL, messages=ASK)
    with pytest.raises(ClientError):
        world.boto().converse(modelId=MODEL, messages=ASK)
    world.boto(token=world.token(other)).converse(modelId=MODEL, messages=ASK)
    assert world.spent(other)["calls"] == 1


async def test_a_budget_of_nothing_allows_nothing(start: Any) -> None:
    world: World = start(monthly_budget_usd="0")
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        world.boto().converse(modelId=MODEL, messages=ASK)
    assert world.spent() == {}


async def test_without_its_table_nothing_is_called(start: Any) -> None:
    world: World = start(budget_table="no-such-table")
    with pytest.raises(ClientError, match="ServiceUnavailableException"):
        world.boto().converse(modelId=MODEL, messages=ASK)
    assert world.stub.received == []


async def test_a_stream_is_paid_by_what_it_says_at_its_end(world: World) -> None:
    world.stub.script(Answer(usage=(30, 7)))
    list(world.boto().converse_stream(modelId=MODEL, messages=ASK)["stream"])
    eventually(world, 30 * 3 + 7 * 15)


@pytest.mark.parametrize("broken", [Answer(fails_midway="throttlingException"), Cut(parts=3), Cut()])
async def test_what_nobody_could_measure_counts_in_full(world: World, broken: Any) -> None:
    world.stub.script(broken)
    with pytest.raises(Exception):  # noqa: B017, PT011 - which one is told elsewhere
        list(world.boto().converse_stream(modelId=MODEL, messages=ASK)["stream"])
    eventually(world, RESERVED)
    assert written_log(world)["measured"] is False


async def test_an_answer_that_is_an_error_costs_nothing(world: World) -> None:
    world.stub.script(Failure("ModelErrorException"))
    with pytest.raises(ClientError):
        world.boto().converse(modelId=MODEL, messages=ASK)
    assert world.spent()["spent_micros"] == 0


@pytest.mark.parametrize("path", [PATH, f"{PATH}-stream"])
async def test_when_the_caller_goes_away_so_does_the_call(world: World, path: str) -> None:
    world.stub.script(Slow(before=0.2, between=5))
    if path == PATH:
        world.stub.script(Slow(before=5))
    headers = {"Authorization": f"Bearer {world.token()}"}
    async with httpx.AsyncClient(base_url=world.url, headers=headers) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.post(path, json={"messages": ASK}, timeout=0.5)
    assert await asyncio.to_thread(world.stub.received[0].finished.wait, 3)
    assert world.stub.given_up == 1
    await asyncio.to_thread(eventually, world, RESERVED)


async def test_the_deadline_ends_a_call_without_an_answer(start: Any) -> None:
    world: World = start(deadline_seconds=0.3)
    world.stub.script(Slow(before=5))
    client = world.boto()
    with pytest.raises(client.exceptions.ModelTimeoutException):
        client.converse(modelId=MODEL, messages=ASK)
    assert world.spent()["spent_micros"] == RESERVED


async def test_the_deadline_ends_a_stream_with_an_exception_in_it(start: Any) -> None:
    world: World = start(deadline_seconds=0.5)
    world.stub.script(Slow(between=0.2, answer=Answer(text="far too many words " * 10)))
    stream = world.boto().converse_stream(modelId=MODEL, messages=ASK)["stream"]
    assert "messageStart" in next(iter(stream))
    with pytest.raises(ClientError, match="modelStreamErrorException"):
        list(stream)
    eventually(world, RESERVED)


async def test_a_bedrock_that_cannot_be_reached_costs_nothing(start: Any) -> None:
    world: World = start(bedrock_upstream="http://127.0.0.1:9")
    with pytest.raises(ClientError, match="ServiceUnavailableException"):
        world.boto().converse(modelId=MODEL, messages=ASK)
    assert world.spent()["spent_micros"] == 0


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(text=TEXT, tokens=st.integers(1, 10_000), cached=st.booleans())
def test_the_reservation_covers_any_way_to_count_the_input(text: str, tokens: int, cached: bool) -> None:
    blocks: list[dict[str, Any]] = [{"text": text}, *([{"cachePoint": {"type": "default"}}] if cached else [])]
    body = json.dumps({"messages": [{"role": "user", "content": blocks}], "inferenceConfig": {"maxTokens": tokens}})
    call = converse.read(Operation(MODEL, False), body.encode(), 1000)
    assert call.max_tokens == min(tokens, 1000)
    most = cost(Usage(call.most_input_tokens, call.max_tokens), PRICES)
    input_tokens = len(text.encode()) + 1000
    used = Usage(0, call.max_tokens, 0, input_tokens) if cached else Usage(input_tokens, call.max_tokens)
    assert cost(used, PRICES) <= most
