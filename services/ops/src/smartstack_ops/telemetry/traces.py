"""Traces: spans as they come in, in any order and any number of batches, and what can be asked about them.

A trace belongs to the first workspace that one of its spans names. A span that names another one is refused:
another workspace that learns a trace's id could otherwise see it. Spans that name none are shown with the rest of
their trace. A trace that names none is never shown.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan

from smartstack_ops import schemas
from smartstack_ops.dead_letters.messages import DeadLetter
from smartstack_ops.store import Store, size
from smartstack_ops.telemetry import spans

SPANS_PER_TRACE = 2000
THINGS_PER_SPAN = 200
_DAY_SECONDS = 86400
_HEX_TRACE_ID = 32

_SUMMARY = "trace_id, name, started, ended, spans, services, error"


@dataclass(frozen=True, slots=True)
class Kept:
    """Limits: the oldest traces are deleted beyond `traces`, or beyond `bytes` in the whole file."""

    traces: int = 20_000
    bytes: int = 200 * 2**20


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """A selection of traces: of a workspace, about `thing` (a UUID or a trace id), failed ones, slow ones."""

    workspace_id: UUID
    thing: str | None = None
    errors: bool = False
    min_ms: float | None = None


class Traces:
    """The traces in a store."""

    def __init__(self, store: Store, kept: Kept = Kept()) -> None:
        self._store = store
        self._kept = kept

    async def add(self, request: ExportTraceServiceRequest) -> int:
        """Keep the spans of an export; returns how many were refused. Raises Busy."""
        return await self._store.write(lambda db: _add(db, request, self._kept))

    async def list(
        self, filters: TraceFilter, limit: int, after: Sequence[object] | None
    ) -> list[schemas.TraceSummary]:
        """Return up to `limit` traces, newest first; `after` is the start and the id of the last one seen."""
        return await self._store.read(lambda db: _list(db, filters, limit, after))

    async def get(self, workspace_id: UUID, trace_id: str) -> schemas.Trace | None:
        """Return a trace of the workspace, or None."""
        return await self._store.read(lambda db: _get(db, workspace_id, trace_id))

    async def belonging(self, workspace_id: UUID, trace_ids: Iterable[str]) -> set[str]:
        """Return which of these traces belong to the workspace."""
        wanted = list(trace_ids)
        return await self._store.read(lambda db: {each for each in wanted if _owner(db, each) == str(workspace_id)})

    async def last_errors(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Return what each letter's last attempt failed with, by message id, as far as traces know."""
        return await self._store.read(lambda db: last_errors(db, letters))


def last_errors(db: sqlite3.Connection, letters: Sequence[DeadLetter]) -> dict[str, str]:
    """See Traces.last_errors; for callers that opened the file themselves."""
    found = {letter.message_id: _last_error(db, letter) for letter in letters}
    return {message_id: error for message_id, error in found.items() if error}


def _last_error(db: sqlite3.Connection, letter: DeadLetter) -> str | None:
    """Return what the latest failed attempt to handle it says, or None."""
    query = (
        "SELECT span FROM spans WHERE error AND trace_id IN "
        "(SELECT trace_id FROM things WHERE thing IN (?, ?) UNION SELECT ?)"
    )
    ids = (letter.event_id or "", letter.message_id, letter.trace_id or "")
    rows = db.execute(query, tuple(map(spans.binary, ids)))
    attempts = [span for row in rows if _is_attempt(span := WireSpan.FromString(row["span"]), letter)]
    if not attempts:
        return None
    return spans.error_of(max(attempts, key=lambda span: span.end_time_unix_nano))


def _is_attempt(span: WireSpan, letter: DeadLetter) -> bool:
    ids = {spans.binary(letter.message_id), spans.binary(letter.event_id or "")}
    return span.kind == WireSpan.SPAN_KIND_CONSUMER and not ids.isdisjoint(spans.things_of(span))


def _add(db: sqlite3.Connection, request: ExportTraceServiceRequest, kept: Kept) -> int:
    now = time.time()
    arriving: dict[bytes, list[tuple[str, WireSpan]]] = {}
    refused = 0
    for resource in request.resource_spans:
        service = (spans.text_of(resource.resource.attributes, spans.SERVICE) or "unknown")[:100].replace(" ", "-")
        for scope in resource.scope_spans:
            for span in scope.spans:
                if not _is_sound(span, now):
                    refused += 1
                elif not spans.is_looking(span):
                    spans.trim(span)
                    arriving.setdefault(span.trace_id, []).append((service, span))
    refused += sum(_add_to_trace(db, trace_id, arrived, now) for trace_id, arrived in arriving.items())
    _forget_oldest(db, kept)
    return refused


def _is_sound(span: WireSpan, now: float) -> bool:
    """Ids of the right length, and a time that is one."""
    ids = len(span.trace_id) == 16 and len(span.span_id) == 8 and any(span.trace_id) and any(span.span_id)
    return ids and 0 < span.start_time_unix_nano < (now + _DAY_SECONDS) * 1e9


def _add_to_trace(db: sqlite3.Connection, trace_id: bytes, arrived: list[tuple[str, WireSpan]], now: float) -> int:
    """Returns how many spans were refused."""
    known = db.execute("SELECT * FROM traces WHERE trace_id = ?", (trace_id,)).fetchone()
    named = [spans.text_of(span.attributes, spans.WORKSPACE) for _, span in arrived]
    owner = known["workspace"] if known and known["workspace"] else next(filter(None, named), None)
    accepted = [each for each, workspace in zip(arrived, named, strict=True) if workspace in (None, owner)]
    room = SPANS_PER_TRACE - (known["spans"] if known else 0)
    accepted = accepted[:room]
    if not accepted:
        return len(arrived)
    rows = [
        (trace_id, span.span_id, service, spans.is_error(span), span.SerializeToString()) for service, span in accepted
    ]
    before = db.total_changes
    db.executemany("INSERT OR IGNORE INTO spans (trace_id, span_id, service, error, span) VALUES (?, ?, ?, ?, ?)", rows)
    added = db.total_changes - before
    things = {(thing, trace_id) for _, span in accepted for thing in list(spans.things_of(span))[:THINGS_PER_SPAN]}
    db.executemany("INSERT OR IGNORE INTO things (thing, trace_id) VALUES (?, ?)", things)
    _summarise(db, trace_id, owner, known, accepted, added, now)
    return len(arrived) - len(accepted)


def _summarise(
    db: sqlite3.Connection,
    trace_id: bytes,
    owner: str | None,
    known: sqlite3.Row | None,
    arrived: list[tuple[str, WireSpan]],
    added: int,
    now: float,
) -> None:
    """Keep the trace's row true: its name is its root's, or while that has not come, its earliest span's."""
    first = min((span for _, span in arrived), key=lambda span: span.start_time_unix_nano)
    root = next((span for _, span in arrived if not span.parent_span_id), None)
    started = first.start_time_unix_nano // 1000
    ended = max(max(span.start_time_unix_nano, span.end_time_unix_nano) for _, span in arrived) // 1000
    services = {service for service, _ in arrived}
    error = any(spans.is_error(span) for _, span in arrived)
    name, has_root, count, arrived_at = (root or first).name, root is not None, added, int(now * 1e6)
    if known:
        if known["has_root"] or (root is None and known["started"] <= started):
            name = known["name"]
        has_root = has_root or bool(known["has_root"])
        count += known["spans"]
        arrived_at = known["arrived"]
        started, ended = min(started, known["started"]), max(ended, known["ended"])
        services |= set(known["services"].split(" "))
        error = error or bool(known["error"])
    values = (trace_id, arrived_at, owner, name, has_root, started, ended, count, error, " ".join(sorted(services)))
    db.execute("INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _forget_oldest(db: sqlite3.Connection, kept: Kept) -> None:
    """Drop a twentieth when there is too much, so that this is done rarely."""
    count = db.execute("SELECT count(*) FROM traces").fetchone()[0]
    if count <= kept.traces and size(db) <= kept.bytes:
        return
    surplus = max(count - kept.traces, 0) + count // 20 + 1
    db.execute("CREATE TEMP TABLE IF NOT EXISTS old (trace_id BLOB PRIMARY KEY)")
    db.execute("DELETE FROM old")
    db.execute("INSERT INTO old SELECT trace_id FROM traces ORDER BY arrived LIMIT ?", (surplus,))
    for table in ("spans", "things", "traces"):
        db.execute(f"DELETE FROM {table} WHERE trace_id IN (SELECT trace_id FROM old)")  # noqa: S608 - our own names


def _list(
    db: sqlite3.Connection, filters: TraceFilter, limit: int, after: Sequence[object] | None
) -> list[schemas.TraceSummary]:
    conditions = ["workspace = ?"]
    parameters: list[object] = [str(filters.workspace_id)]
    if filters.thing is not None:
        thing = spans.binary(filters.thing)
        conditions.append("(trace_id = ? OR trace_id IN (SELECT trace_id FROM things WHERE thing = ?))")
        parameters += [thing, thing]
    if filters.errors:
        conditions.append("error")
    if filters.min_ms is not None:
        conditions.append("ended - started >= ?")
        parameters.append(filters.min_ms * 1000)
    if after is not None:
        at, trace_id = after
        assert isinstance(at, datetime)  # noqa: S101 - read by `instant`
        conditions.append("(started, trace_id) < (?, ?)")
        parameters += [spans.microseconds(at), spans.binary(str(trace_id))]
    query = (
        f"SELECT {_SUMMARY} FROM traces WHERE {' AND '.join(conditions)} "  # noqa: S608 - our own words
        "ORDER BY started DESC, trace_id DESC LIMIT ?"
    )
    return [_summary(row) for row in db.execute(query, (*parameters, limit))]


def _summary(row: sqlite3.Row) -> schemas.TraceSummary:
    return schemas.TraceSummary(
        trace_id=row["trace_id"].hex(),
        name=row["name"],
        started_at=spans.moment(row["started"]),
        duration_ms=(row["ended"] - row["started"]) / 1000,
        span_count=row["spans"],
        services=row["services"].split(" "),
        error=bool(row["error"]),
    )


def _get(db: sqlite3.Connection, workspace_id: UUID, trace_id: str) -> schemas.Trace | None:
    if _owner(db, trace_id) != str(workspace_id):
        return None
    key = spans.binary(trace_id)
    row = db.execute(f"SELECT {_SUMMARY} FROM traces WHERE trace_id = ?", (key,)).fetchone()  # noqa: S608
    found = db.execute("SELECT service, span FROM spans WHERE trace_id = ?", (key,))
    wire = sorted(
        ((WireSpan.FromString(each["span"]), each["service"]) for each in found),
        key=lambda each: (each[0].start_time_unix_nano, -each[0].end_time_unix_nano),
    )
    started = wire[0][0].start_time_unix_nano
    return schemas.Trace(
        trace_id=trace_id,
        name=row["name"],
        started_at=spans.moment(row["started"]),
        duration_ms=(row["ended"] - row["started"]) / 1000,
        error=bool(row["error"]),
        spans=[spans.shown(span, service, started) for span, service in wire],
    )


def _owner(db: sqlite3.Connection, trace_id: str) -> str | None:
    row = db.execute("SELECT workspace FROM traces WHERE trace_id = ?", (spans.binary(trace_id),)).fetchone()
    return row["workspace"] if row else None
