"""The content and the groups of dead letters: rules without queues."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faststream_sqs.wire import BATCH_ENTRIES, SQS_MAX_BYTES
from smartstack_ops.dead_letters.messages import Choice, DeadLetter, group, normalise_reason, read, strip_dlq_attributes
from smartstack_ops.dead_letters.queue import batches

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def message(body: str = "{}", *, at: datetime = NOON, **attributes: str) -> dict[str, Any]:
    texts = {name.replace("_", "-"): {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
    sent = str(int(at.timestamp() * 1000))
    return {"MessageId": str(uuid4()), "Body": body, "Attributes": {"SentTimestamp": sent}, "MessageAttributes": texts}


def letter(reason: str = "broken", kind: str = "created", **more: Any) -> DeadLetter:
    return read("tasks-dlq", message(json.dumps({"id": str(uuid4()), "type": kind}), dlq_reason=reason, **more), 5)


bodies = st.one_of(
    st.text(),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps),
    st.dictionaries(
        st.sampled_from(["id", "type", "subject", "workspaceid", "traceparent", "x"]),
        st.none() | st.integers() | st.text() | st.uuids().map(str),
    ).map(json.dumps),
)


@given(bodies, st.dictionaries(st.sampled_from(["type", "workspaceid", "traceparent", "dlq_receive_count"]), st.text()))
def test_no_message_is_too_broken_to_be_shown(body: str, attributes: dict[str, str]) -> None:
    shown = read("tasks-dlq", message(body, **attributes), 5)
    assert shown.body == body
    assert shown.reason
    assert shown.id
    assert Choice(ids=frozenset([shown.id])).takes(shown)


def test_a_deeply_nested_body_is_shown_too() -> None:
    assert read("tasks-dlq", message("[" * 100_000), 5).event_id is None


def test_two_different_workspaces_in_one_message_are_none() -> None:
    one, other = uuid4(), uuid4()
    body = json.dumps({"workspaceid": str(one)})
    assert read("q", message(body), 5).workspace_id == one
    assert read("q", message(body, workspaceid=str(one)), 5).workspace_id == one
    assert read("q", message("{", workspaceid=str(one)), 5).workspace_id == one
    assert read("q", message(body, workspaceid=str(other)), 5).workspace_id is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "on_x: no client 0193b8f0-0000-7000-8000-000000000001",
            "on_x: no client 4a1ede4c-ec4c-466f-8382-d705771e20cb",
        ),
        ("at 1795451561648 ms", "at 1795451561649 ms"),
        ("trace bade79e8bb04fa579c2a7dbb32d63dee", "trace 0af7651916cd43dd8448eb211c80319c"),
    ],
)
def test_reasons_that_differ_in_particulars_are_one_group(one: str, other: str) -> None:
    assert normalise_reason(one) == normalise_reason(other)
    [found] = group([letter(one), letter(other)])
    assert found.count == 2


@pytest.mark.parametrize(("one", "other"), [("SQLSTATE 42501", "SQLSTATE 23505"), ("v1", "v2"), ("a", "b")])
def test_reasons_that_differ_otherwise_are_two(one: str, other: str) -> None:
    assert len(group([letter(one), letter(other)])) == 2


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 3)), max_size=40))
def test_groups_hold_every_letter_exactly_once(facts: list[tuple[str, str, int]]) -> None:
    letters = [letter(reason, kind, at=NOON + timedelta(minutes=minutes)) for reason, kind, minutes in facts]
    groups = group(letters)
    assert sum(each.count for each in groups) == len(letters)
    assert len({(each.type, each.reason) for each in groups}) == len(groups) == len({each.id for each in groups})
    for each in groups:
        members = [one for one in letters if Choice(kind=each.type, reason=each.reason).takes(one)]
        assert len(members) == each.count
        assert (each.oldest_at, each.newest_at) == (min(m.sent_at for m in members), max(m.sent_at for m in members))
        assert len(each.event_ids) == min(10, each.count)
    assert groups == sorted(groups, key=lambda each: (each.newest_at, each.id), reverse=True)


@given(st.text())
def test_a_reason_in_general_stays_as_it_is(reason: str) -> None:
    assert normalise_reason(normalise_reason(reason)) == normalise_reason(reason)


def test_what_came_with_the_dead_letter_queue_goes_again() -> None:
    attributes = message(type="t", dlq_reason="r", dlq_source="s", dlq_message_id="m", dlq_receive_count="5")
    assert set(strip_dlq_attributes(attributes["MessageAttributes"])) == {"type"}


@given(st.lists(st.integers(0, SQS_MAX_BYTES), max_size=40))
def test_batches_keep_every_letter_and_the_limits(sizes: list[int]) -> None:
    letters = [read("q", message("x" * size), 5) for size in sizes]
    made = list(batches(letters))
    assert [each for batch in made for each in batch] == letters
    for batch in made:
        assert 1 <= len(batch) <= BATCH_ENTRIES
        assert sum(len(each.body) for each in batch) <= SQS_MAX_BYTES
