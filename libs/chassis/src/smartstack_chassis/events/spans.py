"""Spans of messages, by OpenTelemetry's messaging conventions.

https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ and …/sqs/, …/sns/

    POST /clients ─┬─ create comms-events        one for each event, where it is emitted: its context travels along
                   │     ├─ send comms-events     when the relay publishes it alone
                   │     └─ process tasks-inbox   the delivery, in the same trace
                   │           └─ create tasks-events …
    send comms-events                             one for each batch that the relay publishes, linked to what is in it

FastStream's own middleware would start a new trace for whatever was sent together with something else.
A delivery that is not the first is linked to the message as well, and says which one it is. Spans carry ids alone:
neither bodies nor what an exception says about them.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.semconv._incubating.attributes import messaging_attributes as names
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from smartstack_chassis.telemetry import baggage
from smartstack_chassis.telemetry.baggage import CORRELATION_ID, TRACE_CONTEXT, WORKSPACE_ID
from smartstack_chassis.telemetry.logs import log_event, safe_text
from smartstack_chassis.telemetry.metrics import EVENT_AGE, PROCESS_DURATION
from smartstack_chassis.telemetry.setup import ERRORS_ARE_OURS, is_recording, traceparent_of, tracer
from smartstack_contracts import Envelope, EventData

if TYPE_CHECKING:
    from faststream_sqs import SQSMessage
    from smartstack_chassis.events.outbox import OutboxMessage

SNS = names.MessagingSystemValues.AWS_SNS.value
SQS = names.MessagingSystemValues.AWS_SQS.value
EVENT_TYPE = "smartstack.event_type"
EVENT_ID = "smartstack.event_id"
CAUSATION_ID = "smartstack.causation_id"
SUBJECT = "smartstack.subject"
ATTEMPT = "smartstack.attempt"

Attributes = dict[str, str | int]


def event_ids(
    kind: str, event_id: UUID, workspace_id: UUID, subject: UUID, correlation_id: UUID, causation_id: UUID | None
) -> Attributes:
    """Return the attributes that say which event a span is about; `subject` is the id of the aggregate."""
    ids: Attributes = {
        EVENT_TYPE: kind,
        EVENT_ID: str(event_id),
        WORKSPACE_ID: str(workspace_id),
        SUBJECT: str(subject),
        CORRELATION_ID: str(correlation_id),
        names.MESSAGING_MESSAGE_CONVERSATION_ID: str(correlation_id),
    }
    if causation_id is not None:
        ids[CAUSATION_ID] = str(causation_id)
    return ids


def create_span(
    topic: str,
    data: EventData,
    event_id: UUID,
    workspace_id: UUID,
    subject: UUID,
    correlation_id: UUID,
    causation_id: UUID | None,
) -> str | None:
    """Record that an event was made; return the `traceparent` of that, None outside of any trace.

    The span names every thing that `data` refers to (`smartstack.task_id`, …): each of them leads to this trace.
    """
    current = trace.get_current_span()
    if not is_recording():
        return traceparent_of(current)
    if not current.get_span_context().is_valid:
        return None
    attributes = _attributes(SNS, "create", topic) | {names.MESSAGING_MESSAGE_ID: str(event_id)}
    span = tracer.start_span(f"create {topic}", kind=trace.SpanKind.PRODUCER, attributes=attributes)
    # After the start, at which the ids of the request are set: those of the event win.
    ids = event_ids(data.type(), event_id, workspace_id, subject, correlation_id, causation_id)
    span.set_attributes(ids | _mentioned(data))
    span.end()
    return traceparent_of(span)


@cache
def _references(model: type[EventData]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name.endswith("_id"))


def _mentioned(data: EventData) -> Attributes:
    named = ((name, getattr(data, name)) for name in _references(type(data)))
    return {f"smartstack.{name}": str(value) for name, value in named if value is not None}


@contextmanager
def send_span(topic: str, messages: "Sequence[OutboxMessage]") -> Iterator[None]:
    """Wrap the publishing of messages: one alone stays in its trace, a batch has a trace of its own and links to all.

    A batch names what all of its events have in common; each link names its event.
    """
    attributes = _attributes(SNS, "send", topic)
    parent, links = Context(), []
    if len(messages) == 1:
        parent = _context(messages[0].traceparent)
        attributes |= {names.MESSAGING_MESSAGE_ID: str(messages[0].id)} | _ids_of(messages[0])
    else:
        attributes |= {names.MESSAGING_BATCH_MESSAGE_COUNT: len(messages)} | _in_common(messages)
        links = [link for each in messages if (link := _link(each.traceparent, _ids_of(each)))]
    with (
        tracer.start_as_current_span(
            f"send {topic}", parent, trace.SpanKind.CLIENT, attributes, links, **ERRORS_ARE_OURS
        ) as span,
        _named_errors(span),
    ):
        yield


def _ids_of(message: "OutboxMessage") -> Attributes:
    return {EVENT_ID: str(message.id), EVENT_TYPE: message.type, WORKSPACE_ID: str(message.workspace_id)}


def _in_common(messages: "Sequence[OutboxMessage]") -> Attributes:
    workspaces = {message.workspace_id for message in messages}
    types = {message.type for message in messages}
    common: Attributes = {}
    if len(workspaces) == 1:
        common[WORKSPACE_ID] = str(workspaces.pop())
    if len(types) == 1:
        common[EVENT_TYPE] = types.pop()
    return common


@contextmanager
def process_span(queue: str, message: "SQSMessage") -> Iterator[None]:
    """Wrap the handling of a delivery: part of the trace in which its event was made. Measures how long it took."""
    traceparent = message.headers.get("traceparent")
    attempt = message.receive_count
    attributes = _attributes(SQS, "process", queue)
    measured = attributes.copy()
    attributes |= {
        names.MESSAGING_MESSAGE_ID: message.message_id,
        names.MESSAGING_MESSAGE_BODY_SIZE: len(message.body),
        ATTEMPT: attempt,
    }
    link = _link(traceparent) if attempt > 1 else None
    began = time.perf_counter()
    with tracer.start_as_current_span(
        f"process {queue}",
        _context(traceparent),
        trace.SpanKind.CONSUMER,
        attributes | _claimed(message.headers),
        [link] if link else (),
        **ERRORS_ARE_OURS,
    ) as span:
        log_event(None)
        try:
            with _named_errors(span, measured):
                yield
        finally:
            PROCESS_DURATION.record(time.perf_counter() - began, measured | _kind_of(message.headers))


def _claimed(headers: dict[str, Any]) -> Attributes:
    """Return what the message says about itself, for when its body cannot be read."""
    workspace = headers.get("workspaceid")
    return _kind_of(headers) | ({WORKSPACE_ID: str(workspace)} if workspace else {})


def _kind_of(headers: dict[str, Any]) -> Attributes:
    return {EVENT_TYPE: str(headers["type"])} if "type" in headers else {}


def enter_event(envelope: Envelope[Any]) -> None:
    """Name the event that is being handled: in the current span, in those below it, and in every line of the log."""
    log_event(envelope.id)
    baggage.enter(envelope.workspaceid, envelope.correlationid)
    trace.get_current_span().set_attributes(
        event_ids(
            envelope.type,
            envelope.id,
            envelope.workspaceid,
            envelope.subject,
            envelope.correlationid,
            envelope.causationid,
        )
    )
    EVENT_AGE.record(max(0.0, time.time() - envelope.time.timestamp()), {EVENT_TYPE: envelope.type})


def _attributes(system: str, operation: str, destination: str) -> Attributes:
    return {
        names.MESSAGING_SYSTEM: system,
        names.MESSAGING_OPERATION_NAME: operation,
        names.MESSAGING_OPERATION_TYPE: operation,
        names.MESSAGING_DESTINATION_NAME: destination,
    }


def _context(traceparent: str | None) -> Context:
    return TRACE_CONTEXT.extract({"traceparent": traceparent} if traceparent else {}, Context())


def _link(traceparent: str | None, attributes: Attributes | None = None) -> trace.Link | None:
    made = trace.get_current_span(_context(traceparent)).get_span_context()
    return trace.Link(made, attributes) if made.is_valid else None


@contextmanager
def _named_errors(span: trace.Span, measured: Attributes | None = None) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        kind = type(error).__qualname__
        span.set_attribute(ERROR_TYPE, kind)
        span.set_status(trace.StatusCode.ERROR, safe_text(error))
        if measured is not None:
            measured[ERROR_TYPE] = kind
        raise
