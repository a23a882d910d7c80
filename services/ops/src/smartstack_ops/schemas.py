"""Schemas of the Ops API. Times are RFC 3339; `_ms` are milliseconds; trace and span ids are hex."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from smartstack_chassis.http.inputs import Input

Scalar = str | bool | int | float
SpanKind = Literal["internal", "server", "client", "producer", "consumer"]
SpanStatus = Literal["unset", "ok", "error"]
Text = Annotated[str, Field(min_length=1, max_length=4096)]
LetterId = Annotated[str, Field(min_length=1, max_length=100)]


class TraceSummary(BaseModel):
    """One trace in a list."""

    trace_id: str
    name: str
    started_at: datetime
    duration_ms: float
    span_count: int
    services: list[str]
    error: bool


class SpanLink(BaseModel):
    """Another span that this one has to do with."""

    trace_id: str
    span_id: str


class SpanEvent(BaseModel):
    """A moment in a span, such as an exception. `offset_ms` counts from the start of the trace."""

    name: str
    offset_ms: float
    attributes: dict[str, Scalar]


class Span(BaseModel):
    """One piece of work. `offset_ms` counts from the start of the trace."""

    span_id: str
    parent_id: str | None
    name: str
    service: str
    kind: SpanKind
    offset_ms: float
    duration_ms: float
    status: SpanStatus
    attributes: dict[str, Scalar]
    links: list[SpanLink]
    events: list[SpanEvent]


class Trace(BaseModel):
    """A trace with its spans, the earliest first."""

    trace_id: str
    name: str
    started_at: datetime
    duration_ms: float
    error: bool
    spans: list[Span]


class QueueState(BaseModel):
    """An inbox now: waiting messages, messages in flight, and this workspace's dead letters."""

    queue: str
    service: str
    visible: int
    in_flight: int
    dead_letters: int


class Metric(BaseModel):
    """The latest state of one series. A histogram has `count`, `p50` and `p95`, everything else has `value`."""

    name: str
    service: str
    unit: str
    value: float | None
    count: int | None
    p50: float | None
    p95: float | None
    attributes: dict[str, Scalar]
    exemplar_trace_id: str | None


class DeadLetterGroup(BaseModel):
    """Dead letters of one queue, type and reason. `trace_id` is that of the newest one."""

    queue: str
    type: str | None
    reason: str
    count: int
    oldest_at: datetime
    newest_at: datetime
    event_ids: list[str]
    trace_id: str | None


class DeadLetter(BaseModel):
    """One message that could not be handled. `attempts` is how often it was delivered to the handler."""

    queue: str
    event_id: str | None
    message_id: str
    type: str | None
    reason: str
    attempts: int
    sent_at: datetime
    trace_id: str | None
    subject: str | None


class DeadLetterDetail(DeadLetter):
    """One message with its body."""

    body: str


class Selection(Input):
    """A selection of dead letters: by ids (of the event or the message), or by type and reason."""

    ids: Annotated[list[LetterId], Field(min_length=1, max_length=100)] | None = None
    type: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.ids is None) == (self.type is None and self.reason is None):
            raise ValueError("name either ids, or a type or reason or both")
        return self


class Discarding(Selection):
    """The dead letters to discard. The audit keeps the reason."""

    why: Annotated[str, Field(min_length=1, max_length=500)]


class Redriven(BaseModel):
    """The number of messages returned to the inbox. `remaining` did not fit into one request: repeat the request."""

    redriven: int
    remaining: int


class Discarded(BaseModel):
    """The number of deleted messages. `remaining` did not fit into one request: repeat the request."""

    discarded: int
    remaining: int


class AuditEntry(BaseModel):
    """One action on a dead letter, by one person, recorded before it was done."""

    id: str
    at: datetime
    actor: str
    action: Literal["redrive", "discard"]
    queue: str
    event_id: str | None
    message_id: str
    type: str | None
    reason: str
    why: str | None
