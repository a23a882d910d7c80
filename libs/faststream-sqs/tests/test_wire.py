"""What is put on the wire comes off it again, within the limits of SQS."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faststream_sqs.wire import (
    MAX_ATTRIBUTES,
    OVERFLOW,
    Entry,
    chunk,
    decode_body,
    decode_headers,
    encode_body,
    encode_entry,
    make_room,
    open_envelope,
    string_attribute,
)

SCALARS = st.one_of(
    st.text(),
    st.integers(min_value=-(2**53), max_value=2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)
HEADERS = st.dictionaries(st.text(min_size=1, max_size=20), SCALARS, max_size=20).filter(
    lambda headers: not headers.keys() & {"content-type", "correlation-id", "reply-to", "content-encoding", OVERFLOW}
)


def entry_of(headers: dict[str, Any], body: bytes = b"{}") -> Entry:
    return encode_entry(body, content_type="application/json", correlation_id="c", reply_to="r", headers=headers)


@given(st.binary(max_size=200))
def test_any_body_survives(body: bytes) -> None:
    text, encoding = encode_body(body)
    assert text
    assert decode_body(text, encoding) == body


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=0x2FFF, exclude_categories=["Cs"])))
def test_a_body_on_the_wire_has_only_characters_that_sqs_accepts(text: str) -> None:
    carried, _ = encode_body(text.encode())
    assert all(ord(c) in {9, 10, 13} or ord(c) >= 32 for c in carried)


@given(HEADERS)
def test_any_headers_survive_in_at_most_ten_attributes(headers: dict[str, Any]) -> None:
    entry = entry_of(headers)
    decoded = decode_headers(entry.attributes)
    assert len(entry.attributes) <= MAX_ATTRIBUTES
    assert all(a.get("StringValue") != "" for a in entry.attributes.values())
    assert {name: decoded[name] for name in headers} == headers


def test_ten_headers_more_than_fit_travel_as_json_and_the_first_stay_attributes() -> None:
    entry = entry_of({f"h{i}": i for i in range(12)})
    assert list(entry.attributes)[:4] == ["content-type", "correlation-id", "reply-to", "h0"]
    assert json.loads(entry.attributes[OVERFLOW]["StringValue"]) == {f"h{i}": i for i in range(6, 12)}


def test_a_tenth_attribute_needs_no_overflow() -> None:
    assert OVERFLOW not in entry_of({f"h{i}": "x" for i in range(7)}).attributes
    assert OVERFLOW in entry_of({f"h{i}": "x" for i in range(8)}).attributes


@pytest.mark.parametrize("header", ["aws.trace", "Amazon.x", ".dot", "dot.", "two..dots", "spa ce", "é"])
def test_a_header_with_a_name_aws_refuses_travels_as_json(header: str) -> None:
    entry = entry_of({header: "x"})
    assert header not in entry.attributes
    assert decode_headers(entry.attributes)[header] == "x"


def test_bytes_are_a_binary_attribute() -> None:
    entry = entry_of({"token": b"\x00\x01"})
    assert entry.attributes["token"] == {"DataType": "Binary", "BinaryValue": b"\x00\x01"}
    assert decode_headers(entry.attributes)["token"] == b"\x00\x01"


def test_room_for_one_more_attribute_is_made_without_losing_a_header() -> None:
    entry = entry_of({f"h{i}": f"v{i}" for i in range(7)})
    assert len(entry.attributes) == MAX_ATTRIBUTES
    make_room(entry.attributes)
    assert len(entry.attributes) < MAX_ATTRIBUTES
    assert decode_headers(entry.attributes).items() >= {f"h{i}": f"v{i}" for i in range(7)}.items()


@given(st.lists(st.integers(min_value=1, max_value=300), max_size=60), st.integers(min_value=50, max_value=1000))
def test_chunks_keep_the_order_and_both_limits(sizes: list[int], limit: int) -> None:
    entries = [(i, Entry("x" * size, {})) for i, size in enumerate(sizes)]
    chunks = chunk(entries, limit)
    assert [numbered for part in chunks for numbered in part] == entries
    for part in chunks:
        assert len(part) <= 10
        assert len(part) == 1 or sum(entry.size for _, entry in part) <= limit


def test_the_size_counts_bytes_of_body_names_types_and_values() -> None:
    assert Entry("é", {"n": string_attribute("ü")}).size == 2 + 1 + len("String") + 2


def test_an_sns_envelope_is_opened() -> None:
    body = json.dumps(
        {
            "Type": "Notification",
            "TopicArn": "arn:aws:sns:eu-west-1:1:t",
            "Message": '{"a":1}',
            "MessageAttributes": {
                "type": {"Type": "String", "Value": "x"},
                "raw": {"Type": "Binary", "Value": "AAE="},
            },
        }
    )
    opened = open_envelope(body)
    assert opened is not None
    assert opened[0] == '{"a":1}'
    assert decode_headers(opened[1]) == {"type": "x", "raw": b"\x00\x01"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text",
        '{"a": 1}',
        '{"TopicArn": broken',
        '{"TopicArn": "t", "Type": "Other", "Message": "m"}',
        '["TopicArn"]',
    ],
)
def test_other_bodies_are_no_envelope(body: str) -> None:
    assert open_envelope(body) is None
