"""Transactions on pooled connections: the driver opens and ends them, and SQLAlchemy has a session in them on request.

BEGIN and what the transaction may see are one statement and one round trip. Its settings are local: they end with it,
so that a connection returns to the pool as it came. A connection whose transaction may not have ended is discarded.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import PoolProxiedConnection

from smartstack_chassis.database.statements import Row, Statement

_ROLLBACK_SECONDS = 2.0
_INFO = "open_transaction"
_COMMIT = "COMMIT"
_ROLLBACK = "ROLLBACK"
ENDS = frozenset({_COMMIT, _ROLLBACK})
"""The statements that end a transaction."""

# The event loop alone would not keep them alive.
_ending: set[asyncio.Task[None]] = set()


def opening(workspace_id: UUID | None, milliseconds: int | None, *, read_only: bool = False) -> str:
    """Return the statement that opens a transaction on one workspace, or with None on the system scope.

    Each of its statements may take so many `milliseconds`; None leaves the limit of the connection.
    """
    limit = "" if milliseconds is None else f"; SET LOCAL statement_timeout = {milliseconds:d}"
    mode = " READ ONLY" if read_only else ""
    return f"BEGIN{mode}; {_seeing(workspace_id)}{limit}"


def _seeing(workspace_id: UUID | None) -> str:
    # A UUID is written from its number: nothing that a caller sent as text becomes part of a statement.
    workspace = "" if workspace_id is None else str(UUID(int=workspace_id.int))
    scope = "system" if workspace_id is None else "workspace"
    return f"SET LOCAL app.workspace_id = '{workspace}'; SET LOCAL app.scope = '{scope}'"


class Reader:
    """An open transaction, for reading."""

    def __init__(self, engine: AsyncEngine, connection: PoolProxiedConnection) -> None:
        self._engine = engine
        self._connection = connection
        self._driver: Any = connection.driver_connection

    async def fetch(self, what: Statement, **values: Any) -> list[Row]:
        """Return the rows of a statement. Raises DBAPIError, as SQLAlchemy would."""
        sql, arguments = what.bind(values)
        return [dict(record) for record in await self._run("fetch", sql, *arguments)]

    async def first(self, what: Statement, **values: Any) -> Row | None:
        """Return the first row of a statement, or None. Raises DBAPIError, as SQLAlchemy would."""
        rows = await self.fetch(what, **values)
        return rows[0] if rows else None

    async def _run(self, method: str, sql: str, *arguments: Any) -> Any:
        try:
            return await getattr(self._driver, method)(sql, *arguments)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # The driver raises the last of these when the server ends a connection while nothing is asked of it.
            lost = self._driver.is_closed() or isinstance(error, asyncpg.InternalClientError)
            raise DBAPIError(sql, None, error, hide_parameters=True, connection_invalidated=lost) from error


class OpenTransaction(Reader):
    """An open transaction, for reading and writing."""

    _session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        """Return the session in this transaction; made at first use. The code that opened the transaction ends it."""
        if self._session is None:
            # SQLAlchemy's adapter would begin a transaction before its first statement.
            adapter: Any = self._connection.dbapi_connection
            adapter._transaction = _Open(self._driver)
            connection = AsyncConnection(self._engine, Connection(self._engine.sync_engine, self._connection))
            self._session = AsyncSession(connection, expire_on_commit=False, info={_INFO: self})
        return self._session

    async def execute(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement ($1, $2, …) once for each of `rows`, in one round trip. Raises DBAPIError."""
        if len(rows) == 1:
            await self._run("execute", sql, *rows[0])
        else:
            await self._run("executemany", sql, rows)

    async def open(self, sql: str) -> None:
        """Begin. Raises DBAPIError."""
        await self._run("execute", sql)

    async def narrow(self, workspace_id: UUID) -> None:
        """See that workspace alone from now on. Raises DBAPIError."""
        await self._run("execute", _seeing(workspace_id))

    async def flush(self) -> None:
        """Write what the session holds. Raises DBAPIError."""
        if (session := self._session) is not None and (session.new or session.dirty or session.deleted):
            await session.flush()

    async def commit(self) -> None:
        """Write what the session holds, and commit. Raises DBAPIError."""
        await self.flush()
        await self._run("execute", _COMMIT)

    async def release(self) -> None:
        """Return the connection; its transaction has ended."""
        await self._close_session()
        self._connection.close()

    async def roll_back(self) -> None:
        """End the transaction and return the connection; discard it where that fails."""
        try:
            await self._driver.execute(_ROLLBACK, timeout=_ROLLBACK_SECONDS)
            await self._close_session()
        except Exception as error:  # noqa: BLE001 - whatever it was, the connection may not be used again
            if self._connection.is_valid:
                self._connection.invalidate(error)
        else:
            self._connection.close()

    async def _close_session(self) -> None:
        if self._session is not None:
            adapter: Any = self._connection.dbapi_connection
            adapter._transaction = None
            await self._session.close()


def transaction_of(session: AsyncSession) -> OpenTransaction:
    """Return the transaction that a session is in."""
    transaction: OpenTransaction = session.info[_INFO]
    return transaction


@asynccontextmanager
async def opened(engine: AsyncEngine, statement: str) -> AsyncIterator[OpenTransaction]:
    """Open a transaction with `statement` (see `opening`); commit it after the block, or roll back what failed.

    Raises DBAPIError, and SQLAlchemy's TimeoutError when no connection is free in time.
    """
    transaction = OpenTransaction(engine, await _connect(engine))
    try:
        await transaction.open(statement)
        yield transaction
        await transaction.commit()
    except BaseException:
        # Shielded: a request that is cancelled does not leave its transaction behind.
        ending = asyncio.create_task(transaction.roll_back())
        _ending.add(ending)
        ending.add_done_callback(_ending.discard)
        await asyncio.shield(ending)
        raise
    await transaction.release()


async def _connect(engine: AsyncEngine) -> PoolProxiedConnection:
    """Return a connection of the pool that the server has not closed meanwhile."""
    while True:
        connection = await engine.raw_connection()
        driver: Any = connection.driver_connection
        if not driver.is_closed():
            return connection
        connection.invalidate()


@dataclass(slots=True)
class _Open:
    """Reports an open transaction to SQLAlchemy's adapter; it has the methods of asyncpg's that the adapter calls."""

    driver: Any

    async def commit(self) -> None:
        await self.driver.execute(_COMMIT)

    async def rollback(self) -> None:
        await self.driver.execute(_ROLLBACK)
