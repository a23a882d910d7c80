"""Spans of messages, by OpenTelemetry's messaging conventions.

https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ and …/sqs/, …/sns/

    POST /clients ─┬─ create comms-events        one for each event, where it is emitted: its context travels along
                   │     └─ process tasks-inbox   the delivery, in the same trace
                   │           └─ create tasks-events …
    send comms-events                             one for each batch that the relay publishes, linked to what is in it

FastStream's own middleware would start a new trace for whatever was sent together with something else.
A delivery that is not the first is linked to the message as well, and says which one it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.semconv._incubating.attributes import messaging_attributes as names
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from smartstack_chassis.telemetry import tracer

if TYPE_CHECKING:
    from faststream_sqs import SQSMessage

SNS = names.MessagingSystemValues.AWS_SNS.value
SQS = names.MessagingSystemValues.AWS_SQS.value
DELIVERY = "smartstack.delivery"


def create_span(topic: str, event_id: str, correlation_id: str) -> str | None:
    """Record that an event was made, and return its context as a `traceparent`; None outside of any trace."""
    if not trace.get_current_span().get_span_context().is_valid:
        return None
    attributes = _attributes(SNS, "create", topic) | {
        names.MESSAGING_MESSAGE_ID: event_id,
        names.MESSAGING_MESSAGE_CONVERSATION_ID: correlation_id,
    }
    span = tracer.start_span(f"create {topic}", kind=trace.SpanKind.PRODUCER, attributes=attributes)
    carrier: dict[str, str] = {}
    propagate.inject(carrier, trace.set_span_in_context(span))
    span.end()
    return carrier.get("traceparent")


@contextmanager
def send_span(topic: str, traceparents: Sequence[str | None]) -> Iterator[None]:
    """Wrap the publishing of a batch, linked to every event in it; a trace of its own."""
    links = [link for each in traceparents if each and (link := _link(each))]
    attributes = _attributes(SNS, "send", topic) | {names.MESSAGING_BATCH_MESSAGE_COUNT: len(traceparents)}
    with (
        tracer.start_as_current_span(f"send {topic}", Context(), trace.SpanKind.CLIENT, attributes, links) as span,
        _named_errors(span),
    ):
        yield


@contextmanager
def process_span(queue: str, message: "SQSMessage") -> Iterator[None]:
    """Wrap the handling of a delivery: part of the trace in which its event was made."""
    traceparent = message.headers.get("traceparent")
    parent = propagate.extract({"traceparent": traceparent} if traceparent else {}, Context())
    delivery = message.receive_count
    link = _link(traceparent) if traceparent and delivery > 1 else None
    attributes = _attributes(SQS, "process", queue) | {
        names.MESSAGING_MESSAGE_ID: message.message_id,
        names.MESSAGING_MESSAGE_BODY_SIZE: len(message.body),
        DELIVERY: delivery,
    }
    links = [link] if link else []
    with (
        tracer.start_as_current_span(f"process {queue}", parent, trace.SpanKind.CONSUMER, attributes, links) as span,
        _named_errors(span),
    ):
        yield


def _attributes(system: str, operation: str, destination: str) -> dict[str, str | int]:
    return {
        names.MESSAGING_SYSTEM: system,
        names.MESSAGING_OPERATION_NAME: operation,
        names.MESSAGING_OPERATION_TYPE: operation,
        names.MESSAGING_DESTINATION_NAME: destination,
    }


def _link(traceparent: str) -> trace.Link | None:
    made = trace.get_current_span(propagate.extract({"traceparent": traceparent}, Context())).get_span_context()
    return trace.Link(made) if made.is_valid else None


@contextmanager
def _named_errors(span: trace.Span) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        span.set_attribute(ERROR_TYPE, type(error).__qualname__)
        raise
