"""One trace from a request in one service to what another made of it, by the messaging conventions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.responses import Response
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import BaseModel

from smartstack_chassis.core.actors import Member
from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.process.app import build_app
from smartstack_chassis.process.service import Service
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import ClientCreated

router = APIRouter()


class Names(BaseModel):
    names: list[str]


@router.post("/clients")
async def create_clients(body: Names, member: CurrentMember, uow: Uow) -> Response:
    async with uow.begin(member) as transaction:
        for name in body.names:
            client_id = new_id()
            transaction.emit(ClientCreated(client_id=client_id, client_name=name), subject=client_id, sequence=1)
    return Response(status_code=204)


# What the probe listens to.
comms = Service(name="comms", root=Path(__file__).parents[1] / "probe", routers=[router])


@pytest.fixture
async def spans_of(bus: Any, join_the_bus: Callable[..., Any], exporter: InMemorySpanExporter) -> Callable[..., Any]:
    """Create clients by HTTP, wait until the probe has handled all; return the spans and the request's own."""

    async def create(*names: str) -> tuple[list[ReadableSpan], ReadableSpan]:
        exporter.clear()
        member = Member(new_id(), new_id(), new_id(), "owner")
        async with join_the_bus(comms, role="http") as publisher:
            transport = httpx.ASGITransport(build_app(comms, publisher.runtime))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                headers = {"Authorization": f"Bearer {publisher.signer.member(member)}"}
                answer = await http.post("/api/v1/clients", json={"names": list(names)}, headers=headers)
            assert answer.status_code == 204

            async def handled() -> bool:
                sent = [span for span in exporter.get_finished_spans() if span.name == "send probe-tasks-events"]
                return sum(span.attributes.get("messaging.batch.message_count", 1) for span in sent) >= len(
                    [name for name in names if name != "later"]
                )

            await bus.until(handled)
        spans = list(exporter.get_finished_spans())
        (request,) = [span for span in spans if span.kind is SpanKind.SERVER]
        return spans, request

    return create


IDS = (
    "smartstack.workspace_id",
    "smartstack.event_id",
    "smartstack.correlation_id",
    "smartstack.subject",
    "messaging.message.conversation_id",
)


def named(spans: list[ReadableSpan], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


async def test_one_trace_runs_from_a_request_through_both_outboxes(spans_of: Any) -> None:
    spans, request = await spans_of("Acme")
    (created,) = named(spans, "create comms-events")
    (processed,) = named(spans, "process probe-tasks-inbox")
    (answered,) = named(spans, "create tasks-events")
    assert [parent_of(span) for span in (created, processed, answered)] == [
        request.context.span_id,
        created.context.span_id,
        processed.context.span_id,
    ]
    assert {span.context.trace_id for span in (created, processed, answered)} == {request.context.trace_id}
    assert [span.kind for span in (created, processed, answered)] == [
        SpanKind.PRODUCER,
        SpanKind.CONSUMER,
        SpanKind.PRODUCER,
    ]
    told = dict(processed.attributes)
    ids = {name: told.pop(name) for name in IDS}
    assert ids == {name: created.attributes[name] for name in IDS}
    assert told | {"messaging.message.id": "", "messaging.message.body.size": 0} == {
        "messaging.system": "aws_sqs",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "probe-tasks-inbox",
        "messaging.message.id": "",
        "messaging.message.body.size": 0,
        "smartstack.event_type": "smartstack.comms.client_created.v1",
        "smartstack.attempt": 1,
    }
    assert answered.attributes["smartstack.causation_id"] == ids["smartstack.event_id"]
    assert answered.attributes["smartstack.correlation_id"] == ids["smartstack.correlation_id"]
    assert request.attributes["smartstack.workspace_id"] == ids["smartstack.workspace_id"]
    assert request.attributes["http.route"] == "/api/v1/clients"
    assert request.name == "POST /api/v1/clients"
    assert created.attributes["messaging.system"] == "aws.sns"
    assert (
        created.attributes["messaging.message.conversation_id"]
        == answered.attributes["messaging.message.conversation_id"]
    )


async def test_what_is_sent_as_a_batch_stays_in_its_trace_and_the_batch_is_linked_to_it(spans_of: Any) -> None:
    spans, request = await spans_of("Acme", "Bolt", "Cove")
    created = {span.context.span_id for span in named(spans, "create comms-events")}
    processed = named(spans, "process probe-tasks-inbox")
    assert {parent_of(span) for span in processed} == created
    assert {span.context.trace_id for span in processed} == {request.context.trace_id}
    (sent,) = named(spans, "send probe-comms-events")
    assert {link.context.span_id for link in sent.links} == created
    assert sent.attributes["messaging.batch.message_count"] == 3
    assert sent.context.trace_id != request.context.trace_id
    assert sent.attributes["smartstack.workspace_id"] == request.attributes["smartstack.workspace_id"]
    assert sent.attributes["smartstack.event_type"] == "smartstack.comms.client_created.v1"
    assert {link.attributes["smartstack.event_id"] for link in sent.links} == {
        span.attributes["smartstack.event_id"] for span in processed
    }


async def test_what_is_sent_alone_is_sent_in_its_own_trace(spans_of: Any) -> None:
    spans, _ = await spans_of("Acme")
    (created,) = named(spans, "create comms-events")
    (sent,) = named(spans, "send probe-comms-events")
    assert parent_of(sent) == created.context.span_id
    assert (sent.kind, sent.links) == (SpanKind.CLIENT, ())
    assert sent.attributes["smartstack.event_id"] == created.attributes["smartstack.event_id"]


async def test_a_redelivery_is_linked_to_its_message_and_the_failure_before_it_is_named(
    spans_of: Any, bus: Any, exporter: InMemorySpanExporter
) -> None:
    await spans_of("later", "Acme")

    async def redelivered() -> list[ReadableSpan]:
        processed = named(list(exporter.get_finished_spans()), "process probe-tasks-inbox")
        return [span for span in processed if span.attributes["smartstack.attempt"] > 1]

    again = (await bus.until(redelivered))[0]
    (first,) = [
        span
        for span in named(list(exporter.get_finished_spans()), "process probe-tasks-inbox")
        if parent_of(span) == parent_of(again) and span.attributes["smartstack.attempt"] == 1
    ]
    assert first.links == ()
    assert [link.context.span_id for link in again.links] == [parent_of(again)]
    for span in (first, again):
        assert span.status.status_code is StatusCode.ERROR
        assert span.events == ()
        assert span.attributes["error.type"] == "Unavailable"
