"""The CloudEvents 1.0 envelope (structured JSON mode) that every event travels in.

Source of the format: CloudEvents specification 1.0.2 and its JSON event format. Extension attribute names are
lower case without separators, as the specification demands.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from smartstack_contracts.ids import new_id
from smartstack_contracts.open_enums import CONSUMER

Service = Literal["tasks", "comms", "ai", "gateway"]
TRACEPARENT = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"


class EventData(BaseModel):
    """Base of every event's body. Producers may not send a field that the contract does not name.

    A class with a `name` declares one event; catalog, subscriptions, documents and types follow from it.
    `aggregate` names the thing that changed; the field `<aggregate>_id` holds its id, which is the event's subject.
    `live` decides whether open pages hear of the event; `subscribers` are the other services that handle it.
    `example` gives every field a value, for documents, golden messages and tests.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: ClassVar[Service]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    aggregate: ClassVar[str]
    live: ClassVar[bool]
    subscribers: ClassVar[tuple[Service, ...]] = ()
    example: ClassVar[Mapping[str, Any]]

    @classmethod
    def type(cls) -> str:
        """Return the CloudEvents type, e.g. `smartstack.tasks.task_completed.v1`."""
        return f"smartstack.{cls.service}.{cls.name}.v{cls.version}"


D = TypeVar("D", bound=EventData)


class Envelope(BaseModel, Generic[D]):
    """One event as it travels. `data` is the body whose model `type` names.

    `subject` is the aggregate's id and `sequence` its version after the event: consumers that need order gate on them.
    `correlationid` is shared by everything that one action caused; `causationid` is the event that caused this one.
    `authid` says who acted: `user:<id>`, `client:<id>` or `service:<name>`.
    """

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID = Field(default_factory=new_id)
    source: str
    type: str
    subject: UUID
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    datacontenttype: Literal["application/json"] = "application/json"
    workspaceid: UUID
    sequence: Annotated[int, Field(ge=1)]
    correlationid: UUID
    causationid: UUID | None = None
    traceparent: Annotated[str, Field(pattern=TRACEPARENT)] | None = None
    authid: str
    data: D

    @classmethod
    def of(
        cls,
        data: D,
        *,
        subject: UUID,
        sequence: int,
        workspace_id: UUID,
        correlation_id: UUID,
        auth_id: str,
        causation_id: UUID | None = None,
        traceparent: str | None = None,
        event_id: UUID | None = None,
    ) -> Self:
        """Wrap `data`; the time is new, and the id unless it is given.

        Raises pydantic's ValidationError on a malformed value.
        """
        return cls(
            id=event_id or new_id(),
            source=f"/smartstack/{data.service}",
            type=data.type(),
            subject=subject,
            workspaceid=workspace_id,
            sequence=sequence,
            correlationid=correlation_id,
            causationid=causation_id,
            traceparent=traceparent,
            authid=auth_id,
            data=data,
        )


class UndecodableEventError(ValueError):
    """The bytes are not an event of a known type: a retry cannot help."""


class _Head(BaseModel):
    type: str


def encode(envelope: Envelope[Any]) -> bytes:
    """Return the envelope as UTF-8 JSON.

    Attributes without a value are left out, as CloudEvents asks; a null inside `data` says something and stays.
    """
    return envelope.model_dump_json(exclude=absent(envelope)).encode()


def absent(envelope: Envelope[Any]) -> set[str]:
    """Return the names of the optional attributes that this envelope has no value for."""
    return {name for name in ("causationid", "traceparent") if getattr(envelope, name) is None}


def decode(body: bytes | str, types: Mapping[str, type[EventData]]) -> Envelope[EventData]:
    """Parse one event as its consumer: unknown fields are ignored, unknown enum values are read as Unknown.

    Raises UndecodableEventError when the JSON is broken, the type is not in `types`, or a field is missing or wrong.
    """
    try:
        kind = _Head.model_validate_json(body).type
        if kind not in types:
            raise UndecodableEventError(f"unknown event type {kind!r}")
        return _envelope_model(types[kind]).model_validate_json(body, extra="ignore", context=CONSUMER)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise UndecodableEventError(f"{where}: {first['msg']}") from error


_models: dict[type[EventData], type[Envelope[EventData]]] = {}


def _envelope_model(data: type[EventData]) -> type[Envelope[EventData]]:
    """Parametrising a generic model takes pydantic a while, so each is made once."""
    if data not in _models:
        _models[data] = Envelope[data]  # type: ignore[valid-type]
    return _models[data]
