"""Comparing and merging, without a server."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faststream_sqs import Topic
from faststream_sqs.filter_policy import matches
from faststream_sqs.topology.difference import changed, describe
from faststream_sqs.topology.policy import allow_topics
from faststream_sqs.wire import Entry, string_attribute

ARNS = st.sets(st.sampled_from([f"arn:aws:sns:eu-west-1:1:t{i}" for i in range(6)]), min_size=1)


def sources(policy: str) -> set[str]:
    return {
        arn
        for statement in json.loads(policy)["Statement"]
        for arn in statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn", [])
    }


@given(ARNS, ARNS)
def test_merging_a_policy_keeps_what_was_allowed_and_settles(first: set[str], second: set[str]) -> None:
    policy = allow_topics(None, "q", first)
    assert policy is not None
    merged = allow_topics(policy, "q", second) or policy
    assert sources(merged) == first | second
    assert allow_topics(merged, "q", first | second) is None


def test_statements_of_others_are_left_alone() -> None:
    foreign = {"Sid": "Backup", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "q"}
    merged = allow_topics(json.dumps({"Version": "2012-10-17", "Statement": foreign}), "q", ["arn:t"])
    assert merged is not None
    assert foreign in json.loads(merged)["Statement"]
    assert sources(merged) == {"arn:t"}


def test_json_attributes_are_compared_by_content() -> None:
    existing = {"RedrivePolicy": '{"maxReceiveCount":"5","deadLetterTargetArn":"d"}', "FilterPolicy": '{"a":["b"]}'}
    declared = {"RedrivePolicy": '{"deadLetterTargetArn": "d", "maxReceiveCount": 5}', "FilterPolicy": '{"a": ["b"]}'}
    assert changed(existing, declared) == {}
    assert changed(existing, {"FilterPolicy": "{}"}) == {"FilterPolicy": "{}"}
    assert changed({}, {"FilterPolicy": "{}"}) == {}


def test_a_difference_reads_as_a_sentence() -> None:
    lines = describe("queue", "a", {"VisibilityTimeout": "30"}, {"VisibilityTimeout": "60", "DelaySeconds": "1"})
    assert lines == [
        'queue "a": DelaySeconds is not set, declared 1',
        'queue "a": VisibilityTimeout is 30, declared 60',
    ]


@pytest.mark.parametrize(
    ("policy", "passes"),
    [
        ({"type": ["a"]}, True),
        ({"type": ["b"]}, False),
        ({"type": ["b", {"prefix": "a"}]}, True),
        ({"type": [{"suffix": "z"}]}, False),
        ({"type": [{"equals-ignore-case": "A"}]}, True),
        ({"type": [{"anything-but": ["a"]}]}, False),
        ({"type": [{"anything-but": {"prefix": "x"}}]}, True),
        ({"type": [{"exists": True}]}, True),
        ({"other": [{"exists": False}]}, True),
        ({"other": ["a"]}, False),
        ({"size": [{"numeric": [">", 3, "<=", 5]}]}, True),
        ({"size": [{"numeric": ["<", 5]}]}, False),
        ({"size": [5]}, True),
        ({"type": ["a"], "size": [6]}, False),
    ],
)
def test_filter_policies_on_attributes(policy: dict[str, object], passes: bool) -> None:
    attributes = {"type": string_attribute("a"), "size": {"DataType": "Number", "StringValue": "5"}}
    assert matches(Topic("t", filter=policy), Entry("{}", attributes)) is passes


@pytest.mark.parametrize(
    ("policy", "passes"),
    [({"a": {"b": ["x"]}}, True), ({"a": {"b": ["y"]}}, False), ({"tags": ["t2"]}, True), ({"gone": ["x"]}, False)],
)
def test_filter_policies_on_the_body(policy: dict[str, object], passes: bool) -> None:
    body = json.dumps({"a": {"b": "x"}, "tags": ["t1", "t2"]})
    assert matches(Topic("t", filter=policy, filter_scope="MessageBody"), Entry(body, {})) is passes
    assert not matches(Topic("t", filter=policy, filter_scope="MessageBody"), Entry("no json", {}))
