"""What FastStream offers beside consuming: AsyncAPI, telemetry, metrics, injection, the command line."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from faststream import BaseMiddleware, Depends
from faststream.exceptions import SetupError
from faststream.message import StreamMessage
from faststream.opentelemetry import CurrentSpan
from faststream.specification import AsyncAPI
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from faststream_sqs import (
    DeadLetter,
    Queue,
    SQSBroker,
    SQSMessage,
    SQSPublisher,
    SQSRoute,
    SQSRouter,
    TestSQSBroker,
    Topic,
)
from faststream_sqs.annotations import SQSBroker as InjectedBroker
from faststream_sqs.opentelemetry import SQSTelemetryMiddleware
from faststream_sqs.prometheus import SQSPrometheusMiddleware

MakeBroker = Callable[..., SQSBroker]

APP = """
from faststream import FastStream
from faststream_sqs import SQSBroker

broker = SQSBroker(region="eu-west-1", endpoint_url={endpoint!r}, aws_access_key_id={account!r},
                   aws_secret_access_key="x", wait_time=1)
app = FastStream(broker)

@broker.subscriber({name!r})
@broker.publisher({name!r} + "-out")
async def handle(body: str) -> str:
    return body.upper()
"""


class Order(BaseModel):
    """What is ordered."""

    id: int


def document(broker: SQSBroker, version: str) -> Any:
    return AsyncAPI(broker, schema_version=version).to_specification().to_jsonable()


@pytest.mark.parametrize("version", ["2.6.0", "3.0.0"])
def test_the_asyncapi_document_shows_queues_and_topics(version: str) -> None:
    broker = SQSBroker(region="eu-west-1")

    @broker.subscriber(
        Queue("orders", visibility=30, dlq=DeadLetter(max_receive=4)), topics=[Topic("events", filter={"type": ["o"]})]
    )
    @broker.publisher(topic="mails")
    async def handle(order: Order) -> str:
        """Takes an order."""
        return str(order.id)

    channels = document(broker, version)["channels"]
    incoming, outgoing = channels["orders:Handle"], channels["mails:Publisher"]
    assert incoming["description"] == "Takes an order."
    assert incoming["bindings"]["sqs"]["queue"] == {
        "name": "orders",
        "fifoQueue": False,
        "visibilityTimeout": 30,
        "redrivePolicy": {"deadLetterQueue": {"name": "orders-dlq"}, "maxReceiveCount": 4},
        "topics": [
            {
                "name": "events",
                "rawMessageDelivery": True,
                "filterPolicy": {"type": ["o"]},
                "filterPolicyScope": "MessageAttributes",
            }
        ],
    }
    assert outgoing["bindings"]["sqs"]["queue"] == {"name": "mails", "fifoQueue": False, "type": "sns"}


def test_the_asyncapi_document_names_the_endpoint() -> None:
    server = document(SQSBroker(region="eu-west-1", description="ours"), "2.6.0")["servers"]["development"]
    assert (server["url"], server["protocol"]) == ("https://sqs.eu-west-1.amazonaws.com", "sqs")


async def test_one_trace_runs_from_the_sender_through_the_topic_to_the_handler(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    exporter = InMemorySpanExporter()
    tracer_provider = TracerProvider()
    tracer_provider.add_span_processor(SimpleSpanProcessor(exporter))
    reader = InMemoryMetricReader()
    middleware = SQSTelemetryMiddleware(
        tracer_provider=tracer_provider, meter_provider=MeterProvider(metric_readers=[reader])
    )
    broker = make_broker(middlewares=[middleware])
    seen: list[Any] = []

    @broker.subscriber(name, topics=[f"{name}-t"])
    async def handle(body: str, span: CurrentSpan) -> None:
        seen.append(span)

    async with broker:
        await broker.start()
        await broker.publish("x", topic=f"{name}-t")
        await eventually(lambda: bool(seen))
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert {span.context.trace_id for span in spans.values()} == {seen[0].get_span_context().trace_id}
    assert spans[f"{name} process"].attributes["messaging.system"] == "aws_sqs"
    assert spans[f"{name}-t publish"].attributes["messaging.destination.name"] == f"{name}-t"


async def test_a_batch_links_to_the_traces_of_its_messages(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    exporter = InMemorySpanExporter()
    tracer_provider = TracerProvider()
    tracer_provider.add_span_processor(SimpleSpanProcessor(exporter))
    broker = make_broker(middlewares=[SQSTelemetryMiddleware(tracer_provider=tracer_provider)])
    seen: list[Any] = []

    @broker.subscriber(name, batch=True)
    async def handle(bodies: list[str]) -> None:
        seen.extend(bodies)

    async with broker:
        for body in ("a", "b"):
            await broker.publish(body, name)
        await broker.start()
        await eventually(lambda: len(seen) == 2)
    senders = {s.context.trace_id for s in exporter.get_finished_spans() if s.name == f"{name} create" and not s.links}
    linked = {
        link.context.trace_id for s in exporter.get_finished_spans() if s.name == f"{name} create" for link in s.links
    }
    assert linked == senders


async def test_metrics_count_messages_by_their_outcome(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    registry = CollectorRegistry()
    broker = make_broker(middlewares=[SQSPrometheusMiddleware(registry=registry)])
    seen: list[str] = []

    @broker.subscriber(name)
    async def handle(body: str) -> None:
        seen.append(body)
        if body == "bad":
            raise ValueError

    async with broker:
        await broker.start()
        await broker.publish("good", name)
        await broker.publish("bad", name)
        await eventually(lambda: len(seen) == 2)
    labels = {"app_name": "faststream", "broker": "aws_sqs", "handler": name}
    assert registry.get_sample_value("faststream_received_processed_messages_total", labels | {"status": "acked"}) == 1
    assert registry.get_sample_value("faststream_received_processed_messages_total", labels | {"status": "error"}) == 1


async def test_parser_decoder_filter_middleware_and_dependency_work_together(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    seen: list[tuple[str, Any]] = []

    class Stamp(BaseMiddleware):
        async def publish_scope(self, call_next: Any, cmd: Any) -> Any:
            cmd.add_headers({"stamp": "1"})
            return await call_next(cmd)

    async def parse(message: Any, original: Any) -> Any:
        parsed = await original(message)
        parsed.message_id = f"id-{parsed.message_id}"
        return parsed

    async def decode(message: StreamMessage[Any], original: Any) -> Any:
        return {"wrapped": await original(message)}

    def stamp(message: SQSMessage) -> str:
        return str(message.headers["stamp"])

    broker = make_broker(middlewares=[Stamp])
    subscriber = broker.subscriber(name, parser=parse, decoder=decode)

    @subscriber(filter=lambda message: message.content_type == "application/json")
    async def on_json(
        body: Any, stamped: Annotated[str, Depends(stamp)], message: SQSMessage, broker_: InjectedBroker
    ) -> None:
        assert broker_ is broker
        assert message.message_id.startswith("id-")
        seen.append(("json", body))

    @subscriber
    async def on_text(body: Any) -> None:
        seen.append(("text", body))

    async with broker:
        await broker.start()
        await broker.publish({"a": 1}, name)
        await broker.publish("t", name)
        await eventually(lambda: len(seen) == 2)
    assert sorted(seen) == [("json", {"wrapped": {"a": 1}}), ("text", {"wrapped": "t"})]


async def test_routes_are_registered_when_their_router_is_made() -> None:
    async def handle(n: int) -> int:
        return n + 1

    router = SQSRouter("p-", handlers=[SQSRoute(handle, "in", publishers=[SQSPublisher(topic="out")])])
    broker = SQSBroker(routers=[router])
    seen: list[int] = []

    @broker.subscriber("sink", topics=["p-out"])
    async def sink(n: int) -> None:
        seen.append(n)

    async with TestSQSBroker(broker) as test_broker:
        await test_broker.publish(1, "p-in")
    assert seen == [2]


def test_a_router_of_another_broker_is_refused() -> None:
    with pytest.raises(TypeError, match="SQSRegistrator"):
        SQSBroker().include_router(object())  # type: ignore[arg-type]


async def test_a_driver_class_as_annotation_is_explained() -> None:
    from faststream_sqs.message import SQSMessage as Driver

    broker = SQSBroker()

    @broker.subscriber("in")
    async def handle(message: Driver) -> None: ...

    with pytest.raises(SetupError, match=r"from faststream_sqs\.annotations import SQSMessage"):
        async with TestSQSBroker(broker):
            pass


@pytest.fixture
def app(tmp_path: Path, endpoint: str, account: str, name: str) -> Path:
    """An application in a module of its own."""
    path = tmp_path / "orders_app.py"
    path.write_text(APP.format(endpoint=endpoint, account=account, name=name))
    return path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "faststream", *arguments]


def test_the_command_line_writes_the_asyncapi_document(app: Path, name: str) -> None:
    out = app.parent / "asyncapi.json"
    subprocess.run(command("docs", "gen", "orders_app:app", "--out", str(out)), cwd=app.parent, check=True, timeout=60)
    assert f"{name}:Handle" in json.loads(out.read_text())["channels"]


async def test_the_command_line_runs_an_application_and_sigterm_ends_it(
    app: Path, name: str, make_broker: MakeBroker, inspect: Any
) -> None:
    async with make_broker() as broker:
        await broker.publish("x", name)
    process = await asyncio.create_subprocess_exec(
        *command("run", "orders_app:app"), cwd=app.parent, env=os.environ | {"PYTHONPATH": str(app.parent)}
    )
    try:
        async with asyncio.timeout(20):
            taken: list[Any] = []
            while not taken:
                try:
                    taken = await inspect.take(f"{name}-out", wait=1)
                except Exception:  # noqa: BLE001 - the queue is made by the process
                    await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert taken[0]["Body"] == "X"
    assert await inspect.is_empty(name)
