"""The connection to Postgres: one engine a process, deadlines on everything."""

from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

CONNECT_SECONDS = 2.0
STATEMENT_SECONDS = 5.0

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

COLUMN_TYPES: dict[Any, Any] = {
    str: sa.Text,
    datetime: sa.DateTime(timezone=True),
    Enum: sa.Enum(Enum, native_enum=False, length=20, values_callable=lambda enum: [item.value for item in enum]),
}
"""The column type of each Python type in a service's models: enums are stored by their values, as text."""


class Base(DeclarativeBase):
    """Base of the mapped tables. The login role's search_path names the schema, so tables carry none."""

    metadata = MetaData(naming_convention=NAMING)


def create_engine(url: str, *, pool_size: int = 20) -> AsyncEngine:
    """Return an engine for `url` (postgresql+asyncpg://…). It connects on first use.

    Waiting for a connection, connecting, and each statement are all bounded; a transaction left idle is ended by the
    server, so that a stuck process cannot hold row locks.
    """
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        pool_recycle=1800,
        # An exception would repeat the values that a statement was given.
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": {
                "statement_timeout": str(int(STATEMENT_SECONDS * 1000)),
                "lock_timeout": "3000",
                "idle_in_transaction_session_timeout": "30000",
                "jit": "off",
            },
        },
    )


# Connection lost, out of resources, shutting down (SQLSTATE classes 08, 53, 57; PostgreSQL manual, appendix A).
_OUTAGE_CLASSES = ("08", "53", "57")
_QUERY_CANCELED = "57014"
_NOT_ACCEPTING = "55000"


def is_outage(error: BaseException) -> bool:
    """Return whether the database failed, not the statement: then every other statement fails too."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        # Without a statement it was connecting that failed.
        closed = state == _NOT_ACCEPTING and error.statement is None
        return (
            error.connection_invalidated or closed or (state.startswith(_OUTAGE_CLASSES) and state != _QUERY_CANCELED)
        )
    return isinstance(error, OSError | PoolTimeoutError)
