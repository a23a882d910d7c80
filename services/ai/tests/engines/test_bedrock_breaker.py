"""A model in trouble is left alone for a while, and found again when it is back."""

import pytest

from smartstack_ai.engines.bedrock.breaker import FAILURES, REST_SECONDS, Breaker


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int = FAILURES) -> None:
    for _ in range(times):
        assert breaker.resting() is None
        breaker.note("timeout")


def test_some_failures_are_no_trouble(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.note(None)
    fail(breaker, FAILURES - 1)
    assert breaker.resting() is None


def test_after_failures_in_a_row_nobody_is_asked_and_the_reason_is_told(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    assert breaker.resting() == "timeout"
    clock.now += REST_SECONDS - 0.1
    assert breaker.resting() == "timeout"


def test_then_one_tries_for_all(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now += REST_SECONDS
    assert [breaker.resting() for _ in range(3)] == [None, "timeout", "timeout"]
    breaker.note(None)
    assert [breaker.resting() for _ in range(3)] == [None, None, None]


def test_a_try_that_fails_prolongs_the_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now += REST_SECONDS
    assert breaker.resting() is None
    breaker.note("unavailable")
    assert breaker.resting() == "unavailable"


def test_a_refusal_shows_that_somebody_is_there(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.note("budget")
    fail(breaker, FAILURES - 1)
    assert breaker.resting() is None
