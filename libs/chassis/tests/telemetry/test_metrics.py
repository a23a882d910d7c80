"""What a process measures, and how it reaches a receiver of OTLP."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from sqlalchemy import text

from smartstack_chassis.core.actors import Member
from smartstack_chassis.events.outbox_lag import OutboxLag
from smartstack_chassis.process.app import build_app
from smartstack_chassis.testing.harness import event
from smartstack_contracts import encode, new_id
from smartstack_contracts.events.comms import ClientCreated


def points(reader: InMemoryMetricReader, name: str) -> list[Any]:
    data = reader.get_metrics_data()
    return [
        point
        for resource in (data.resource_metrics if data else ())
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == name
        for point in metric.data.data_points
    ]


async def test_handling_is_measured_by_queue_and_type_with_the_trace_of_an_example(
    bus: Any, metrics_reader: InMemoryMetricReader, exporter: Any
) -> None:
    workspace = new_id()
    for name in ("Acme", "refuse"):
        data = ClientCreated(client_id=new_id(), client_name=name)
        await bus.send(encode(event(data, workspace)).decode())

    async def measured() -> list[Any]:
        found = points(metrics_reader, "messaging.process.duration")
        return found if {"error.type" in point.attributes for point in found} == {True, False} else []

    found = await bus.until(measured)
    good = [point for point in found if "error.type" not in point.attributes]
    assert dict(good[0].attributes) == {
        "messaging.system": "aws_sqs",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "probe-tasks-inbox",
        "smartstack.event_type": "smartstack.comms.client_created.v1",
    }
    assert "PermanentEventError" in {point.attributes.get("error.type") for point in found}
    examples = {exemplar.trace_id for point in found for exemplar in point.exemplars}
    assert examples

    async def traced() -> bool:
        # A span ends after what it measures.
        return examples <= {span.context.trace_id for span in exporter.get_finished_spans()}

    await bus.until(traced)
    [age] = points(metrics_reader, "smartstack.event.age")
    assert age.count >= 2
    assert 0 <= age.min <= age.max < 60


async def test_a_request_is_measured_by_the_shape_of_its_path(probe: Any, metrics_reader: InMemoryMetricReader) -> None:
    member = Member(new_id(), new_id(), new_id(), "owner")
    app = build_app(probe.runtime.service, probe.runtime)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
        for path in ("/api/v1/notes", f"/api/v1/{new_id()}", "/health/live"):
            await http.get(path, headers=probe.headers(member))
    told = [dict(point.attributes) for point in points(metrics_reader, "http.server.request.duration")]
    notes = {"http.request.method": "GET", "url.scheme": "http", "http.response.status_code": 200}
    assert notes | {"http.route": "/api/v1/notes"} in told
    assert {"http.request.method": "GET", "url.scheme": "http", "http.response.status_code": 404} in told
    assert not [each for each in told if "/health" in str(each)]


async def test_the_lag_is_the_age_of_the_oldest_event_that_waits(probe: Any) -> None:
    lag = OutboxLag(probe.uow, 1)
    assert list(lag.observe()) == []
    await lag.look()
    assert [each.value for each in lag.observe()] == [0.0]
    old = "INSERT INTO outbox (id, workspace_id, type, body) VALUES (uuidv7(:ago), :workspace, 'x', '{}')"
    async with probe.uow.system() as session:
        for seconds in (90, 5):
            ago = timedelta(seconds=-seconds)
            await session.execute(text(old), {"ago": ago, "workspace": new_id()})
    await lag.look()
    [observed] = lag.observe()
    assert observed.value >= 90


PROCESS = """
import sys
from smartstack_chassis.telemetry.setup import configure_telemetry, meter, shutdown_telemetry, tracer
from smartstack_chassis.telemetry.metrics import REQUEST_DURATION
configure_telemetry("probe", sys.argv[1] or None, "test", metrics_seconds=60)
with tracer.start_as_current_span("work"):
    REQUEST_DURATION.record(0.3, {"http.route": "/x"})
meter.create_counter("smartstack.ai.cost", unit="USD").add(0.25)
shutdown_telemetry()
"""


@pytest.fixture
def receiver() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A receiver of OTLP over HTTP: its URL, and the last body by path."""
    bodies: dict[str, bytes] = {}

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            bodies[self.path] = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Take)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", bodies
    server.shutdown()
    thread.join()
    server.server_close()


def run(endpoint: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    subprocess.run([sys.executable, "-c", PROCESS, endpoint], check=True, timeout=60, env=environment)


def test_spans_and_metrics_go_to_the_endpoint_with_exemplars(receiver: tuple[str, dict[str, bytes]]) -> None:
    url, bodies = receiver
    run(url)
    spans = ExportTraceServiceRequest.FromString(bodies["/v1/traces"]).resource_spans[0]
    [span] = spans.scope_spans[0].spans
    resource = {each.key: each.value.string_value for each in spans.resource.attributes}
    assert (resource["service.name"], resource["deployment.environment.name"]) == ("probe", "test")
    measured = ExportMetricsServiceRequest.FromString(bodies["/v1/metrics"]).resource_metrics[0]
    metrics = {metric.name: metric for metric in measured.scope_metrics[0].metrics}
    [point] = metrics["http.server.request.duration"].histogram.data_points
    assert [exemplar.trace_id for exemplar in point.exemplars] == [span.trace_id]
    assert (min(point.explicit_bounds), max(point.explicit_bounds)) == (0.001, 60)
    assert metrics["smartstack.ai.cost"].unit == "USD"


def test_a_receiver_that_is_away_does_not_hold_up_the_end_and_none_is_needed() -> None:
    run("http://127.0.0.1:9")
    run("")
