"""Enums may grow: strict at the producer, tolerant at the consumer."""

import json
from typing import Any, ClassVar
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from smartstack_contracts import EVENT_TYPES, Envelope, EventData, Open, Unknown, decode, encode, known
from smartstack_contracts.events.tasks import TaskCreated
from smartstack_contracts.generate import schema
from smartstack_contracts.samples import example
from smartstack_contracts.strangers import STRANGER, strangers
from smartstack_contracts.values import Channel, Priority

CASES = [(model, field, message) for model in EVENT_TYPES.values() for field, message in strangers(model)]


class Part(BaseModel):
    channel: Open[Channel]


class Nested(EventData):
    service = "comms"
    name = "nested"
    aggregate = "nested"
    live = True
    example: ClassVar[dict[str, Any]] = {
        "nested_id": UUID(int=1),
        "channels": ["chat"],
        "parts": [{"channel": "chat"}],
        "by_name": {"a": "chat"},
        "closed": "chat",
        "optional": None,
    }

    nested_id: UUID
    channels: list[Open[Channel]]
    parts: list[Part]
    by_name: dict[str, Open[Channel]]
    closed: Channel
    optional: Open[Channel] | None


@pytest.mark.parametrize(("model", "field", "message"), CASES, ids=[f"{m.name}.{f}" for m, f, _ in CASES])
def test_a_value_that_is_not_known_yet_is_read_as_unknown(
    model: type[EventData], field: str, message: dict[str, Any]
) -> None:
    envelope = decode(json.dumps(message), EVENT_TYPES)
    assert isinstance(envelope.data, model)
    assert Unknown(STRANGER) in [getattr(envelope.data, name) for name in type(envelope.data).model_fields], field
    assert json.loads(encode(envelope)) == message


def test_the_fields_with_enums_are_those_that_the_events_have() -> None:
    assert {(model.name, field) for model, field, _ in CASES} >= {
        ("message_received", "channel"),
        ("suggestion_created", "kind"),
        ("suggestion_created", "priority"),
        ("task_created", "status"),
    }


def test_strangers_go_into_lists_objects_and_optional_fields_and_a_closed_enum_shows() -> None:
    found = dict(strangers(Nested))
    assert set(found) == {"channels.0", "parts.0.channel", "by_name.a", "closed", "optional"}
    types = {Nested.type(): Nested}
    for field in ("channels.0", "parts.0.channel", "by_name.a", "optional"):
        decode(json.dumps(found[field]), types)
    with pytest.raises(ValueError, match="closed"):
        decode(json.dumps(found["closed"]), types)


@pytest.mark.parametrize("value", [STRANGER, Unknown(STRANGER), Unknown("high"), None, 3])
def test_a_producer_may_not_send_an_unknown_value(value: object) -> None:
    with pytest.raises(ValidationError, match="priority"):
        TaskCreated(**{**TaskCreated.example, "priority": value})


@pytest.mark.parametrize("value", [None, 3, ["high"], {"value": "high"}])
def test_a_consumer_still_refuses_what_is_not_a_text(value: object) -> None:
    message = example(TaskCreated)
    message["data"]["priority"] = value
    with pytest.raises(ValueError, match="priority"):
        decode(json.dumps(message), EVENT_TYPES)


def test_known_values_stay_what_they_are() -> None:
    envelope: Envelope[Any] = decode(json.dumps(example(TaskCreated)), EVENT_TYPES)
    assert envelope.data.priority is Priority.NORMAL
    assert known(envelope.data.priority, Priority.LOW) is Priority.NORMAL
    assert known(Unknown("x"), Priority.LOW) is Priority.LOW


@pytest.mark.parametrize("model", EVENT_TYPES.values(), ids=lambda model: model.type())
def test_a_published_schema_closes_no_enum(model: type[EventData]) -> None:
    text = json.dumps({**schema(model), "properties": schema(model)["properties"]["data"]})
    assert '"enum"' not in text


def test_a_published_schema_says_which_values_there_are_today() -> None:
    definition = json.dumps(schema(TaskCreated)["$defs"])
    assert '{"type": "string", "x-extensible-enum": ["low", "normal", "high", "urgent"]}' in definition
