import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from smartstack_chassis.core.errors import TooMany
from smartstack_contracts import new_id
from smartstack_gateway.network import network_of
from smartstack_gateway.sessions.devices import LIFETIME, MOST_ACCOUNTS, Devices
from smartstack_gateway.sessions.throttling import SignInThrottles
from smartstack_gateway.testing import Gateway, MakeGateway
from smartstack_gateway.throttles import commands as throttles
from smartstack_gateway.throttles.domain import Throttle

PASSWORD = "correct horse battery"
# No test lasts long enough for a delay to end, however busy the machine is.
SLOW = {"failure_delay_seconds": 3600.0, "trusted_proxies": 1}


def device_cookie(headers: Any) -> str:
    [found] = [line.split(";")[0] for line in headers.getall("Set-Cookie") if line.startswith("smartstack_device")]
    return str(found)


async def log_in(gateway: Gateway, email: str, password: str, address: str = "192.0.2.1", **headers: str) -> int:
    asked = {"email": email, "password": password}
    sent = {"X-Forwarded-For": address, **headers}
    return int((await gateway.post("/api/v1/auth/login", json=asked, headers=sent))[0])


async def forget_delays(gateway: Gateway) -> None:
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        await connection.execute("UPDATE gateway.throttles SET blocked_until = now() - interval '1 second'")
    finally:
        await connection.close()


async def test_guesses_at_one_account_are_slowed_down_from_wherever_they_come(make_gateway: MakeGateway) -> None:
    async with make_gateway(account_free_failures=3, **SLOW) as gateway:
        sam = await gateway.sign_up()
        tries = [await log_in(gateway, sam.email, "wrong password", f"198.51.100.{n}") for n in range(6)]
        assert tries == [401] * 3 + [429] * 3
        assert await log_in(gateway, "other@example.com", "wrong password") == 401


async def test_strangers_cannot_lock_an_upstream_out_of_a_known_browser(make_gateway: MakeGateway) -> None:
    async with make_gateway(
        account_free_failures=2, network_free_failures=2, device_free_failures=3, **SLOW
    ) as gateway:
        email = f"{new_id().hex}@example.com"
        asked = {"email": email, "password": PASSWORD, "name": "Sam", "workspace_name": "Studio"}
        _, _, headers = await gateway.post("/api/v1/auth/signup", json=asked)
        known = device_cookie(headers)
        tries = [await log_in(gateway, email, "wrong password", f"198.51.100.{n}") for n in range(4)]
        assert tries == [401, 401, 429, 429]
        assert await log_in(gateway, email, PASSWORD) == 429
        assert await log_in(gateway, email, PASSWORD, "198.51.100.1", Cookie=known) == 200
        # The proof is of one account, and a known browser that fails is slowed down as well.
        other = await gateway.sign_up()
        stolen = [await log_in(gateway, other.email, "wrong password", "203.0.113.1", Cookie=known) for _ in range(3)]
        assert stolen == [401, 401, 429]
        tries = [await log_in(gateway, email, "wrong password", Cookie=known) for _ in range(5)]
        assert tries == [401] * 3 + [429] * 2


async def test_only_failures_count(make_gateway: MakeGateway) -> None:
    async with make_gateway(account_free_failures=2, network_free_failures=2, **SLOW) as gateway:
        sam = await gateway.sign_up()
        assert {await log_in(gateway, sam.email, PASSWORD) for _ in range(8)} == {200}
        assert {(await gateway.post("/api/v1/auth/login", json={}))[0] for _ in range(8)} == {422}
        assert await log_in(gateway, sam.email, "wrong password") == 401


async def test_a_whole_ipv6_site_is_one_guesser(make_gateway: MakeGateway) -> None:
    async with make_gateway(network_free_failures=3, **SLOW) as gateway:
        tries = [
            await log_in(gateway, f"{n}@example.com", "wrong password", f"2001:db8:1:2::{n:x}") for n in range(1, 7)
        ]
        assert tries == [401] * 3 + [429] * 3
        assert await log_in(gateway, "7@example.com", "wrong password", "2001:db8:1:3::1") == 401


async def test_of_many_guesses_at_the_same_time_no_more_pass(make_gateway: MakeGateway) -> None:
    async with make_gateway(account_free_failures=3, **SLOW) as gateway:
        guesses = (log_in(gateway, "a@example.com", "wrong password", f"198.51.100.{n}") for n in range(30))
        assert sorted(await asyncio.gather(*guesses)) == [401] * 3 + [429] * 27


async def test_the_processes_of_the_gateway_count_together(make_gateway: MakeGateway) -> None:
    async with make_gateway(account_free_failures=2, **SLOW) as gateway:
        counter = gateway.harness.runtime.resources[SignInThrottles].account.of("a@example.com")
        for _ in range(2):
            await throttles.acquire(gateway.harness.uow, [counter])
        assert await log_in(gateway, "a@example.com", "wrong password") == 429


async def test_the_delay_doubles_with_each_failure_up_to_a_bound_and_is_forgotten(gateway: Gateway) -> None:
    counter = Throttle("test", 2, forgets=1000.0, first=100.0, longest=500.0).of(new_id().hex)
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    delays = []
    try:
        for _ in range(6):
            await throttles.acquire(gateway.harness.uow, [counter])
            with_delay = "UPDATE gateway.throttles SET blocked_until = '-infinity' WHERE key = $1"
            seconds = "SELECT extract(epoch FROM blocked_until - updated_at) FROM gateway.throttles WHERE key = $1"
            delays.append(round(float(await connection.fetchval(seconds, counter.key)), -2))
            await connection.execute(with_delay, counter.key)
        await connection.execute(
            "UPDATE gateway.throttles SET updated_at = now() - interval '1 day' WHERE key = $1", counter.key
        )
        await throttles.acquire(gateway.harness.uow, [counter])
        level = await connection.fetchval("SELECT level FROM gateway.throttles WHERE key = $1", counter.key)
    finally:
        await connection.close()
    assert delays[:3] == [0, 100, 200]
    assert delays == sorted(delays)
    assert delays[-1] == 500
    assert level == 1


async def test_a_refusal_says_when_to_come_back(gateway: Gateway) -> None:
    counter = Throttle("test", 1, forgets=900.0, first=600.0).of(new_id().hex)
    await throttles.acquire(gateway.harness.uow, [counter])
    with pytest.raises(TooMany) as refused:
        await throttles.acquire(gateway.harness.uow, [counter])
    assert 0 < refused.value.retry_after <= 600
    await throttles.release(gateway.harness.uow, [counter])
    await throttles.acquire(gateway.harness.uow, [counter])


async def test_asking_which_addresses_exist_is_limited_for_each_network(make_gateway: MakeGateway) -> None:
    async with make_gateway(sign_ups_free=3, **SLOW) as gateway:
        asked = {"email": "a@example.com", "password": PASSWORD, "name": "X", "workspace_name": "Y"}
        sent = {"X-Forwarded-For": "2001:db8::1"}
        tries = [(await gateway.post("/api/v1/auth/signup", json=asked, headers=sent))[0] for _ in range(5)]
        assert tries == [201, 409, 409, 429, 429]
        elsewhere = {"X-Forwarded-For": "198.51.100.7"}
        assert (await gateway.post("/api/v1/auth/signup", json=asked, headers=elsewhere))[0] == 409


async def test_bad_share_links_are_limited_and_good_ones_are_not(make_gateway: MakeGateway) -> None:
    async with make_gateway(network_free_failures=3, **SLOW) as gateway:
        sam, client = await gateway.sign_up(), new_id()
        gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"name": "Acme", "version": 1})
        path = f"/api/v1/clients/{client}/share-links"
        _, link, _ = await gateway.post(path, headers=sam.headers, json={})
        tries = [(await gateway.post("/api/v1/portal/session", json={"token": "x"}))[0] for _ in range(5)]
        assert tries == [404] * 3 + [429] * 2
        good = {(await gateway.post("/api/v1/portal/session", json={"token": link["token"]}))[0] for _ in range(8)}
        assert good == {200}


async def test_the_table_tells_no_addresses_and_is_pruned(make_gateway: MakeGateway) -> None:
    from smartstack_gateway.retention.commands import delete_expired

    async with make_gateway(**SLOW) as gateway:
        for n in range(5):
            await log_in(gateway, f"secret{n}@example.com", "wrong password", f"198.51.100.{n}")
        connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
        try:
            rows = await connection.fetch("SELECT t::text FROM gateway.throttles t")
            assert len(rows) == 10
            assert not [row for row in rows if "secret" in row[0] or "198.51" in row[0]]
            await connection.execute("UPDATE gateway.throttles SET updated_at = now() - interval '2 days'")
            await delete_expired(gateway.harness.uow, timedelta(hours=1), batch=3)
            assert await connection.fetchval("SELECT count(*) FROM gateway.throttles") == 0
        finally:
            await connection.close()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_limits_count_by_what_one_customer_has(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_device_is_known_to_the_accounts_that_it_was_signed_in_to() -> None:
    now, devices = datetime.now(UTC), Devices([b"new", b"old"])
    cookie = Devices([b"old"]).remember(None, "a@example.com", now)
    device = devices.known(cookie, "a@example.com", now)
    assert device is not None
    assert devices.known(cookie, "b@example.com", now) is None
    assert devices.known(cookie, "a@example.com", now + LIFETIME) is None
    assert Devices([b"new"]).known(cookie, "a@example.com", now) is None
    renewed = devices.remember(cookie, "a@example.com", now)
    assert Devices([b"new"]).known(renewed, "a@example.com", now) == device
    for n in range(MOST_ACCOUNTS + 2):
        renewed = devices.remember(renewed, f"{n}@example.com", now)
    assert len(renewed.split(".")) == MOST_ACCOUNTS
    assert devices.known(renewed, "a@example.com", now) is None


@pytest.mark.parametrize(
    "cookie", ["", ".", ":", "::", "a:b:c", "a:1:", "é", "x" * 5000, ":::::", "a:" + "9" * 400 + ":x"]
)
def test_a_made_up_device_is_not_known(cookie: str) -> None:
    assert Devices([b"key"]).known(cookie, "a@example.com", datetime.now(UTC)) is None
