"""What is committed is published; what is delivered twice happens once; nobody sees another's rows."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.core.errors import Unavailable
from smartstack_chassis.database.engine import is_outage
from smartstack_chassis.events.handlers import PermanentEventError
from smartstack_chassis.events.outbox import OutboxMessage, OutboxRelay
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import ClientCreated


async def notes(probe: ServiceHarness, member: Any) -> list[str]:
    titles: list[str] = (await probe.http.get("/api/v1/notes", headers=probe.headers(member))).json()
    return titles


async def emit(probe: ServiceHarness, count: int) -> None:
    member = probe.member()
    async with probe.uow.begin(member) as transaction:
        for number in range(count):
            transaction.emit(ClientCreated(client_id=new_id(), client_name=str(number)), subject=new_id(), sequence=1)


async def outbox_size(probe: ServiceHarness) -> int:
    async with probe.uow.system() as session:
        return int((await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one())


async def quiet(probe: ServiceHarness) -> None:
    """Keep the harness's own relay out of a test that brings one."""
    probe.uow.after_commit = lambda: None


class Broker:
    """Acknowledges as told."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.taken: list[OutboxMessage] = []

    async def __call__(self, messages: Sequence[OutboxMessage]) -> Sequence[bool]:
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        flags = [bool(answer) if not callable(answer) else answer(index) for index in range(len(messages))]
        self.taken += [message for message, ok in zip(messages, flags, strict=True) if ok]
        return flags


async def test_what_rolls_back_is_never_published(probe: ServiceHarness) -> None:
    with pytest.raises(RuntimeError):
        async with probe.uow.begin(probe.member()) as transaction:
            transaction.emit(ClientCreated(client_id=new_id(), client_name="x"), subject=new_id(), sequence=1)
            raise RuntimeError
    assert await probe.published() == []


async def test_what_waits_for_a_commit_is_called_after_it_and_never_after_a_rollback(probe: ServiceHarness) -> None:
    seen: list[str] = []
    async with probe.uow.begin(probe.member()) as transaction:
        transaction.after_commit(lambda: seen.append("committed"))
        assert seen == []
    assert seen == ["committed"]
    with pytest.raises(ZeroDivisionError):
        async with probe.uow.begin(probe.member()) as transaction:
            transaction.after_commit(lambda: seen.append("rolled back"))
            raise ZeroDivisionError
    assert seen == ["committed"]


async def test_a_connection_lost_before_the_facts_are_stored_is_an_outage_and_the_next_transaction_works(
    probe: ServiceHarness,
) -> None:
    member = probe.member()
    with pytest.raises(DBAPIError) as lost:
        async with probe.uow.begin(member) as transaction:
            transaction.emit(ClientCreated(client_id=new_id(), client_name="gone"), subject=new_id(), sequence=1)
            pid = await transaction.session.scalar(text("SELECT pg_backend_pid()"))
            async with probe.uow.system() as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    assert is_outage(lost.value)
    for _ in range(20):
        await emit(probe, 1)
    assert len(await probe.published()) == 20


async def test_a_fact_that_cannot_be_stored_is_no_outage_and_its_error_does_not_repeat_it(
    probe: ServiceHarness,
) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with probe.uow.begin(probe.member()) as transaction:
            transaction.emit(ClientCreated(client_id=new_id(), client_name="secret"), subject=new_id(), sequence=1)
            transaction._pending *= 2
    assert not is_outage(refused.value)
    assert "secret" not in str(refused.value)


async def test_only_what_the_broker_acknowledged_leaves_the_outbox(probe: ServiceHarness) -> None:
    await quiet(probe)
    broker = Broker(lambda index: index % 2 == 0)
    relay = OutboxRelay(probe.uow, broker)
    await emit(probe, 10)
    assert await relay.drain() is False
    assert await outbox_size(probe) == 5
    assert await relay.drain() is True
    assert await outbox_size(probe) == 0
    assert len({message.id for message in broker.taken}) == 10


async def test_a_relay_that_dies_while_publishing_leaves_all_for_the_next(probe: ServiceHarness) -> None:
    await quiet(probe)
    await emit(probe, 5)
    with pytest.raises(ConnectionError):
        await OutboxRelay(probe.uow, Broker(ConnectionError())).drain()
    broker = Broker()
    await OutboxRelay(probe.uow, broker).drain()
    assert len(broker.taken) == 5


async def test_two_relays_share_the_work_and_repeat_nothing(probe: ServiceHarness) -> None:
    await quiet(probe)
    await emit(probe, 200)
    broker = Broker()
    relays = [OutboxRelay(probe.uow, broker, claim=7) for _ in range(4)]
    await asyncio.gather(*(relay.drain() for relay in relays))
    # The harness's own relay sweeps each second, so a slow machine gives it a share.
    taken = [message.id for message in broker.taken] + [each.id for each in await probe.published()]
    assert len(taken) == len(set(taken)) == 200


async def test_a_relay_outlives_an_outage_and_a_nudge_does_not_wait_for_the_sweep(probe: ServiceHarness) -> None:
    await quiet(probe)
    broker = Broker(ConnectionError(), False)
    relay = OutboxRelay(probe.uow, broker, sweep_seconds=0.01)
    await emit(probe, 3)
    task = asyncio.create_task(relay.run())
    async with asyncio.timeout(5):
        while len(broker.taken) < 3:
            await asyncio.sleep(0.01)
    slow = OutboxRelay(probe.uow, broker, sweep_seconds=3600)
    probe.uow.after_commit = slow.nudge
    other = asyncio.create_task(slow.run())
    await emit(probe, 1)
    async with asyncio.timeout(5):
        while len(broker.taken) < 4:
            await asyncio.sleep(0.01)
    for running in (task, other):
        running.cancel()
    await asyncio.gather(task, other, return_exceptions=True)


@pytest.mark.parametrize("steps", range(6))
async def test_a_relay_that_is_nudged_and_stopped_at_once_stops(probe: ServiceHarness, steps: int) -> None:
    relay = OutboxRelay(probe.uow, Broker(), sweep_seconds=3600)
    task = asyncio.create_task(relay.run())
    await asyncio.sleep(0.01)
    relay.nudge()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    task.cancel()
    assert done


async def test_an_event_delivered_many_times_at_once_is_handled_once(probe: ServiceHarness) -> None:
    member = probe.member()
    message = event(ClientCreated(client_id=new_id(), client_name="Acme"), member.workspace_id)
    await asyncio.gather(*(probe.deliver(message, times=3) for _ in range(5)))
    assert await notes(probe, member) == ["Acme"]
    (published,) = await probe.published()
    assert (published.correlationid, published.causationid) == (message.correlationid, message.id)
    assert published.authid == message.authid


async def test_a_refused_event_is_permanent_and_leaves_no_trace_in_the_inbox(probe: ServiceHarness) -> None:
    message = event(ClientCreated(client_id=new_id(), client_name="refuse"), new_id())
    for _ in range(2):
        with pytest.raises(PermanentEventError, match="refused"):
            await probe.deliver(message, times=1)


async def test_a_retryable_failure_is_raised_as_it_is(probe: ServiceHarness) -> None:
    with pytest.raises(Unavailable):
        await probe.deliver(event(ClientCreated(client_id=new_id(), client_name="later"), new_id()), times=1)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"type": "smartstack.comms.unheard_of.v1"}', b"\xff"])
async def test_what_cannot_be_decoded_is_permanent(probe: ServiceHarness, body: bytes) -> None:
    handlers = probe.runtime.service.handlers
    assert handlers is not None
    with pytest.raises(PermanentEventError, match="undecodable"):
        await handlers.dispatch(body, probe.uow)


async def test_every_table_forces_row_level_security(probe: ServiceHarness) -> None:
    async with probe.uow.system() as session:
        rows = await session.execute(
            text(
                "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class "
                "WHERE relkind IN ('r', 'p') AND relnamespace = 'tasks'::regnamespace"
            )
        )
        open_tables = [row.relname for row in rows if not row.forced]
    assert open_tables == ["alembic_version"]


async def test_without_a_scope_nobody_sees_or_writes_anything(probe: ServiceHarness) -> None:
    await probe.deliver(event(ClientCreated(client_id=new_id(), client_name="Acme"), new_id()))
    async with probe.runtime.engine.begin() as connection:
        for table in ("notes", "inbox", "outbox", "idempotency_keys"):
            assert (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    with pytest.raises(DBAPIError, match="row-level security"):
        async with probe.runtime.engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO notes VALUES (:id, :workspace, 'x')"), {"id": new_id(), "workspace": new_id()}
            )


async def test_a_workspace_cannot_write_into_another(probe: ServiceHarness) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with probe.uow.begin(probe.member()) as transaction:
            await transaction.session.execute(
                text("INSERT INTO notes VALUES (:id, :workspace, 'x')"), {"id": new_id(), "workspace": new_id()}
            )


async def test_a_connection_that_goes_back_to_the_pool_forgets_its_workspace(probe: ServiceHarness) -> None:
    member = probe.member()
    await probe.deliver(event(ClientCreated(client_id=new_id(), client_name="Acme"), member.workspace_id))
    for _ in range(20):
        assert await notes(probe, member) == ["Acme"]
        async with probe.runtime.engine.begin() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM notes"))).scalar_one() == 0


async def test_the_login_role_owns_nothing_and_cannot_reach_another_schema(probe: ServiceHarness) -> None:
    async with probe.runtime.engine.connect() as connection:
        for statement in (
            "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE more (id int)",
            "TRUNCATE notes",
            "SET ROLE tasks_migrator",
        ):
            with pytest.raises(DBAPIError):
                await connection.execute(text(statement))
            await connection.rollback()
