"""The ops process takes spans and metrics as any exporter sends them, and withstands hostile exports."""

import gzip
import json
import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from smartstack_chassis.telemetry.setup import TOKEN_HEADER
from smartstack_ops.dead_letters.messages import read
from smartstack_ops.telemetry import otlp
from smartstack_ops.telemetry.traces import SPANS_PER_TRACE, Kept, TraceFilter, Traces
from smartstack_ops.testing import MakeOps, RunningOps

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
SECOND = 1_000_000_000


def pairs(attributes: dict[str, Any]) -> list[KeyValue]:
    kinds = {str: "string_value", int: "int_value", float: "double_value", bool: "bool_value"}
    return [KeyValue(key=key, value=AnyValue(**{kinds[type(value)]: value})) for key, value in attributes.items()]


def span(trace: str, number: int, *, parent: int = 0, start: float = 0, seconds: float = 1, **more: Any) -> Span:
    """A span that begins `start` seconds after noon of some day in the past."""
    began = 1_700_000_000 * SECOND + int(start * SECOND)
    failed = more.pop("error", None)
    made = Span(
        trace_id=bytes.fromhex(trace),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=more.pop("name", f"span {number}"),
        kind=more.pop("kind", Span.SPAN_KIND_SERVER),
        start_time_unix_nano=began,
        end_time_unix_nano=began + int(seconds * SECOND),
        attributes=pairs({f"smartstack.{name}": str(value) for name, value in more.items()}),
    )
    if failed is not None:
        made.status.code, made.status.message = 2, failed
    return made


def export(*spans: Span, service: str = "tasks") -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(pairs({"service.name": service}))
    resource.scope_spans.add().spans.extend(spans)
    return request


def new_trace() -> str:
    return uuid4().hex


async def post(ops: RunningOps, body: bytes, path: str = "/v1/traces", **headers: str) -> httpx.Response:
    answer: httpx.Response = await ops.http.post(path, content=body, headers=PROTOBUF | headers)
    return answer


async def send(ops: RunningOps, *spans: Span, service: str = "tasks") -> int:
    """Send spans; returns how many were refused."""
    answer = await post(ops, export(*spans, service=service).SerializeToString())
    assert answer.status_code == 200
    return int(ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans)


async def found(ops: RunningOps, workspace: UUID, **filters: Any) -> list[Any]:
    return list(await ops.resources.traces.list(TraceFilter(workspace, **filters), 100, None))


async def test_spans_in_several_batches_and_any_order_are_one_trace(ops: RunningOps) -> None:
    workspace, trace, task = uuid4(), new_trace(), uuid4()
    await send(ops, span(trace, 3, parent=2, start=0.5, seconds=3, workspace_id=workspace, subject=task))
    assert (await found(ops, workspace))[0].name == "span 3"
    await send(ops, span(trace, 2, parent=1, start=0.25, error="broke"), service="comms")
    await send(ops, span(trace, 1, name="POST /clients"), service="gateway")
    await send(ops, span(trace, 1, name="POST /clients"), service="gateway")
    [summary] = await found(ops, workspace)
    assert (summary.name, summary.span_count, summary.duration_ms) == ("POST /clients", 3, 3500.0)
    assert (summary.services, summary.error) == (["comms", "gateway", "tasks"], True)
    shown = await ops.resources.traces.get(workspace, trace)
    assert [(each.span_id[-1], each.parent_id and each.parent_id[-1]) for each in shown.spans] == [
        ("1", None),
        ("2", "1"),
        ("3", "2"),
    ]
    assert [(each.offset_ms, each.duration_ms, each.status) for each in shown.spans] == [
        (0.0, 1000.0, "unset"),
        (250.0, 1000.0, "error"),
        (500.0, 3000.0, "unset"),
    ]


async def test_a_trace_is_found_by_whatever_it_has_to_do_with(ops: RunningOps) -> None:
    workspace, trace, task, event = uuid4(), new_trace(), uuid4(), uuid4()
    linked = span(trace, 1, workspace_id=workspace, subject=task)
    linked.links.add(trace_id=b"x" * 16, span_id=b"y" * 8, attributes=pairs({"smartstack.event_id": str(event)}))
    await send(ops, linked, span(new_trace(), 1, workspace_id=workspace))
    for thing in (str(task), str(task).upper(), str(event), trace):
        assert [each.trace_id for each in await found(ops, workspace, thing=thing)] == [trace]
    assert await found(ops, workspace, thing=str(uuid4())) == []
    assert await found(ops, uuid4(), thing=str(task)) == []


async def test_failed_and_slow_ones_can_be_asked_for(ops: RunningOps) -> None:
    workspace, failed, slow = uuid4(), new_trace(), new_trace()
    await send(
        ops,
        span(failed, 1, workspace_id=workspace, error="broke"),
        span(slow, 1, workspace_id=workspace, seconds=3),
        span(new_trace(), 1, workspace_id=workspace),
    )
    assert [each.trace_id for each in await found(ops, workspace, errors=True)] == [failed]
    assert [each.trace_id for each in await found(ops, workspace, min_ms=3000)] == [slow]


async def test_nobody_makes_anothers_trace_their_own_by_knowing_its_id(ops: RunningOps) -> None:
    mine, thief, trace = uuid4(), uuid4(), new_trace()
    await send(ops, span(trace, 1))
    await send(ops, span(trace, 2, parent=1, workspace_id=mine))
    assert await send(ops, span(trace, 3, workspace_id=thief)) == 1
    assert await found(ops, thief) == []
    assert await ops.resources.traces.get(thief, trace) is None
    assert len((await ops.resources.traces.get(mine, trace)).spans) == 2


async def test_json_says_the_same_as_protobuf(ops: RunningOps) -> None:
    workspace, trace = uuid4(), new_trace()
    sent = {
        "traceId": trace.upper(),
        "spanId": "00000000000000ab",
        "parentSpanId": "",
        "name": "click",
        "kind": 3,
        "startTimeUnixNano": "1700000000000000000",
        "endTimeUnixNano": 1700000000500000000,
        "attributes": [
            {"key": "smartstack.workspace_id", "value": {"stringValue": str(workspace)}},
            {"key": "n", "value": {"intValue": "9007199254740993"}},
            {"key": "l", "value": {"arrayValue": {"values": [{"doubleValue": "NaN"}, {"boolValue": True}]}}},
        ],
        "fromTheFuture": {"x": 1},
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "web"}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [sent]}]}]}
    answer = await ops.http.post(
        "/v1/traces", content=gzip.compress(json.dumps(body).encode()), headers=JSON | {"Content-Encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()) == (200, {})
    [shown] = (await ops.resources.traces.get(workspace, trace)).spans
    assert (shown.span_id, shown.kind, shown.duration_ms) == ("00000000000000ab", "client", 500.0)
    assert shown.attributes["n"] == 9007199254740993
    assert shown.attributes["l"] == '["nan", true]'


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\xff\xff\xff\xff", {}, 400),
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b'{"resourceSpans": 1, "resourceMetrics": 1}', JSON, 400),
        (b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz"}]}]}]}', JSON, 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, JSON, 400),
        (b'{"a":' * 500_000, JSON, 413),
        (b"x", {"Content-Type": "text/plain"}, 415),
        (b"x", {"Content-Encoding": "br"}, 415),
        (b"no gzip", {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"x" * 1000, mtime=0)[:-12], {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"\0" * (otlp.UNPACKED_BYTES + 1), mtime=0), {"Content-Encoding": "gzip"}, 413),
        (b"x" * (otlp.BODY_BYTES + 1), {}, 413),
    ],
)
async def test_what_is_no_export_is_refused(ops: RunningOps, body: bytes, headers: dict[str, str], status: int) -> None:
    for path in ("/v1/traces", "/v1/metrics"):
        assert (await post(ops, body, path, **headers)).status_code == status
    assert await send(ops, span(new_trace(), 1, workspace_id=uuid4())) == 0


async def test_spans_that_make_no_sense_are_counted_and_the_others_kept(ops: RunningOps) -> None:
    workspace, trace = uuid4(), new_trace()
    short, timeless, future = span(trace, 2), span(trace, 3), span(trace, 4)
    short.span_id = b"x"
    timeless.start_time_unix_nano = 0
    future.start_time_unix_nano = (int(time.time()) + 10 * 86400) * SECOND
    nowhere = span("0" * 32, 5)
    assert await send(ops, short, timeless, future, nowhere, span(trace, 1, workspace_id=workspace)) == 4
    assert (await found(ops, workspace))[0].span_count == 1


async def test_a_huge_span_is_cut_and_an_endless_trace_ends(ops: RunningOps) -> None:
    workspace, trace = uuid4(), new_trace()
    huge = span(trace, 1, workspace_id=workspace)
    huge.name = "n" * 100_000
    huge.attributes.extend(pairs({f"k{number}": "v" * 10_000 for number in range(100)}))
    await send(ops, huge)
    [shown] = (await ops.resources.traces.get(workspace, trace)).spans
    assert len(shown.model_dump_json()) < 150_000
    refused = await send(ops, *(span(trace, number + 2) for number in range(SPANS_PER_TRACE + 100)))
    assert refused == 101
    assert (await found(ops, workspace))[0].span_count == SPANS_PER_TRACE


async def test_the_oldest_traces_make_room(ops: RunningOps) -> None:
    workspace = uuid4()
    few = Traces(ops.store, Kept(traces=40))
    for number in range(60):
        await few.add(export(span(new_trace(), 1, start=-number, workspace_id=workspace, subject=uuid4())))
    kept = await found(ops, workspace)
    assert 35 <= len(kept) <= 40
    assert kept[-1].started_at.timestamp() == 1_700_000_000 - 59
    count = await ops.store.read(lambda db: db.execute("SELECT count(*) FROM spans").fetchone()[0])
    assert count == len(kept)
    by_size = Traces(ops.store, Kept(bytes=1))
    await by_size.add(export(span(new_trace(), 1, workspace_id=workspace)))
    assert len(await found(ops, workspace)) < len(kept)


async def test_web_pages_are_kept_out(ops: RunningOps) -> None:
    body = export(span(new_trace(), 1, workspace_id=uuid4())).SerializeToString()
    assert (await post(ops, body, Origin="https://evil.example")).status_code == 403
    assert (await post(ops, body, Host="evil.example:80")).status_code == 403
    assert (await post(ops, body, "/api/v1/ops/traces", Host="evil.example")).status_code == 403


async def test_exports_beyond_what_can_be_written_are_told_to_come_again(
    ops: RunningOps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ops.store, "_waiting", 10_000)
    answer = await post(ops, export(span(new_trace(), 1)).SerializeToString())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_looking_at_traces_does_not_bury_them(ops: RunningOps) -> None:
    workspace = uuid4()
    looking = span(new_trace(), 1, workspace_id=workspace)
    looking.attributes.extend(pairs({"http.request.method": "GET", "url.full": "http://127.0.0.1:1/api/v1/ops/traces"}))
    assert await send(ops, looking) == 0
    assert await found(ops, workspace) == []


async def test_the_last_error_of_a_dead_letter_is_known_from_its_last_attempt(ops: RunningOps) -> None:
    workspace, trace, event = uuid4(), new_trace(), uuid4()
    attempt = {"kind": Span.SPAN_KIND_CONSUMER, "workspace_id": workspace, "event_id": event}
    await send(
        ops,
        span(trace, 2, start=5, error="ProgrammingError: SQLSTATE 42501", **attempt),
        span(trace, 1, start=1, error="TimeoutError", **attempt),
        span(trace, 3, start=9, error="of another", kind=Span.SPAN_KIND_CONSUMER, event_id=uuid4()),
    )
    raw = {"MessageId": "m", "Body": json.dumps({"id": str(event)}), "Attributes": {"SentTimestamp": "1"}}
    letter = read("tasks-dlq", raw, 5)
    assert await ops.resources.traces.last_errors([letter]) == {"m": "ProgrammingError: SQLSTATE 42501"}


def metrics(*values: float, count: int = 1, delta: bool = False, trace: str = "", **attributes: Any) -> bytes:
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    resource.resource.attributes.extend(pairs({"service.name": "tasks"}))
    metric = resource.scope_metrics.add().metrics.add(name="http.server.request.duration", unit="s")
    metric.histogram.aggregation_temporality = (
        AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
        if delta
        else AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    )
    point = metric.histogram.data_points.add(explicit_bounds=[0.1, 0.2], count=count, attributes=pairs(attributes))
    point.bucket_counts.extend([0, count, 0])
    if trace:
        point.exemplars.add(trace_id=bytes.fromhex(trace), span_id=b"s" * 8, time_unix_nano=time.time_ns(), as_double=1)
    gauge = resource.scope_metrics.add().metrics.add(name="smartstack.outbox.lag", unit="s")
    for value in values:
        gauge.gauge.data_points.add(as_double=value)
    return request.SerializeToString()


async def test_the_latest_state_of_a_series_counts(ops: RunningOps) -> None:
    workspace, trace = uuid4(), new_trace()
    await send(ops, span(trace, 1, workspace_id=workspace))
    await post(ops, metrics(7.5, count=10, trace=trace, route="/x"), "/v1/metrics")
    await post(ops, metrics(2.5, count=20, route="/x"), "/v1/metrics")
    histogram, gauge = await ops.resources.metrics.latest(workspace)
    assert (gauge.name, gauge.service, gauge.unit, gauge.value) == ("smartstack.outbox.lag", "tasks", "s", 2.5)
    assert (histogram.count, histogram.p50, histogram.attributes) == (20, pytest.approx(0.15), {"route": "/x"})
    assert histogram.p95 == pytest.approx(0.195)
    assert histogram.exemplar_trace_id == trace
    assert (await ops.resources.metrics.latest(uuid4()))[0].exemplar_trace_id is None, "it is another workspace's"


async def test_deltas_add_up(ops: RunningOps) -> None:
    for _ in range(3):
        await post(ops, metrics(count=10, delta=True), "/v1/metrics")
    [histogram] = await ops.resources.metrics.latest(uuid4())
    assert histogram.count == 30


async def test_a_number_that_is_none_is_refused(ops: RunningOps) -> None:
    assert (await post(ops, metrics(float("nan")), "/v1/metrics")).status_code == 200
    assert [each.name for each in await ops.resources.metrics.latest(uuid4())] == ["http.server.request.duration"]


async def test_what_was_kept_is_there_after_a_restart_and_a_broken_file_is_replaced(make_ops: MakeOps) -> None:
    workspace, trace = uuid4(), new_trace()
    async with make_ops() as ops:
        await send(ops, span(trace, 1, workspace_id=workspace))
    async with make_ops() as ops:
        assert [each.trace_id for each in await found(ops, workspace)] == [trace]
        path = ops.path
    for each in path.parent.glob(f"{path.name}*"):
        each.write_bytes(b"no database" * 1000)
    async with make_ops() as ops:
        assert await found(ops, workspace) == []
        assert await send(ops, span(trace, 1, workspace_id=workspace)) == 0


async def test_only_processes_of_this_stack_may_export(make_ops: MakeOps) -> None:
    body = export(span(uuid4().hex, 1)).SerializeToString()
    async with make_ops(otlp_token="ours") as guarded:
        for path in ("/v1/traces", "/v1/metrics"):
            assert (await post(guarded, body, path)).status_code == 401
            assert (await post(guarded, body, path, **{TOKEN_HEADER: "theirs"})).status_code == 401
        assert (await post(guarded, body, **{TOKEN_HEADER: "ours"})).status_code == 200
        page = {TOKEN_HEADER: "ours", "Sec-Fetch-Site": "cross-site"}
        assert (await post(guarded, body, **page)).status_code == 403


async def test_figures_of_the_whole_stack_are_for_the_named_operators_alone(make_ops: MakeOps) -> None:
    operator, stranger = uuid4(), uuid4()
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="queue.depth")
    metric.gauge.data_points.add(as_int=7)
    metric.gauge.data_points.add(as_int=1, attributes=pairs({"smartstack.workspace_id": str(stranger)}))
    async with make_ops(operator_workspaces=frozenset([operator])) as guarded:
        await guarded.resources.metrics.add(request)
        assert [each.value for each in await guarded.resources.metrics.latest(operator)] == [7]
        assert [each.value for each in await guarded.resources.metrics.latest(stranger)] == [1]
