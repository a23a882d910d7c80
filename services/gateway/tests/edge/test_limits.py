import asyncio
import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_chassis.core.actors import PortalClient
from smartstack_chassis.core.errors import TooMany
from smartstack_contracts import new_id
from smartstack_gateway.edge.limits import Buckets, InFlight
from smartstack_gateway.identity.passwords import Passwords
from smartstack_gateway.testing import MakeGateway


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(buckets: Buckets, key: str) -> bool:
    try:
        buckets.acquire(key)
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
        buckets.acquire("a")
    with pytest.raises(TooMany) as refused:
        buckets.acquire("a")
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


async def test_one_member_is_limited_and_another_is_not(make_gateway: MakeGateway) -> None:
    async with make_gateway(principal_burst=3, principal_per_second=0.1) as gateway:
        one, other = await gateway.sign_up(), await gateway.sign_up()
        answers = [await gateway.get(path, headers=one.headers) for path in ["/api/v1/tasks", "/api/v1/me"] * 3]
        assert [status for status, _, _ in answers] == [200] * 3 + [429] * 3
        _, body, headers = answers[-1]
        assert (body["code"], headers["Content-Type"]) == ("rate_limited", "application/problem+json")
        assert 0 < int(headers["Retry-After"]) <= 10
        assert (await gateway.get("/api/v1/tasks", headers=other.headers))[0] == 200


async def test_bad_tokens_are_limited_by_address(make_gateway: MakeGateway) -> None:
    async with make_gateway(address_burst=3, address_per_second=0.1) as gateway:
        for path in ("/api/v1/tasks", "/api/v1/me", "/api/v1/nothing"):
            await gateway.get(path, headers={"Authorization": "Bearer x"})
        assert (await gateway.get("/api/v1/tasks", headers={"Authorization": "Bearer x"}))[0] == 429
        assert (await gateway.get("/"))[0] == 200


async def test_a_flood_of_logins_is_cut_off_before_it_takes_the_processor(make_gateway: MakeGateway) -> None:
    async with make_gateway(password_threads=1, passwords_waiting=2) as gateway:
        passwords, go_on = gateway.harness.runtime.resources[Passwords], threading.Event()
        working = passwords._pool.submit(go_on.wait)
        tries = [
            asyncio.create_task(
                gateway.post("/api/v1/auth/login", json={"email": f"{n}@example.com", "password": "wrong password"})
            )
            for n in range(30)
        ]
        # One at work and two in line; the others learn that it is busy while none of the three is done.
        while sum(task.done() for task in tries) < 27:
            await asyncio.wait([task for task in tries if not task.done()], return_when=asyncio.FIRST_COMPLETED)
        go_on.set()
        answers = Counter((status, body["code"]) for status, body, _ in await asyncio.gather(*tries))
        assert answers == {(401, "wrong_credentials"): 3, (429, "sign_in_busy"): 27}
        assert working.result()


PORTAL = "/api/v1/portal/messages"


async def test_a_client_may_send_far_less_than_a_member(make_gateway: MakeGateway) -> None:
    async with make_gateway(portal_burst=2, portal_per_second=0.1) as gateway:
        workspace, flooding = new_id(), new_id()
        # Two share links of one client count as one.
        links = [gateway.harness.headers(PortalClient(workspace, flooding, new_id())) for _ in range(2)]
        other = gateway.harness.headers(PortalClient(workspace, new_id(), new_id()))
        answers = [await gateway.post(PORTAL, json={"body": "x"}, headers=links[n % 2]) for n in range(3)]
        assert [status for status, _, _ in answers] == [200, 200, 429]
        assert 0 < int(answers[-1][2]["Retry-After"]) <= 10
        assert (await gateway.get(PORTAL, headers=links[0]))[0] == 200
        assert (await gateway.post(PORTAL, json={"body": "x"}, headers=other))[0] == 200


async def test_a_client_may_send_so_many_bytes(make_gateway: MakeGateway) -> None:
    async with make_gateway(portal_burst_bytes=1000, portal_bytes_per_second=1) as gateway:
        headers = gateway.harness.headers(PortalClient(new_id(), new_id(), new_id()))
        answers = [await gateway.post(PORTAL, json={"body": "x" * 600}, headers=headers) for _ in range(2)]
        assert [status for status, _, _ in answers] == [200, 429]


async def test_many_clients_of_a_workspace_share_what_they_may_send(make_gateway: MakeGateway) -> None:
    async with make_gateway(portal_workspace_burst=2, portal_workspace_per_second=0.1) as gateway:
        workspace = new_id()
        many = [gateway.harness.headers(PortalClient(workspace, new_id(), new_id())) for _ in range(3)]
        stranger = gateway.harness.headers(PortalClient(new_id(), new_id(), new_id()))
        sent = [(await gateway.post(PORTAL, json={"body": "x"}, headers=headers))[0] for headers in [*many, stranger]]
        assert sent == [200, 200, 429, 200]


async def test_many_members_of_a_workspace_share_its_rate(make_gateway: MakeGateway) -> None:
    async with make_gateway(workspace_burst=2, workspace_per_second=0.1) as gateway:
        one, other = await gateway.sign_up(), await gateway.sign_up()
        assert [(await gateway.get("/api/v1/tasks", headers=one.headers))[0] for _ in range(3)] == [200, 200, 429]
        assert (await gateway.get("/api/v1/tasks", headers=other.headers))[0] == 200


async def test_requests_in_flight_wait_and_those_over_the_bound_are_refused() -> None:
    places, done, served, most = InFlight(2, 3), asyncio.Event(), 0, 0

    async def request(key: str) -> bool:
        nonlocal served, most
        try:
            async with places.slot(key):
                served += 1
                most = max(most, served)
                await done.wait()
                served -= 1
        except TooMany:
            return False
        return True

    loud = [asyncio.create_task(request("loud")) for _ in range(7)]
    await asyncio.sleep(0)
    async with places.slot("quiet"):
        pass
    done.set()
    assert [await each for each in loud] == [True] * 5 + [False] * 2
    assert (most, len(places)) == (2, 0)
