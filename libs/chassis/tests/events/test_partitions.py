"""What grows with every event is cut by day: old rows go with their partition, and dedupe does not suffer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.events.handlers import PermanentEventError
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import ServiceHarness, event, service_harness
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.comms import ClientCreated

REDRIVEN = 1000


@pytest.fixture
async def probe(probe_service: Service, postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    """A process without a keeper of its own: here the tests are the keepers."""
    async with service_harness(probe_service, postgres_admin_url, settings={"role": "http"}) as harness:
        yield harness


@asynccontextmanager
async def admin(probe: ServiceHarness) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(probe.database.admin_dsn)
    await connection.execute("SET search_path = tasks")
    yield connection
    await connection.close()


def id_made_at(moment: datetime, random: Random | None = None) -> UUID:
    """Return a UUIDv7 of that time."""
    tail = (random or Random()).getrandbits(62)  # noqa: S311 - ids of a test
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62 | tail)


def message(workspace: UUID, moment: datetime, name: str = "Acme") -> Envelope[Any]:
    envelope = event(ClientCreated(client_id=new_id(), client_name=name), workspace)
    return envelope.model_copy(update={"id": id_made_at(moment), "time": moment})


async def add_partition(connection: asyncpg.Connection, parent: str, start: datetime, days: int = 1) -> str:
    name = f"{parent}_p{start:%Y%m%d}"
    low, high = [
        await connection.fetchval("SELECT partition_bound($1, $2)", parent, bound)
        for bound in (start, start + timedelta(days=days))
    ]
    await connection.execute(f"CREATE TABLE {name} PARTITION OF {parent} FOR VALUES FROM ('{low}') TO ('{high}')")
    return name


async def names(connection: asyncpg.Connection) -> set[str]:
    return {
        row[0] for row in await connection.fetch("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
    }


async def notes(probe: ServiceHarness, member: Any) -> list[str]:
    return list((await probe.http.get("/api/v1/notes", headers=probe.headers(member))).json())


def midnight(days_ago: int) -> datetime:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days_ago)


async def test_a_redelivery_lands_in_the_partition_of_the_first_delivery_whatever_the_day(
    probe: ServiceHarness,
) -> None:
    member, yesterday = probe.member(), midnight(1)
    async with admin(probe) as connection:
        await add_partition(connection, "inbox", yesterday)
        last, first = yesterday + timedelta(hours=23, minutes=59, seconds=59, microseconds=999000), midnight(0)
        for envelope in (message(member.workspace_id, last, "last"), message(member.workspace_id, first, "first")):
            await probe.deliver(envelope, times=2)
        rows = await connection.fetch("SELECT tableoid::regclass::text AS at, event_id FROM inbox ORDER BY event_id")
    assert [row["at"] for row in rows] == [f"inbox_p{yesterday:%Y%m%d}", f"inbox_p{midnight(0):%Y%m%d}"]
    assert sorted(await notes(probe, member)) == ["first", "last"]


async def test_old_messages_that_are_redriven_have_no_second_effect(probe: ServiceHarness) -> None:
    member, random = probe.member(), Random(7)  # noqa: S311 - repeatable
    old = [
        message(member.workspace_id, midnight(0) - timedelta(hours=random.uniform(0, 29 * 24)), str(number))
        for number in range(REDRIVEN)
    ]
    async with admin(probe) as connection:
        for days in range(1, 15):  # partitions for some of the days; the rest is the default's
            await add_partition(connection, "inbox", midnight(days))
    for _ in range(2):
        random.shuffle(old)
        for start in range(0, REDRIVEN, 8):
            await asyncio.gather(*(probe.deliver(envelope, times=1) for envelope in old[start : start + 8]))
    assert sorted(await notes(probe, member), key=int) == [str(number) for number in range(REDRIVEN)]
    assert len(await probe.published()) == REDRIVEN


async def test_what_is_older_than_the_inbox_remembers_is_refused_for_good(probe: ServiceHarness) -> None:
    member = probe.member()
    with pytest.raises(PermanentEventError, match="too old"):
        await probe.deliver(message(member.workspace_id, midnight(31)), times=1)
    assert await notes(probe, member) == []


async def test_the_coming_days_are_made_ahead_and_what_is_over_is_dropped(probe: ServiceHarness) -> None:
    async with admin(probe) as connection:
        month = midnight(0).replace(day=1)
        old = {
            await add_partition(connection, "inbox", midnight(32)),
            await add_partition(connection, "idempotency_keys", midnight(3)),
            await add_partition(connection, "event_log", month - timedelta(days=400), days=30),
        }
        young = {
            await add_partition(connection, "inbox", midnight(30)),
            await add_partition(connection, "idempotency_keys", midnight(1)),
            await add_partition(connection, "event_log", month - timedelta(days=300), days=30),
        }
        tomorrow = f"inbox_p{midnight(-1):%Y%m%d}"
        await connection.execute(f"DROP TABLE {tomorrow}")
        for _ in range(2):
            await probe.runtime.partitions.maintain()
        found = await names(connection)
    assert not old & found
    assert {tomorrow, *young} <= found
    assert {name for name in found if name.endswith("_default")} == {
        "inbox_default",
        "event_log_default",
        "idempotency_keys_default",
    }


async def test_the_login_role_cannot_shorten_what_the_event_log_keeps(probe: ServiceHarness) -> None:
    async with admin(probe) as connection:
        month = midnight(0).replace(day=1)
        last_month = (month - timedelta(days=1)).replace(day=1)
        kept = await add_partition(connection, "event_log", last_month, days=(month - last_month).days)
        async with probe.uow.system() as session:
            await session.execute(text("SELECT maintain_partitions(-1000)"))
        assert kept in await names(connection)


async def test_many_keepers_at_once_do_no_harm(probe: ServiceHarness) -> None:
    async with admin(probe) as connection:
        await connection.execute(f"DROP TABLE inbox_p{midnight(-1):%Y%m%d}, inbox_p{midnight(-2):%Y%m%d}")
        await asyncio.gather(*(probe.runtime.partitions.maintain() for _ in range(8)))
        assert {f"inbox_p{midnight(-1):%Y%m%d}", f"inbox_p{midnight(-2):%Y%m%d}"} <= await names(connection)


async def test_a_running_transaction_delays_a_drop_and_is_not_delayed_by_it(probe: ServiceHarness) -> None:
    async with admin(probe) as connection:
        old = await add_partition(connection, "inbox", midnight(40))
        async with probe.uow.begin(probe.member()) as transaction:
            await transaction.session.execute(text("SELECT count(*) FROM inbox"))
            await probe.runtime.partitions.maintain()
            assert old in await names(connection)
        await probe.runtime.partitions.maintain()
        assert old not in await names(connection)


async def test_without_any_maintenance_nothing_fails_and_nothing_happens_twice(probe: ServiceHarness) -> None:
    member = probe.member()
    async with admin(probe) as connection:
        for name in await names(connection):
            if not name.endswith("_default"):
                await connection.execute(f"DROP TABLE {name}")
        await probe.deliver(message(member.workspace_id, datetime.now(UTC)), times=3)
        assert await notes(probe, member) == ["Acme"]
        # What the default took in the meantime keeps its place; the day after gets a partition again.
        await probe.runtime.partitions.maintain()
        found = await names(connection)
    assert f"inbox_p{midnight(0):%Y%m%d}" not in found
    assert f"inbox_p{midnight(-1):%Y%m%d}" in found


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT keep_partitions('inbox', 'day', '-100 days')",
        "DROP TABLE inbox_default",
        "ALTER TABLE inbox DETACH PARTITION inbox_default",
        "UPDATE event_log SET body = ''",
        "DELETE FROM event_log",
    ],
)
async def test_the_login_role_can_neither_cut_nor_change_what_is_kept(probe: ServiceHarness, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with probe.uow.system() as session:
            await session.execute(text(statement))


async def test_partitions_show_nothing_when_they_are_asked_directly(probe: ServiceHarness) -> None:
    member = probe.member()
    await probe.deliver(message(member.workspace_id, datetime.now(UTC)))
    async with admin(probe) as connection:
        found = await names(connection)
    async with probe.uow.begin(member) as transaction:
        for name in found:
            assert await transaction.session.scalar(text(f"SELECT count(*) FROM {name}")) == 0
        assert await transaction.session.scalar(text("SELECT count(*) FROM inbox")) == 1


async def test_a_key_is_remembered_over_midnight(probe: ServiceHarness) -> None:
    member = probe.member()
    sent = {"json": {"title": "x"}, "headers": probe.headers(member) | {"Idempotency-Key": "k"}}
    first = await probe.http.post("/api/v1/notes", **sent)
    await _shift_keys(probe)
    assert (await probe.http.post("/api/v1/notes", **sent)).json() == first.json()
    await _shift_keys(probe)
    assert (await probe.http.post("/api/v1/notes", **sent)).json() != first.json()
    assert await notes(probe, member) == ["x", "x"]


async def test_a_key_that_another_request_takes_at_midnight_is_not_used_twice(probe: ServiceHarness) -> None:
    member = probe.member()
    sent = {"json": {"title": "x"}, "headers": probe.headers(member) | {"Idempotency-Key": "k"}}
    await probe.http.post("/api/v1/notes", **sent)
    async with admin(probe) as connection:
        # As if the other request had come when it was tomorrow already.
        await connection.execute("DELETE FROM idempotency_keys WHERE day = (now() AT TIME ZONE 'UTC')::date")
    assert (await probe.http.post("/api/v1/notes", **sent)).status_code == 503
    assert await notes(probe, member) == ["x"]


async def _shift_keys(probe: ServiceHarness) -> None:
    """Let a day go by for the keys."""
    async with admin(probe) as connection:
        await connection.execute("UPDATE idempotency_keys SET day = day - 10")
        await connection.execute("UPDATE idempotency_keys SET day = day + 9")
