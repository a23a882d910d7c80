"""Which ids travel between our processes, in either direction, and who is believed about them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import baggage as otel
from opentelemetry import context
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from sqlalchemy import text

from smartstack_chassis.core.actors import Member
from smartstack_chassis.http.middleware import RequestSpan
from smartstack_chassis.process.app import build_app
from smartstack_chassis.telemetry.baggage import CORRELATION_ID, PROPAGATOR, WORKSPACE_ID
from smartstack_chassis.telemetry.setup import SAMPLER, traceparent_of
from smartstack_contracts import new_id

NAMES = st.sampled_from([WORKSPACE_ID, CORRELATION_ID, "user", "smartstack.subject"])
VALUES = st.one_of(st.uuids().map(str), st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=40))


def allowed(entries: dict[str, str], ids: set[str]) -> dict[str, str]:
    return {name: value for name, value in entries.items() if name in (WORKSPACE_ID, CORRELATION_ID) and value in ids}


@given(st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, st.uuids().map(str)))
def test_two_ids_pass_in_both_directions_and_nothing_else_does(some: dict[str, str], ids: dict[str, str]) -> None:
    entries = some | ids
    known = {value for value in entries.values() if len(value) == 36}
    carried = Context()
    for name, value in entries.items():
        carried = otel.set_baggage(name, value, carried)
    headers: dict[str, str] = {}
    PROPAGATOR.inject(headers, carried)
    sent = dict(each.split("=") for each in headers.get("baggage", "").split(",") if each)
    assert sent == allowed(entries, known)
    taken = PROPAGATOR.extract({"baggage": ",".join(f"{name}={value}" for name, value in entries.items())}, Context())
    assert dict(otel.get_all(taken)) == allowed(entries, known)


@pytest.fixture
def requests(exporter: InMemorySpanExporter) -> Iterator[Any]:
    """Return the spans of requests that were served since the test began."""
    exporter.clear()
    yield lambda: [span for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER]
    assert dict(otel.get_all(context.get_current())) == {}


async def test_a_services_spans_and_events_take_the_callers_correlation_and_the_tokens_workspace(
    probe: Any, requests: Any, exporter: InMemorySpanExporter
) -> None:
    member, correlation, claimed = Member(new_id(), new_id(), new_id(), "owner"), new_id(), new_id()
    said = f"{WORKSPACE_ID}={claimed},{CORRELATION_ID}={correlation},user=mallory"
    transport = httpx.ASGITransport(build_app(probe.runtime.service, probe.runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        headers = {**probe.headers(member), "baggage": said}
        assert (await http.post("/api/v1/notes", json={"title": "Acme"}, headers=headers)).status_code == 201
    spans: list[ReadableSpan] = [*requests(), *exporter.get_finished_spans()]
    assert {span.attributes[WORKSPACE_ID] for span in spans if span.attributes} == {str(member.workspace_id)}
    assert {span.attributes[CORRELATION_ID] for span in spans if span.attributes} == {str(correlation)}
    assert "mallory" not in str([dict(span.attributes or {}) for span in spans])
    async with probe.uow.system() as session:
        envelopes = (
            await session.execute(
                text(
                    "SELECT body FROM (SELECT workspace_id, body FROM outbox "
                    "UNION ALL SELECT workspace_id, body FROM event_log) AS made WHERE workspace_id = :id"
                ),
                {"id": member.workspace_id},
            )
        ).scalars()
    assert [str(correlation) in each for each in envelopes] == [True]


async def test_at_the_edge_each_request_gets_a_correlation_id_of_its_own() -> None:
    carried: list[dict[str, object]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        carried.append(dict(otel.get_all()))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(RequestSpan(app, from_outside=True, untraced=["/quiet"]))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        claimed = {"baggage": f"{CORRELATION_ID}={new_id()}", "traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}
        for path in ("/one", "/two", "/quiet/three"):
            await http.get(path, headers=claimed)
    one, two, quiet = carried
    assert one.keys() == two.keys() == {CORRELATION_ID}
    assert len({one[CORRELATION_ID], two[CORRELATION_ID]} - {claimed["baggage"].partition("=")[2]}) == 2
    assert quiet == {}


def test_whoever_says_that_a_trace_is_not_sampled_does_not_hide_what_we_do_for_it() -> None:
    unsampled = PROPAGATOR.extract({"traceparent": f"00-{'a' * 32}-{'b' * 16}-00"}, Context())
    span = TracerProvider(sampler=SAMPLER).get_tracer("x").start_span("request", unsampled)
    assert span.is_recording()
    assert traceparent_of(span) == f"00-{'a' * 32}-{span.get_span_context().span_id:016x}-01"
