"""What crosses a boundary: derived files are fresh, old messages stay readable, strict out and lenient in."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from smartstack_contracts import EVENT_TYPES, Envelope, UndecodableEventError, decode, encode, new_id
from smartstack_contracts.events.comms import ClientCreated
from smartstack_contracts.events.tasks import TaskCreated
from smartstack_contracts.generate import ROOT, derived, golden
from smartstack_contracts.topology import SERVICES, consumed, topology

GOLDEN = sorted((ROOT / "golden").glob("*.json"))


@pytest.mark.parametrize("path", derived(), ids=str)
def test_a_derived_file_is_what_the_models_say(path: Path) -> None:
    assert (ROOT / path).read_text() == derived()[path], "run: python -m smartstack_contracts.generate"


def test_no_derived_file_is_left_over() -> None:
    on_disk = {path.relative_to(ROOT) for path in (ROOT / "schemas").glob("*.json")}
    assert on_disk == {path for path in derived() if path.parts[0] == "schemas"}


def test_every_event_type_has_a_golden_message() -> None:
    assert {path.stem for path in GOLDEN} >= {path.stem for path in golden()}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_message_published_once_can_be_read_for_ever(path: Path) -> None:
    stored = json.loads(path.read_text())
    envelope = decode(path.read_text(), EVENT_TYPES)
    assert json.loads(encode(envelope)) == stored


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_field_that_is_not_known_yet_is_ignored(path: Path) -> None:
    message = json.loads(path.read_text())
    later = message | {"newattribute": 1, "data": message["data"] | {"added_later": {"x": 1}}}
    assert decode(json.dumps(later), EVENT_TYPES) == decode(path.read_text(), EVENT_TYPES)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_each_missing_field_is_named(path: Path) -> None:
    message = json.loads(path.read_text())
    for name in message["data"]:
        broken = message | {"data": {key: value for key, value in message["data"].items() if key != name}}
        with pytest.raises(UndecodableEventError, match=name):
            decode(json.dumps(broken), EVENT_TYPES)


def test_a_producer_may_not_send_what_the_contract_does_not_name() -> None:
    with pytest.raises(ValidationError):
        ClientCreated(client_id=new_id(), client_name="Acme", phone="1")  # type: ignore[call-arg]


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_arbitrary_bytes_are_undecodable_and_nothing_else(body: bytes) -> None:
    with pytest.raises(UndecodableEventError):
        decode(body, EVENT_TYPES)


@given(name=st.text(min_size=1, max_size=200), sequence=st.integers(1, 2**31 - 1))
def test_what_is_encoded_decodes_to_itself(name: str, sequence: int) -> None:
    envelope: Envelope[Any] = Envelope.of(
        ClientCreated(client_id=new_id(), client_name=name),
        subject=new_id(),
        sequence=sequence,
        workspace_id=new_id(),
        correlation_id=new_id(),
        auth_id="user:x",
    )
    assert decode(encode(envelope), EVENT_TYPES).model_dump() == envelope.model_dump()


def test_a_null_inside_the_data_survives_the_wire() -> None:
    stored = json.loads((ROOT / f"golden/{TaskCreated.type()}.json").read_text())
    stored["data"]["due_at"] = None
    assert json.loads(encode(decode(json.dumps(stored), EVENT_TYPES)))["data"]["due_at"] is None


def test_types_are_named_by_service_aggregate_and_past_tense() -> None:
    for kind, model in EVENT_TYPES.items():
        assert kind == f"smartstack.{model.service}.{model.name}.v{model.version}"
        assert model.name.rpartition("_")[2].endswith(("ed", "sent"))


def test_every_subscription_names_an_event_that_its_topic_carries() -> None:
    plan = topology()
    for item in plan["subscriptions"]:
        assert set(item["filter"]["type"]) <= set(plan["topics"][item["topic"]]["events"])
        assert item["queue"] in plan["queues"]
    assert {item["queue"] for item in plan["subscriptions"]} == set(plan["queues"])


def test_no_service_listens_to_itself() -> None:
    for service in SERVICES:
        assert service not in {model.service for model in consumed(service)}


def test_filters_and_names_keep_within_what_sns_and_sqs_allow() -> None:
    plan = topology()
    for item in plan["subscriptions"]:
        assert len(item["filter"]["type"]) <= 150
    for name in [*plan["topics"], *plan["queues"]]:
        assert len(f"smartstack-production-{name}") <= 80
    for name in plan["buckets"]:
        assert len(f"smartstack-production-000000000000-{name}") <= 63
