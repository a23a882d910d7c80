"""Traces through the gateway: the page's spans, the request's own, the calls to the upstreams, and the live stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from smartstack_chassis.core.actors import PortalClient
from smartstack_chassis.telemetry import baggage
from smartstack_contracts import new_id
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp

Watched = tuple[Gateway, list[Any]]

TRACE, SPAN, PARENT = "a" * 32, "b" * 16, "c" * 16


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    made = InMemorySpanExporter()
    provider.add_span_processor(baggage.span_processor())
    provider.add_span_processor(SimpleSpanProcessor(made))
    return made


@pytest.fixture
def finished(exporter: InMemorySpanExporter) -> Any:
    """Return the span of a kind that ended since the test began, once there is one."""
    exporter.clear()

    async def find(kind: SpanKind, name: str) -> ReadableSpan:
        async with asyncio.timeout(5):
            while True:
                for span in exporter.get_finished_spans():
                    if (span.kind, span.name) == (kind, name):
                        return span
                await asyncio.sleep(0.01)

    return find


def traceparent(span: ReadableSpan) -> str:
    return f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"


async def test_a_request_continues_the_pages_trace_and_the_upstream_that_of_the_call(
    gateway: Gateway, sam: SignedUp, finished: Any
) -> None:
    path = f"/api/v1/tasks/{new_id()}/complete"
    sent = {**sam.headers, "traceparent": f"00-{TRACE}-{PARENT}-01"}
    await gateway.post(f"{path}?q=a-secret", headers=sent)
    [seen] = gateway.upstreams["tasks"].received
    name = "POST /api/v1/tasks/{id}/complete"
    call, request = await finished(SpanKind.CLIENT, name), await finished(SpanKind.SERVER, name)
    assert (request.context.trace_id, request.parent.span_id) == (int(TRACE, 16), int(PARENT, 16))
    assert call.parent.span_id == request.context.span_id
    assert seen.headers["traceparent"] == traceparent(call)
    assert dict(request.attributes)["http.route"] == "/api/v1/tasks/{id}/complete"
    assert request.attributes["http.response.status_code"] == 200
    assert call.attributes["service.peer.name"] == "tasks"
    assert call.attributes["url.template"] == "/api/v1/tasks/{id}/complete"
    assert call.attributes["url.full"] == gateway.upstreams["tasks"].url + path
    assert "a-secret" not in str([*request.attributes.items(), *call.attributes.items()])


async def test_every_span_of_a_request_names_the_workspace_of_its_token_and_one_correlation(
    gateway: Gateway, sam: SignedUp, finished: Any
) -> None:
    await gateway.get("/api/v1/tasks", headers=sam.headers)
    call = await finished(SpanKind.CLIENT, "GET /api/v1/tasks")
    request = await finished(SpanKind.SERVER, "GET /api/v1/tasks")
    for span in (call, request):
        assert span.attributes["smartstack.workspace_id"] == sam.body["workspace"]["id"]
    assert call.attributes["smartstack.correlation_id"] == request.attributes["smartstack.correlation_id"]


async def test_baggage_from_outside_is_dropped_and_ours_goes_along(
    gateway: Gateway, sam: SignedUp, finished: Any
) -> None:
    foreign = str(new_id())
    said = f"smartstack.workspace_id={foreign},smartstack.correlation_id={foreign},user=mallory"
    await gateway.get("/api/v1/tasks", headers={**sam.headers, "baggage": said})
    [seen] = gateway.upstreams["tasks"].received
    carried = dict(each.split("=") for each in seen.headers["baggage"].split(","))
    request = await finished(SpanKind.SERVER, "GET /api/v1/tasks")
    assert carried == {
        "smartstack.workspace_id": sam.body["workspace"]["id"],
        "smartstack.correlation_id": request.attributes["smartstack.correlation_id"],
    }
    assert foreign not in str(carried)


async def test_what_one_request_causes_shares_the_correlation_id_of_its_span(
    gateway: Gateway, sam: SignedUp, finished: Any, exporter: InMemorySpanExporter
) -> None:
    exporter.clear()
    await gateway.sign_up()
    request = await finished(SpanKind.SERVER, "POST /api/v1/auth/signup")
    assert UUID(request.attributes["smartstack.correlation_id"])
    assert request.attributes["smartstack.workspace_id"] != sam.body["workspace"]["id"]


async def test_paths_that_are_made_up_share_one_name(gateway: Gateway, sam: SignedUp, finished: Any) -> None:
    await gateway.get("/api/v1/tasks/made/up", headers=sam.headers)
    request = await finished(SpanKind.SERVER, "GET")
    assert "http.route" not in request.attributes
    assert request.attributes["http.response.status_code"] == 404
    assert request.status.status_code is StatusCode.UNSET


async def test_a_call_that_fails_says_how(gateway: Gateway, sam: SignedUp, finished: Any) -> None:
    gateway.upstreams["ai"].mode = "hang"
    assert (await gateway.get("/api/v1/suggestions", headers=sam.headers))[0] == 504
    call = await finished(SpanKind.CLIENT, "GET /api/v1/suggestions")
    request = await finished(SpanKind.SERVER, "GET /api/v1/suggestions")
    assert (call.status.status_code, call.attributes["error.type"]) == (StatusCode.ERROR, "timeout")
    assert (request.status.status_code, request.attributes["error.type"]) == (StatusCode.ERROR, "504")


def page_span(**changes: Any) -> dict[str, Any]:
    return {
        "traceId": TRACE,
        "spanId": SPAN,
        "parentSpanId": PARENT,
        "name": "POST /api/v1/tasks",
        "kind": 3,
        "startTimeUnixNano": "1795000000000000000",
        "endTimeUnixNano": "1795000000120000000",
        "attributes": [{"key": "http.response.status_code", "value": {"intValue": "201"}}],
        **changes,
    }


def request_of(*spans: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "gateway"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}]}]}


@pytest.fixture(scope="module")
async def collected() -> AsyncIterator[Any]:
    """A receiver of OTLP that keeps what it is sent."""
    kept: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        kept.append(await request.json())
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", kept
    await runner.cleanup()


@pytest.fixture
async def watched(make_gateway: MakeGateway, collected: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """A gateway with a collector that it waits for, and the spans that arrived there."""
    monkeypatch.setattr("smartstack_gateway.telemetry.exporter.SECONDS", 10)
    url, kept = collected
    kept.clear()
    async with make_gateway(otlp_endpoint=url) as gateway:
        yield gateway, kept


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    return {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}


async def test_spans_of_a_page_are_handed_on_as_the_web_of_the_tokens_workspace(
    watched: tuple[Gateway, list[Any]],
) -> None:
    gateway, kept = watched
    sam = await gateway.sign_up()
    said = [
        {"key": "smartstack.workspace_id", "value": {"stringValue": str(new_id())}},
        {"key": "page.text", "value": {"stringValue": "a secret"}},
        {"key": "http.request.method", "value": {"stringValue": "POST"}},
        {"key": "http.response.status_code", "value": {"intValue": "201"}},
    ]
    sent = request_of(
        page_span(attributes=said, events=[{"name": "a secret"}]), page_span(spanId="d" * 16, status={"code": 2})
    )
    assert (await gateway.post("/api/v1/traces", json=sent, headers=sam.headers))[:2] == (202, {"accepted": 2})
    [request] = kept
    [resource] = request["resourceSpans"]
    assert attributes(resource["resource"])["service.name"] == "web"
    first, second = resource["scopeSpans"][0]["spans"]
    assert attributes(first) == {
        "http.request.method": "POST",
        "http.response.status_code": "201",
        "smartstack.workspace_id": sam.body["workspace"]["id"],
    }
    assert {key: first[key] for key in page_span() if key != "attributes"} == {
        key: value for key, value in page_span().items() if key != "attributes"
    }
    assert second["status"] == {"code": 2}
    assert "a secret" not in json.dumps(request)


async def test_a_clients_page_may_send_spans_too_and_a_stranger_may_not(watched: Watched) -> None:
    gateway, kept = watched
    client = PortalClient(new_id(), new_id(), new_id())
    sent = request_of(page_span())
    assert (await gateway.post("/api/v1/traces", json=sent, headers=gateway.harness.headers(client)))[0] == 202
    assert (await gateway.post("/api/v1/traces", json=sent))[0] == 401
    [request] = kept
    [span] = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert attributes(span)["smartstack.workspace_id"] == str(client.workspace_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"traceId": "xyz"}, "traceId"),
        ({"traceId": "0" * 32}, "traceId"),
        ({"spanId": "b" * 15}, "spanId"),
        ({"name": ""}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"kind": 6}, "kind"),
        ({"startTimeUnixNano": "yesterday"}, "startTimeUnixNano"),
        ({"endTimeUnixNano": "1"}, "resourceSpans.0.scopeSpans.0.spans.0"),
        ({"attributes": [{"key": "error.type", "value": {"stringValue": "x" * 101}}]}, "stringValue"),
    ],
)
async def test_a_span_that_is_none_is_422_and_names_the_field(
    gateway: Gateway, sam: SignedUp, changes: dict[str, Any], field: str
) -> None:
    status, body, headers = await gateway.post(
        "/api/v1/traces", json=request_of(page_span(**changes)), headers=sam.headers
    )
    assert (status, headers["Content-Type"]) == (422, "application/problem+json")
    assert body["errors"][0]["field"].endswith(field)


async def test_too_many_spans_are_422_and_too_large_a_body_is_413(gateway: Gateway, sam: SignedUp) -> None:
    status, body, _ = await gateway.post("/api/v1/traces", json=request_of(*[page_span()] * 65), headers=sam.headers)
    assert (status, body["errors"][0]["field"]) == (422, "resourceSpans.0.scopeSpans.0.spans")
    two = {"resourceSpans": request_of(*[page_span()] * 40)["resourceSpans"] * 2}
    status, body, _ = await gateway.post("/api/v1/traces", json=two, headers=sam.headers)
    assert (status, body["errors"][0]["field"]) == (422, "resourceSpans")
    large = {**request_of(page_span()), "padding": "x" * 65_536}
    assert (await gateway.post("/api/v1/traces", json=large, headers=sam.headers))[0] == 413


async def test_a_page_does_not_notice_that_nothing_collects(
    gateway: Gateway, sam: SignedUp, make_gateway: MakeGateway
) -> None:
    """The shared gateway has no collector; the other one's is down."""
    sent = request_of(page_span())
    assert (await gateway.post("/api/v1/traces", json=sent, headers=sam.headers))[:2] == (202, {"accepted": 0})
    async with make_gateway(otlp_endpoint="http://127.0.0.1:9") as other:
        member = await other.sign_up()
        answer = await other.post("/api/v1/traces", json=sent, headers=member.headers)
        assert answer[:2] == (202, {"accepted": 0})


async def test_a_collector_that_hangs_does_not_hold_up_the_page(
    gateway: Gateway, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartstack_gateway.telemetry.exporter.SECONDS", 0.2)
    gateway.upstreams["ai"].mode = "hang"
    async with make_gateway(otlp_endpoint=gateway.upstreams["ai"].url) as other:
        member = await other.sign_up()
        async with asyncio.timeout(5):
            answer = await other.post("/api/v1/traces", json=request_of(page_span()), headers=member.headers)
        assert answer[:2] == (202, {"accepted": 0})


async def test_looking_at_traces_and_probing_leave_no_trace(
    gateway: Gateway, sam: SignedUp, exporter: InMemorySpanExporter
) -> None:
    exporter.clear()
    await gateway.post("/api/v1/traces", json=request_of(page_span()), headers=sam.headers)
    await gateway.get("/health/live")
    await gateway.get("/api/v1/ops/traces", headers=sam.headers)
    await gateway.get("/api/v1/tasks", headers=sam.headers)
    names = {span.name for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER}
    assert names <= {"GET /api/v1/tasks"}


async def test_only_owners_and_admins_are_told_of_ops_and_only_where_there_are_ops(
    gateway: Gateway, sam: SignedUp, make_gateway: MakeGateway
) -> None:
    assert (await gateway.get("/api/v1/me", headers=sam.headers))[1]["features"] == []
    async with make_gateway(ops_url="http://127.0.0.1:9") as local:
        owner = await local.sign_up()
        assert (await local.get("/api/v1/me", headers=owner.headers))[1]["features"] == ["ops"]
        async with local.harness.uow.system() as session:
            await session.execute(demotion(owner))
        assert (await local.get("/api/v1/me", headers=owner.headers))[1]["features"] == []


def demotion(who: Any) -> Any:
    from sqlalchemy import text

    return text("UPDATE memberships SET role = 'member' WHERE user_id = :id").bindparams(
        id=UUID(who.body["user"]["id"])
    )
