"""A pooled connection never carries a workspace over, however the transaction before ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from smartstack_chassis.core import deadline
from smartstack_chassis.core.actors import Member
from smartstack_chassis.database.engine import create_engine, is_outage
from smartstack_chassis.database.statements import Sql, Value, statement
from smartstack_chassis.database.transactions import Reader
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id

Run = Callable[[str], Awaitable[Any]]
Open = Callable[[UnitOfWork, Member], AbstractAsyncContextManager[Any]]


@pytest.fixture
async def pooled(probe: ServiceHarness) -> AsyncIterator[tuple[AsyncEngine, Member]]:
    """Return a pool of one connection, and a member whose workspace has a note."""
    member = probe.member()
    await probe.http.post("/api/v1/notes", json={"title": "Ours"}, headers=probe.headers(member))
    engine = create_engine(probe.database.app_url, pool_size=1)
    yield engine, member
    await engine.dispose()


def sql_of(transaction: Any) -> Run:
    """Return what runs a statement in a transaction of either kind."""
    if isinstance(transaction, Reader):
        return lambda sql: transaction.fetch(statement_of(sql))
    return lambda sql: transaction.session.execute(text(sql))


def statement_of(sql: str) -> Any:
    return statement(lambda: sa.select(sa.literal_column(sql.removeprefix("SELECT "))))


async def commits(sql: Run) -> None:
    await sql("SELECT 1")


async def raises(sql: Run) -> None:
    await sql("SELECT 1")
    raise RuntimeError("the command failed")


async def fails_in_the_database(sql: Run) -> None:
    await sql("SELECT 1 / 0")


async def is_cancelled_in_a_statement(sql: Run) -> None:
    waiting = asyncio.current_task()
    assert waiting is not None
    asyncio.get_running_loop().call_later(0.1, waiting.cancel)
    await sql("SELECT pg_sleep(5)")


async def is_cancelled_between_statements(sql: Run) -> None:
    await sql("SELECT 1")
    waiting = asyncio.current_task()
    assert waiting is not None
    waiting.cancel()
    await asyncio.sleep(0)


async def loses_its_connection(sql: Run) -> None:
    await sql("SELECT pg_terminate_backend(pg_backend_pid())")


ENDS = [
    commits,
    raises,
    fails_in_the_database,
    is_cancelled_in_a_statement,
    is_cancelled_between_statements,
    loses_its_connection,
]
OPENS: list[Open] = [UnitOfWork.begin, UnitOfWork.read]


@pytest.mark.parametrize("open_transaction", OPENS, ids=["writing", "reading"])
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_the_next_user_of_a_connection_sees_no_workspace(
    pooled: tuple[AsyncEngine, Member], end: Callable[[Run], Awaitable[None]], open_transaction: Open
) -> None:
    engine, member = pooled
    uow = UnitOfWork(engine)

    async def work() -> None:
        with deadline.opened(4):
            async with open_transaction(uow, member) as transaction:
                sql = sql_of(transaction)
                await sql("SELECT set_config('app.seen', current_setting('app.workspace_id'), true)")
                await end(sql)

    for _ in range(2):
        with suppress(RuntimeError, DBAPIError, asyncio.CancelledError):
            await asyncio.create_task(work())
        connection = await engine.raw_connection()
        driver: Any = connection.driver_connection
        assert not driver.is_in_transaction()
        left = "SELECT current_setting($1, true)"
        assert await driver.fetchval(left, "app.workspace_id") in ("", None)
        assert await driver.fetchval(left, "app.scope") in ("", None)
        assert await driver.fetchval(left, "statement_timeout") == "5s"
        assert await driver.fetchval("SELECT count(*) FROM notes") == 0
        connection.close()


_NOTES = sa.table("notes", sa.column("title", sa.Text))


@statement
def _titles(*, title: Value | None) -> Sql:
    query = sa.select(_NOTES.c.title)
    return query if title is None else query.where(_NOTES.c.title == title)


async def test_a_read_sees_its_workspace_alone_and_cannot_write(pooled: tuple[AsyncEngine, Member]) -> None:
    engine, member = pooled
    uow = UnitOfWork(engine)
    async with uow.read(member) as reader:
        assert await reader.fetch(_titles, title=None) == [{"title": "Ours"}]
        assert await reader.first(_titles, title="Theirs") is None
    async with uow.read(Member(new_id(), member.user_id, member.session_id, "owner")) as reader:
        assert await reader.fetch(_titles, title=None) == []
    with pytest.raises(DBAPIError, match="read-only"):
        async with uow.read(member) as reader:
            await reader.fetch(statement(lambda: sa.select(_NOTES.c.title).with_for_update()))


async def test_a_read_past_its_deadline_does_not_begin(pooled: tuple[AsyncEngine, Member]) -> None:
    engine, member = pooled
    with deadline.opened(0), pytest.raises(TimeoutError):
        async with UnitOfWork(engine).read(member):
            pytest.fail("it began")


@pytest.mark.parametrize("open_transaction", OPENS, ids=["writing", "reading"])
async def test_a_lost_connection_counts_as_an_outage(
    pooled: tuple[AsyncEngine, Member], open_transaction: Open
) -> None:
    engine, member = pooled
    uow = UnitOfWork(engine)
    with pytest.raises(DBAPIError) as lost:
        async with open_transaction(uow, member) as transaction:
            await loses_its_connection(sql_of(transaction))
    assert is_outage(lost.value)
    async with open_transaction(uow, member) as transaction:
        await commits(sql_of(transaction))
