from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_chassis.errors import TooMany
from smartstack_gateway.limits import Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(buckets: Buckets, key: str) -> bool:
    try:
        buckets.take(key)
    except TooMany:
        return False
    return True


@given(
    st.integers(1, 20),
    st.floats(0.1, 50),
    st.lists(st.floats(0, 3), max_size=100),
)
def test_no_more_than_the_burst_and_the_rate_come_through(burst: int, rate: float, pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(burst, rate, now=clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        allowed += taken(buckets, "a")
    assert allowed <= burst + clock.now * rate + 1e-6


@given(st.integers(1, 20), st.floats(0.1, 50))
def test_waiting_as_long_as_told_lets_one_through(burst: int, rate: float) -> None:
    clock = Clock()
    buckets = Buckets(burst, rate, now=clock)
    for _ in range(burst):
        buckets.take("a")
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    clock.now += refused.value.retry_after
    assert taken(buckets, "a")


def test_buckets_are_bounded_in_number_and_the_oldest_goes_first() -> None:
    buckets = Buckets(1, 0.001, capacity=3, now=Clock())
    assert all(taken(buckets, key) for key in "abc")
    assert not taken(buckets, "a")
    assert taken(buckets, "d")
    assert len(buckets) == 3
    assert not taken(buckets, "a")
    assert taken(buckets, "b")


async def test_one_member_is_limited_and_another_is_not(make_gateway: Any) -> None:
    async with make_gateway(principal_burst=3, principal_per_second=0.1) as gateway:
        one, other = await gateway.sign_up(), await gateway.sign_up()
        answers = [await gateway.get(path, headers=one.headers) for path in ["/api/v1/tasks", "/api/v1/me"] * 3]
        assert [status for status, _, _ in answers] == [200] * 3 + [429] * 3
        _, body, headers = answers[-1]
        assert (body["code"], headers["Content-Type"]) == ("rate_limited", "application/problem+json")
        assert 0 < int(headers["Retry-After"]) <= 10
        assert (await gateway.get("/api/v1/tasks", headers=other.headers))[0] == 200


async def test_bad_tokens_are_limited_by_address(make_gateway: Any) -> None:
    async with make_gateway(address_burst=3, address_per_second=0.1) as gateway:
        for path in ("/api/v1/tasks", "/api/v1/me", "/api/v1/nothing"):
            await gateway.get(path, headers={"Authorization": "Bearer x"})
        assert (await gateway.get("/api/v1/tasks", headers={"Authorization": "Bearer x"}))[0] == 429
        assert (await gateway.get("/"))[0] == 200


async def test_a_flood_of_logins_is_cut_off_before_it_takes_the_processor(make_gateway: Any) -> None:
    import asyncio

    async with make_gateway(passwords_waiting=2) as gateway:
        tries = [
            gateway.post("/api/v1/auth/login", json={"email": f"{n}@example.com", "password": "wrong password"})
            for n in range(30)
        ]
        answers = await asyncio.gather(*tries)
        assert {(status, body["code"]) for status, body, _ in answers} == {
            (401, "wrong_credentials"),
            (429, "sign_in_busy"),
        }
