"""Spans and metrics of model calls: what, how long, how much; never a word of what was said."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from smartstack_ai.llm.bedrock import telemetry
from smartstack_ai.llm.bedrock.engine import BedrockEngine
from smartstack_ai.llm.port import Answer as Read
from smartstack_ai.settings import AiSettings
from smartstack_ai.values import SourceText
from smartstack_bedrock_proxy.stub import Answer, Failure
from smartstack_bedrock_proxy.testing import MODEL, World

SAID = "Could you send the secret wireframes by Thursday?"


class Seen:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spans, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
        self._reader = InMemoryMetricReader()
        meter = MeterProvider([self._reader]).get_meter("test")
        monkeypatch.setattr(telemetry, "_duration", meter.create_histogram("duration", "s"))
        monkeypatch.setattr(telemetry, "_tokens", meter.create_histogram("tokens"))
        monkeypatch.setattr(telemetry, "_cost", meter.create_counter("cost", "USD"))

    def metrics(self) -> dict[str, list[tuple[float, dict[str, Any]]]]:
        data: Any = self._reader.get_metrics_data()
        return {
            metric.name: [
                (point.sum if hasattr(point, "sum") else point.value, dict(point.attributes))
                for point in metric.data.data_points
            ]
            for metric in data.resource_metrics[0].scope_metrics[0].metrics
        }


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    return Seen(monkeypatch)


async def read(world: World) -> Read:
    values: dict[str, Any] = {
        "database_url": "unused",
        "engine": "bedrock",
        "bedrock_url": world.url,
        "bedrock_model": MODEL,
        "bedrock_token_key": json.dumps(world.key.as_dict(private=True)),
    }
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return await BedrockEngine(AiSettings(**values)).answer(
        SourceText(SAID, at, ZoneInfo("UTC"), "inbound", world.workspace_id)
    )


async def test_an_answered_call_is_measured(world: World, seen: Seen) -> None:
    world.stub.script(Answer(tool={"findings": []}, usage=(900, 80)))
    answer = await read(world)
    (span,) = seen.spans.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": MODEL,
        "gen_ai.request.max_tokens": 1500,
        "gen_ai.usage.input_tokens": 900,
        "gen_ai.usage.output_tokens": 80,
        "smartstack.prompt_version": "1",
        "smartstack.workspace_id": str(world.workspace_id),
        "smartstack.ai.outcome": "answered",
        "smartstack.ai.cost": 0.0039,
    }
    metrics = seen.metrics()
    tokens = {labels["gen_ai.token.type"]: value for value, labels in metrics["tokens"]}
    assert tokens == {"input": 900, "output": 80}
    assert [value for value, _ in metrics["cost"]] == [0.0039]
    assert metrics["duration"][0][1]["gen_ai.request.model"] == MODEL
    assert answer.call is not None
    assert f"{span.context.trace_id:032x}" == answer.call.trace_id == world.log()["trace_id"]


async def test_a_failed_call_is_an_error_and_says_nothing_of_the_message(
    world: World, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "smartstack_ai")
    world.stub.script(Failure("AccessDeniedException", f"cannot read: {SAID}"))
    await read(world)
    (span,) = seen.spans.get_finished_spans()
    assert not span.status.is_ok
    assert (span.attributes or {})["error.type"] == "refused"
    assert seen.metrics()["duration"][0][1]["error.type"] == "refused"
    assert "answers for Bedrock (refused)" in caplog.text
    for told in (span.to_json(), caplog.text):
        assert "secret wireframes" not in told
