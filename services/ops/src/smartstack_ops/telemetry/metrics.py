"""Metrics: the latest state of every series.

Our services export cumulative sums and histograms, so the latest point says it all; what comes as a delta is added to
what is known. A restarted process begins again at zero. Source of the format: opentelemetry-proto,
metrics/v1/metrics.proto.
"""

import json
import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Exemplar,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)

from smartstack_ops import schemas
from smartstack_ops.store import Store
from smartstack_ops.telemetry import spans
from smartstack_ops.telemetry.percentiles import percentile
from smartstack_ops.telemetry.traces import Traces

SERIES = 5000
BUCKETS = 500
EXEMPLARS = 8
# A series without a report for this long belongs to a process that has ended.
_STALE_SECONDS = 24 * 3600


@dataclass(slots=True)
class State:
    """The state of a series. A histogram has bounds and counts, every other kind a value.

    `exemplars` are [time in ns, trace id] of recent values, the newest last.
    """

    unit: str = ""
    value: float | None = None
    count: int | None = None
    bounds: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    smallest: float | None = None
    largest: float | None = None
    exemplars: list[tuple[int, str]] = field(default_factory=list)

    def add(self, earlier: "State") -> None:
        """Make of a delta the state after it."""
        if self.value is not None:
            self.value += earlier.value or 0.0
        elif self.bounds == earlier.bounds and len(self.counts) == len(earlier.counts):
            self.count = (self.count or 0) + (earlier.count or 0)
            self.counts = [one + other for one, other in zip(self.counts, earlier.counts, strict=True)]
            self.smallest = _extreme(min, self.smallest, earlier.smallest)
            self.largest = _extreme(max, self.largest, earlier.largest)


Series = tuple[str, str, str]


class Metrics:
    """The series in a store. Which traces belong to a workspace, `traces` knows."""

    def __init__(self, store: Store, traces: Traces, operators: frozenset[UUID] = frozenset()) -> None:
        self._store = store
        self._traces = traces
        self._operators = operators

    async def add(self, request: ExportMetricsServiceRequest) -> int:
        """Take in an export; returns how many points were refused. Raises Busy."""
        return await self._store.write(lambda db: _add(db, request))

    async def latest(self, workspace_id: UUID) -> list[schemas.Metric]:
        """Return every series, by name and service. Exemplars are traces of the workspace alone, as are series that
        name one. Series of the whole stack are for the operators' workspaces, where some are named.
        """
        rows = await self._store.read(_rows)
        exemplars = {trace_id for _, state in rows for _, trace_id in state.exemplars}
        own = await self._traces.belonging(workspace_id, exemplars)
        metrics = (_shown(series, state, own) for series, state in rows)
        shared = {None} if not self._operators or workspace_id in self._operators else set[None]()
        return [each for each in metrics if each.attributes.get(spans.WORKSPACE) in {*shared, str(workspace_id)}]


def _add(db: sqlite3.Connection, request: ExportMetricsServiceRequest) -> int:
    now, refused = int(time.time() * 1e6), 0
    for series, state, is_delta in _states(request):
        known = _read(db, series)
        if state is None or (known is None and _count(db) >= SERIES):
            refused += 1
            continue
        if known is not None:
            if is_delta:
                state.add(known)
            state.exemplars = _newest(known.exemplars + state.exemplars)
        values = (*series, now, json.dumps(asdict(state)))
        db.execute("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?)", values)
    db.execute("DELETE FROM series WHERE updated < ?", (now - _STALE_SECONDS * 1_000_000,))
    return refused


def _states(request: ExportMetricsServiceRequest) -> Iterator[tuple[Series, State | None, bool]]:
    for resource in request.resource_metrics:
        service = (spans.text_of(resource.resource.attributes, spans.SERVICE) or "unknown")[:100]
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point, is_delta in _points(metric):
                    attributes = json.dumps(spans.scalars(point.attributes), sort_keys=True)
                    too_large = len(attributes) > spans.LARGE_BYTES or len(metric.name) > 200
                    state = None if too_large else _state(metric, point)
                    yield (metric.name[:200], service, attributes[: spans.LARGE_BYTES]), state, is_delta


def _points(metric: Metric) -> Iterator[tuple[Any, bool]]:
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    data = getattr(metric, kind)
    temporality = getattr(data, "aggregation_temporality", None)
    for point in data.data_points:
        yield point, temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA


def _state(metric: Metric, point: Any) -> State | None:
    """Return the state in a point, or None for an invalid point or a kind that SmartStack does not export."""
    if isinstance(point, NumberDataPoint):
        value = float(getattr(point, point.WhichOneof("value") or "as_int"))
        parsed = State(unit=metric.unit[:50], value=value) if math.isfinite(value) else None
    elif isinstance(point, HistogramDataPoint) and len(point.bucket_counts) <= BUCKETS:
        parsed = _histogram(metric, point)
    else:
        return None
    if parsed is not None:
        parsed.exemplars = _newest([_seen(each) for each in point.exemplars if len(each.trace_id) == 16])
    return parsed


def _histogram(metric: Metric, point: HistogramDataPoint) -> State | None:
    bounds = list(point.explicit_bounds)
    if not all(map(math.isfinite, bounds)) or sorted(set(bounds)) != bounds:
        return None
    return State(
        unit=metric.unit[:50],
        count=point.count,
        bounds=bounds,
        counts=list(point.bucket_counts),
        smallest=point.min if point.HasField("min") and math.isfinite(point.min) else None,
        largest=point.max if point.HasField("max") and math.isfinite(point.max) else None,
    )


def _shown(series: Series, state: State, own_traces: set[str]) -> schemas.Metric:
    name, service, attributes = series
    exemplars = [trace_id for _, trace_id in state.exemplars if trace_id in own_traces]
    return schemas.Metric(
        name=name,
        service=service,
        unit=state.unit,
        value=state.value,
        count=state.count,
        p50=percentile(0.5, state.bounds, state.counts, state.smallest, state.largest),
        p95=percentile(0.95, state.bounds, state.counts, state.smallest, state.largest),
        attributes=json.loads(attributes),
        exemplar_trace_id=exemplars[-1] if exemplars else None,
    )


def _rows(db: sqlite3.Connection) -> list[tuple[Series, State]]:
    rows = db.execute("SELECT name, service, attributes, state FROM series ORDER BY name, service, attributes")
    return [((name, service, attributes), State(**json.loads(state))) for name, service, attributes, state in rows]


def _read(db: sqlite3.Connection, series: Series) -> State | None:
    query = "SELECT state FROM series WHERE name = ? AND service = ? AND attributes = ?"
    row = db.execute(query, series).fetchone()
    return State(**json.loads(row["state"])) if row else None


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM series").fetchone()[0])


def _seen(exemplar: Exemplar) -> tuple[int, str]:
    return exemplar.time_unix_nano, exemplar.trace_id.hex()


def _newest(exemplars: Sequence[Sequence[Any]]) -> list[tuple[int, str]]:
    return sorted({(int(at), str(trace_id)) for at, trace_id in exemplars})[-EXEMPLARS:]


def _extreme(pick: Any, one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return pick(known) if known else None
