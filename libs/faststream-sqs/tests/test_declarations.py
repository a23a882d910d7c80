"""The values a user declares with."""

import pytest
from faststream.exceptions import SetupError
from hypothesis import given
from hypothesis import strategies as st

from faststream_sqs import Backoff, DeadLetter, Extend, Queue, SQSBroker, Topic


@given(st.integers(min_value=0, max_value=10_000), st.sampled_from(["full", "equal", "none"]))
def test_a_wait_is_never_longer_than_its_cap(attempt: int, jitter: str) -> None:
    delay = Backoff(1, 2, cap=900, jitter=jitter).delay(attempt)  # type: ignore[arg-type]
    assert 0 <= delay <= 900


def test_without_jitter_the_wait_doubles_up_to_the_cap() -> None:
    backoff = Backoff(2, 2, cap=20, jitter="none")
    assert [backoff.delay(n) for n in (1, 2, 3, 4, 5)] == [2, 4, 8, 16, 20]


def test_equal_jitter_keeps_at_least_half() -> None:
    backoff = Backoff(100, 2, jitter="equal")
    assert all(50 <= backoff.delay(1) <= 100 for _ in range(200))


@pytest.mark.parametrize("options", [{"first": -1}, {"factor": 0.5}, {"cap": 43_201}])
def test_an_impossible_backoff_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(SetupError):
        Backoff(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"at": 0}, {"at": 1}, {"upto": 50_000}])
def test_an_impossible_extension_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(SetupError):
        Extend(**options)


def test_a_dead_letter_queue_is_named_after_its_queue() -> None:
    assert Queue("a", dlq=DeadLetter()).dlq_name == "a-dlq"
    assert Queue("a.fifo", dlq=DeadLetter()).dlq_name == "a-dlq.fifo"
    assert Queue("a", dlq=DeadLetter("dead")).dlq_name == "dead"
    assert Queue("a").dlq_name is None


def test_a_prefix_covers_queue_dead_letters_and_topic_but_not_an_arn() -> None:
    assert Queue("a", dlq=DeadLetter("dead")).add_prefix("p-").dlq_name == "p-dead"
    assert Queue("a", dlq=DeadLetter()).add_prefix("p-").dlq_name == "p-a-dlq"
    assert Topic("t").add_prefix("p-").name == "p-t"
    assert Topic("arn:aws:sns:eu-west-1:1:t").add_prefix("p-").name == "arn:aws:sns:eu-west-1:1:t"


def test_only_what_is_given_is_declared() -> None:
    assert Queue("a").declared_attributes() == {}
    assert Queue("a.fifo", visibility=5, attributes={"KmsMasterKeyId": "k"}).declared_attributes() == {
        "VisibilityTimeout": "5",
        "FifoQueue": "true",
        "KmsMasterKeyId": "k",
    }


@pytest.mark.parametrize(
    "options", [{"max_workers": 0}, {"batch_size": 11}, {"wait_time": 21}, {"topics": ["events.fifo"]}]
)
def test_a_subscriber_with_an_impossible_option_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(SetupError):
        SQSBroker().subscriber("a", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{}, {"queue": "a", "topic": "b"}])
def test_a_publisher_needs_exactly_one_destination(options: dict[str, str]) -> None:
    with pytest.raises(SetupError):
        SQSBroker().publisher(**options)  # type: ignore[arg-type]
