"""Unmodified clients notice no difference between Bedrock (the stub) and the proxy before it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import aiohttp
import httpx
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.providers.bedrock import BedrockProvider
from urllib3.exceptions import HTTPError

from smartstack_bedrock_proxy.stub import ERRORS, Answer, Cut, Failure, Slow
from smartstack_bedrock_proxy.testing import ARN, MODEL, World

ASK: list[dict[str, Any]] = [{"role": "user", "content": [{"text": "Is the logo ready? — ünïcode"}]}]
MEASURED = Answer(text="Yes, it is — since Friday.", usage=(12, 5))
MIDWAY = (
    "internalServerException",
    "modelStreamErrorException",
    "validationException",
    "throttlingException",
    "serviceUnavailableException",
)
AIO = get_session()
Call = Callable[[World, str], Awaitable[Any]]


class Finding(BaseModel):
    title: str
    priority: Literal["low", "high"]
    sentences: list[int]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """What a client finds that is told nothing else. It must not wait and try again here."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", world.token())


async def boto3_converse(world: World, url: str) -> Any:
    answer = await asyncio.to_thread(world.boto(url).converse, modelId=MODEL, messages=ASK)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


async def boto3_stream(world: World, url: str) -> Any:
    def read() -> list[Any]:
        return list(world.boto(url).converse_stream(modelId=ARN, messages=ASK)["stream"])

    return await asyncio.to_thread(read)


async def aiobotocore_converse(world: World, url: str) -> Any:
    async with aiobotocore_client(world, url) as client:
        answer = await client.converse(modelId=MODEL, messages=ASK)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


async def aiobotocore_stream(world: World, url: str) -> Any:
    async with aiobotocore_client(world, url) as client:
        answer = await client.converse_stream(modelId=MODEL, messages=ASK)
        return [part async for part in answer["stream"]]


def aiobotocore_client(world: World, url: str) -> Any:
    """A client that reads its token from AWS_BEARER_TOKEN_BEDROCK, set by `environment`."""
    config = AioConfig(signature_version="bearer", read_timeout=10)
    return AIO.create_client("bedrock-runtime", region_name="eu-west-1", endpoint_url=url, config=config)


def pydantic_ai_model(world: World, url: str) -> BedrockConverseModel:
    return BedrockConverseModel(MODEL, provider=BedrockProvider(bedrock_client=world.boto(url)))


async def pydantic_ai_text(world: World, url: str) -> Any:
    run = await Agent(pydantic_ai_model(world, url)).run("Is the logo ready?")
    return run.output, run.usage.input_tokens, run.usage.output_tokens


async def pydantic_ai_typed(world: World, url: str) -> Any:
    run = await Agent(pydantic_ai_model(world, url), output_type=Finding).run("What is to be done?")
    return run.output


async def pydantic_ai_stream(world: World, url: str) -> Any:
    async with Agent(pydantic_ai_model(world, url)).run_stream("Is the logo ready?") as run:
        return [part async for part in run.stream_text(delta=True, debounce_by=None)], run.usage.output_tokens


WHOLE = (boto3_converse, aiobotocore_converse, pydantic_ai_text)
STREAMS = (boto3_stream, aiobotocore_stream, pydantic_ai_stream)


async def outcome(call: Call, world: World, url: str) -> Any:
    """What the caller gets: an answer, or an exception with everything that it tells."""
    try:
        return await call(world, url)
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return type(error).__name__, error.response["Error"], status
    except AgentRunError as error:
        return type(error).__name__, getattr(error, "status_code", None), getattr(error, "provider_error_code", None)
    except (BotoCoreError, HTTPError, OSError, aiohttp.ClientError) as error:
        return type(error).__name__


async def both(call: Call, world: World, *script: Any) -> tuple[Any, Any]:
    """The outcome at Bedrock, and the outcome through the proxy."""
    world.stub.script(*script)
    direct = await outcome(call, world, world.stub_url)
    world.stub.script(*script)
    return direct, await outcome(call, world, world.url)


@pytest.mark.parametrize("call", [*WHOLE, *STREAMS, pydantic_ai_typed])
async def test_an_answer_is_the_same(world: World, call: Call) -> None:
    direct, proxied = await both(call, world, MEASURED)
    assert direct == proxied
    assert not isinstance(direct, str), direct


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("call", [*WHOLE, boto3_stream])
async def test_every_error_is_the_same(world: World, call: Call, code: str) -> None:
    direct, proxied = await both(call, world, Failure(code))
    assert direct == proxied
    assert str(ERRORS[code]) in str(direct)
    assert world.spent()["spent_micros"] == 0


@pytest.mark.parametrize("kind", MIDWAY)
@pytest.mark.parametrize("call", STREAMS)
async def test_an_exception_in_the_middle_of_a_stream_is_the_same(world: World, call: Call, kind: str) -> None:
    direct, proxied = await both(call, world, Answer(text="A longer answer, in parts.", fails_midway=kind))
    assert direct == proxied
    assert kind in str(direct) or "Model" in str(direct)


@pytest.mark.parametrize("call", STREAMS)
async def test_a_stream_that_is_cut_is_cut(world: World, call: Call) -> None:
    direct, proxied = await both(call, world, Cut(parts=2))
    assert direct == proxied
    assert isinstance(direct, str) or "Error" in direct[0]


@pytest.mark.parametrize("path", [f"/model/{MODEL}/converse", f"/model/{MODEL}/converse-stream"])
async def test_the_bytes_of_an_answer_are_the_same(world: World, path: str) -> None:
    headers = {"Authorization": f"Bearer {world.token()}"}
    async with httpx.AsyncClient(headers=headers) as http:
        answers = []
        for url in (world.stub_url, world.url):
            world.stub.script(MEASURED)
            answers.append(await http.post(url + path, json={"messages": ASK}))
    direct, proxied = answers
    assert proxied.content == direct.content
    assert proxied.headers["content-type"] == direct.headers["content-type"]
    assert proxied.headers["x-amzn-requestid"]


async def test_a_stream_arrives_as_it_is_made(world: World) -> None:
    world.stub.script(Slow(between=0.1, answer=Answer(text="In many parts, one after the other.")))
    stream = world.boto().converse_stream(modelId=MODEL, messages=ASK)["stream"]
    arrivals = [time.monotonic() for _ in stream]
    assert arrivals[-1] - arrivals[0] > 0.4


async def test_a_throttled_call_that_its_caller_repeats_succeeds_and_is_paid_once(world: World) -> None:
    world.stub.script(Failure("ThrottlingException"), Failure("ServiceUnavailableException"), Answer(usage=(100, 10)))
    client = world.boto(attempts=3)
    answer = await asyncio.to_thread(client.converse, modelId=MODEL, messages=ASK)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert world.spent()["spent_micros"] == 100 * 3 + 10 * 15
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-smartstack-cost-usd"] == "0.000450"


async def test_the_proxy_itself_tries_once(world: World) -> None:
    world.stub.script(Failure("ThrottlingException"), MEASURED)
    with pytest.raises(ClientError, match="ThrottlingException"):
        world.boto().converse(modelId=MODEL, messages=ASK)
    assert len(world.stub.received) == 1


async def test_a_connection_that_breaks_before_the_answer_can_be_tried_again(world: World) -> None:
    world.stub.script(Cut(), MEASURED)
    with pytest.raises(ClientError, match="ServiceUnavailableException"):
        world.boto().converse(modelId=MODEL, messages=ASK)


async def test_a_forced_tool_is_answered_by_its_schema(world: World) -> None:
    assert await pydantic_ai_typed(world, world.url) == Finding(title="x", priority="low", sentences=[1])
