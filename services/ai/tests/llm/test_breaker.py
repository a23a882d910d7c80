"""A model in trouble is left alone for a while, and found again when it is back."""

import pytest

from smartstack_ai.llm.breaker import FAILURES, OPEN_SECONDS, Breaker


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
        assert breaker.open() is None
        breaker.record("timeout")


def test_some_failures_are_no_trouble(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.record(None)
    fail(breaker, FAILURES - 1)
    assert breaker.open() is None


def test_after_failures_in_a_row_nobody_is_asked_and_the_reason_is_told(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    assert breaker.open() == "timeout"
    clock.now += OPEN_SECONDS - 0.1
    assert breaker.open() == "timeout"


def test_then_one_tries_for_all(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now += OPEN_SECONDS
    assert [breaker.open() for _ in range(3)] == [None, "timeout", "timeout"]
    breaker.record(None)
    assert [breaker.open() for _ in range(3)] == [None, None, None]


def test_a_try_that_fails_prolongs_the_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now += OPEN_SECONDS
    assert breaker.open() is None
    breaker.record("unavailable")
    assert breaker.open() == "unavailable"


def test_a_refusal_shows_that_somebody_is_there(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.record("budget")
    fail(breaker, FAILURES - 1)
    assert breaker.open() is None
