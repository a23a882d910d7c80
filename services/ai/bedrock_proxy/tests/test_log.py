"""What is written down of a call: everything in the prompt log, masked; nothing of it in logs, spans and metrics."""

import asyncio
import json
import logging
import time
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from smartstack_bedrock_proxy import budget, promptlog, spans
from smartstack_bedrock_proxy.stub import Answer, Failure
from smartstack_bedrock_proxy.telemetry import JsonLines
from smartstack_bedrock_proxy.testing import MODEL, World

SAID = "Write to ann@example.com or +44 20 7946 0958; IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111."
MASKED = "Write to [email] or [phone]; IBAN [iban], card [card]."
ASK: list[dict[str, Any]] = [{"role": "user", "content": [{"text": SAID}]}]


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(spans, "tracer", provider.get_tracer("test"))
    return exporter


async def test_a_call_is_logged_whole_and_masked(world: World) -> None:
    world.stub.script(Answer(text="I wrote to bob@example.com.", usage=(20, 4)))
    world.boto().converse(modelId=MODEL, messages=ASK, system=[{"text": "You are ann@example.com."}])
    ((key, entry),) = world.logs().items()
    workspace, day, name = key.split("/")
    assert (workspace, day) == (str(world.workspace_id), time.strftime("%Y-%m-%d", time.gmtime()))
    assert name == f"{entry['request_id']}.json"
    assert entry["request"]["messages"][0]["content"][0]["text"] == MASKED
    assert entry["request"]["system"] == [{"text": "You are [email]."}]
    assert entry["answer"]["message"]["content"] == [{"text": "I wrote to [email]."}]
    assert (entry["status"], entry["stop_reason"], entry["measured"]) == (200, "end_turn", True)
    assert (entry["input_tokens"], entry["output_tokens"], entry["cost_usd"]) == (20, 4, "0.000120")
    assert SAID in world.stub.received[0].body.decode(), "the model is told what the caller said"


async def test_a_streams_answer_is_put_together_before_it_is_masked(world: World) -> None:
    world.stub.script(Answer(text="Ask bob.the.builder@example.com about it."))
    list(world.boto().converse_stream(modelId=MODEL, messages=ASK)["stream"])
    await asyncio.to_thread(_until, lambda: len(world.logs()) == 1)
    assert world.log()["answer"] == [{"text": "Ask [email] about it."}]


async def test_a_tools_input_is_logged_masked(world: World) -> None:
    tools = [{"toolSpec": {"name": "note", "inputSchema": {"json": {"type": "object"}}}}]
    config = {"tools": tools, "toolChoice": {"tool": {"name": "note"}}}
    world.stub.script(Answer(tool={"who": "bob@example.com"}))
    list(world.boto().converse_stream(modelId=MODEL, messages=ASK, toolConfig=config)["stream"])
    await asyncio.to_thread(_until, lambda: len(world.logs()) == 1)
    assert world.log()["answer"] == [{"tool": "note", "input": '{"who": "[email]"}'}]


async def test_a_failed_call_is_logged_with_its_error(world: World) -> None:
    world.stub.script(Failure("ThrottlingException"))
    with pytest.raises(ClientError):
        world.boto().converse(modelId=MODEL, messages=ASK)
    assert (world.log()["status"], world.log()["error"], world.log()["answer"]) == (429, "ThrottlingException", None)


async def test_a_log_that_fails_costs_no_answer_but_is_counted(
    start: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = InMemoryMetricReader()
    counter = MeterProvider([reader]).get_meter("test").create_counter("failures")
    monkeypatch.setattr(promptlog, "_failures", counter)
    world: World = start(prompt_log_bucket="no-such-bucket")
    answer = world.boto().converse(modelId=MODEL, messages=ASK)
    assert answer["stopReason"] == "end_turn"
    assert "the prompt log of request" in caplog.text
    assert '"value": 1' in (reader.get_metrics_data() or "").to_json()  # type: ignore[union-attr]
    assert world.spent()["calls"] == 1


async def test_nothing_that_was_said_and_no_secret_reaches_logs_and_spans(
    world: World, caplog: pytest.LogCaptureFixture, exporter: InMemorySpanExporter
) -> None:
    caplog.set_level(logging.DEBUG, "smartstack_bedrock_proxy")
    token = world.token()
    world.stub.script(Answer(text="Certainly."), Failure("ThrottlingException"))
    client = world.boto(token=token)
    client.converse(modelId=MODEL, messages=ASK)
    with pytest.raises(ClientError):
        client.converse(modelId=MODEL, messages=ASK)
    with pytest.raises(ClientError):
        world.boto(token=f"{token}x").converse(modelId=MODEL, messages=ASK)
    await asyncio.to_thread(_until, lambda: len(exporter.get_finished_spans()) == 3)
    lines = "".join(JsonLines().format(record) for record in caplog.records if "smartstack" in record.name)
    told = lines + "".join(span.to_json() for span in exporter.get_finished_spans())
    for secret in ("ann@", "Certainly", token, token.split(".")[2], "Credential="):
        assert secret not in told, secret


async def test_a_fault_of_the_proxy_is_bedrocks_kind_of_error_and_quotes_nothing(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError(SAID)

    monkeypatch.setattr(budget.Budget, "reserve", fails)
    client = world.boto()
    with pytest.raises(client.exceptions.InternalServerException):
        client.converse(modelId=MODEL, messages=ASK)
    assert "the proxy failed: RuntimeError at test_log.py" in caplog.text
    assert SAID not in caplog.text


async def test_a_call_is_a_span_of_its_callers_trace(world: World, exporter: InMemorySpanExporter) -> None:
    headers = {
        "Authorization": f"Bearer {world.token()}",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "baggage": "smartstack.workspace_id=forged",
    }
    world.stub.script(Answer(usage=(20, 4)))
    async with httpx.AsyncClient(base_url=world.url, headers=headers) as http:
        await http.post(f"/model/{MODEL}/converse", json={"messages": ASK})
    await asyncio.to_thread(_until, lambda: bool(exporter.get_finished_spans()))
    (span,) = exporter.get_finished_spans()
    assert f"{span.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert span.kind is trace.SpanKind.SERVER
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": MODEL,
        "gen_ai.request.stream": False,
        "gen_ai.request.max_tokens": 500,
        "gen_ai.response.finish_reasons": ("end_turn",),
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 4,
        "smartstack.workspace_id": str(world.workspace_id),
        "smartstack.ai.cost": 0.00012,
        "aws.request_id": world.log()["request_id"],
    }
    assert world.log()["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_a_line_of_the_log_is_one_json_object() -> None:
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "two\nlines %s", ("here",), None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "two\nlines here"


def _until(holds: Any) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
