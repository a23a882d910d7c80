"""The SQLite file behind traces and metrics. What is in it can be lost without harm: it says what happened lately."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

# Counts up whenever the tables change: a file of another version is thrown away.
VERSION = 2
FILE = "ops.db"
WAITING = 64
_BUSY_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE traces (
    trace_id BLOB PRIMARY KEY,
    arrived INTEGER NOT NULL,    -- µs since 1970, when its first span came: what is dropped first
    workspace TEXT,              -- NULL until a span names one
    name TEXT NOT NULL,
    has_root INTEGER NOT NULL,
    started INTEGER NOT NULL,    -- µs since 1970
    ended INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    error INTEGER NOT NULL,
    services TEXT NOT NULL       -- sorted, with spaces between
) WITHOUT ROWID;
CREATE INDEX traces_of_workspace ON traces (workspace, started DESC, trace_id DESC);
CREATE INDEX traces_by_age ON traces (arrived);
CREATE TABLE spans (
    trace_id BLOB NOT NULL,
    span_id BLOB NOT NULL,
    service TEXT NOT NULL,
    error INTEGER NOT NULL,
    span BLOB NOT NULL,          -- opentelemetry.proto.trace.v1.Span
    PRIMARY KEY (trace_id, span_id)
) WITHOUT ROWID;
CREATE TABLE things (            -- which traces have to do with the thing that has this id
    thing BLOB NOT NULL,         -- a UUID
    trace_id BLOB NOT NULL,
    PRIMARY KEY (thing, trace_id)
) WITHOUT ROWID;
CREATE INDEX things_of_trace ON things (trace_id);
CREATE TABLE series (
    name TEXT NOT NULL,
    service TEXT NOT NULL,
    attributes TEXT NOT NULL,    -- JSON, sorted
    updated INTEGER NOT NULL,    -- µs since 1970
    state TEXT NOT NULL,         -- JSON, see metrics.py
    PRIMARY KEY (name, service, attributes)
) WITHOUT ROWID;
"""


class Busy(Exception):  # noqa: N818 - news, not an error
    """More is waiting to be written than this process wants to hold."""


class Store:
    """One file, written by one thread and read by another: readers never wait for the writer (WAL)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._writer = _open_or_replace(path)
        self._reader = connect(path, read_only=True)
        self._writing = ThreadPoolExecutor(1, "ops-write")
        self._reading = ThreadPoolExecutor(1, "ops-read")
        self._waiting = 0

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; all or nothing of it is kept. Raises Busy when too much waits already."""
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writing, self._transaction, work)
        finally:
            self._waiting -= 1

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work, self._reader)

    def close(self) -> None:
        """Finish what was begun, and close the file."""
        for executor, connection in ((self._reading, self._reader), (self._writing, self._writer)):
            executor.shutdown(wait=True)
            connection.close()

    def _transaction(self, work: Work[T]) -> T:
        with self._writer:
            self._writer.execute("BEGIN IMMEDIATE")
            return work(self._writer)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file. Raises sqlite3.Error when another program made it."""
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"file:{path}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA cache_size = -4000")
    return connection


def size(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file are in use."""
    pages, free, page = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * page


def _open_or_replace(path: Path) -> sqlite3.Connection:
    with contextlib.suppress(sqlite3.DatabaseError):
        return _prepared(connect(path))
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    return _prepared(connect(path))


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 16000000")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        connection.close()
        raise sqlite3.DatabaseError("of another version")
    if version == 0:
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    return connection
