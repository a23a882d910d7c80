"""`python -m smartstack_cli.grafana`: writes observability/grafana/, which Grafana is set up with, from the topology.

Metrics bear the names that Prometheus gives them when it takes them in by OTLP: dots become underscores, the unit is
spelled out, counters end in `_total`, histograms in `_bucket`, `_count`, `_sum` (Prometheus documentation, "Using
Prometheus as your OpenTelemetry backend"). `service.name` is the label `service_name`.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartstack_contracts import topology

FOLDER = Path(__file__).parents[3] / "observability" / "grafana"
RUNBOOKS = "architecture/runbooks"
# Where docker-compose.yml puts the dashboards inside of the image grafana/otel-lgtm.
MOUNTED = "/otel-lgtm/grafana/conf/provisioning/dashboards/smartstack"

_PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3
_WINDOW = "5m"

REQUESTS = "http_server_request_duration_seconds"
HANDLING = "messaging_process_duration_seconds"
EVENT_AGE = "smartstack_event_age_seconds"
JOBS = "smartstack_jobs"
OUTBOX_LAG = "smartstack_outbox_lag_seconds"
UNDELIVERED = "smartstack_events_undelivered"
AI_COST = "smartstack_ai_cost_USD_total"
MODEL_CALLS = "gen_ai_client_operation_duration_seconds"


@dataclass(frozen=True)
class Panel:
    """One chart: its title, the unit as Grafana calls it, and queries by legend."""

    title: str
    unit: str
    queries: Mapping[str, str]


@dataclass(frozen=True)
class Alert:
    """One alert: the page of its runbook, what it is about, a query and the value above which it rings."""

    runbook: str
    about: str
    query: str
    above: float
    minutes: int = 3
    missing: str = "OK"

    @property
    def name(self) -> str:
        """Return its name: that of the runbook, and what it is about."""
        return f"{self.runbook}-{self.about}"


def quantile(share: float, metric: str, selector: str, by: str = "") -> str:
    """Return the query for a quantile of a histogram, by further labels where there are some."""
    labels = ", ".join(filter(None, ["le", by]))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{{{selector}}}[{_WINDOW}])))"


def per_second(metric: str, selector: str, by: str = "") -> str:
    """Return the query for how many a second."""
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}{{{selector}}}[{_WINDOW}]))"


def _service(name: str) -> str:
    return f'service_name="{name}"'


def _queue(name: str) -> str:
    """Return what selects a queue, whatever the environment's prefix."""
    return f'messaging_destination_name=~".+-{name}"'


def _failed(selector: str) -> str:
    return f'{selector}, error_type!=""'


def overview(services: Sequence[str], queues: Sequence[str]) -> list[Panel]:
    """Return the panels of the first page: the promises, and each service and queue in one line."""
    gateway = _service("gateway")
    return [
        Panel(
            "API: requests a second, by status",
            "reqps",
            {"{{http_response_status_code}}": per_second(f"{REQUESTS}_count", gateway, "http_response_status_code")},
        ),
        Panel("API: 99th percentile (promise: 0.8 s)", "s", {"p99": quantile(0.99, REQUESTS, gateway)}),
        Panel("API: answers 5xx (promise: under 0.1 %)", "percentunit", {"share": _error_share()}),
        Panel(
            "Event to handler, 95th percentile (promise: 5 s)",
            "s",
            {name: quantile(0.95, EVENT_AGE, _service(name)) for name in services},
        ),
        Panel(
            "Outbox: age of the oldest unsent event",
            "s",
            {name: f"max({OUTBOX_LAG}{{{_service(name)}}})" for name in services},
        ),
        Panel(
            "Requests: 99th percentile by service",
            "s",
            {name: quantile(0.99, REQUESTS, _service(name)) for name in services},
        ),
        Panel(
            "Queues: messages handled a second",
            "ops",
            {name: per_second(f"{HANDLING}_count", _queue(name)) for name in queues},
        ),
        Panel(
            "Queues: handling, 95th percentile", "s", {name: quantile(0.95, HANDLING, _queue(name)) for name in queues}
        ),
        Panel(
            "Queues: failed attempts a second",
            "ops",
            {name: per_second(f"{HANDLING}_count", _failed(_queue(name))) for name in queues},
        ),
        Panel(
            "Models: 95th percentile of a call",
            "s",
            {"{{gen_ai_request_model}}": quantile(0.95, MODEL_CALLS, _service("ai"), "gen_ai_request_model")},
        ),
        Panel(
            "Models: tokens a second",
            "short",
            {"{{gen_ai_token_type}}": per_second("gen_ai_client_token_usage_sum", _service("ai"), "gen_ai_token_type")},
        ),
        Panel("Models: cost of the last 24 hours", "currencyUSD", {"cost": f"sum(increase({AI_COST}[24h]))"}),
    ]


def of_service(name: str, queues: Sequence[str]) -> list[Panel]:
    """Return the panels of one service and of the queues that it consumes."""
    own = _service(name)
    panels = [
        Panel(
            "Requests a second, by route",
            "reqps",
            {"{{http_route}}": per_second(f"{REQUESTS}_count", own, "http_route")},
        ),
        Panel(
            "Requests: 95th percentile, by route", "s", {"{{http_route}}": quantile(0.95, REQUESTS, own, "http_route")}
        ),
        Panel(
            "Requests that failed a second, by route",
            "reqps",
            {"{{http_route}}": per_second(f"{REQUESTS}_count", _failed(own), "http_route")},
        ),
        Panel("Outbox: age of the oldest unsent event", "s", {"{{service_instance_id}}": f"{OUTBOX_LAG}{{{own}}}"}),
        Panel(
            "Jobs: due, and parked for an operator",
            "short",
            {"due": f"max({JOBS}_due{{{own}}})", "parked": f"max({JOBS}_parked{{{own}}})"},
        ),
        Panel("Jobs: how late the oldest is", "s", {"late": f"max({JOBS}_lag_seconds{{{own}}})"}),
        Panel(
            "Event to handler, 95th percentile, by type",
            "s",
            {"{{smartstack_event_type}}": quantile(0.95, EVENT_AGE, own, "smartstack_event_type")},
        ),
    ]
    kind = "smartstack_event_type"
    for queue in queues:
        panels += [
            Panel(
                f"{queue}: handled a second, by type",
                "ops",
                {"{{smartstack_event_type}}": per_second(f"{HANDLING}_count", _queue(queue), kind)},
            ),
            Panel(
                f"{queue}: handling, 95th percentile, by type",
                "s",
                {"{{smartstack_event_type}}": quantile(0.95, HANDLING, _queue(queue), kind)},
            ),
            Panel(
                f"{queue}: failed attempts a second, by error",
                "ops",
                {"{{error_type}}": per_second(f"{HANDLING}_count", _failed(_queue(queue)), "error_type")},
            ),
        ]
    return panels


def alerts(services: Sequence[str], queues: Mapping[str, str]) -> list[Alert]:
    """Return the alerts: those of the cloud that the services' own metrics can raise."""
    gateway = _service("gateway")
    return [
        Alert("api-errors", "gateway", _error_share(), 0.01),
        Alert("api-latency", "gateway", quantile(0.99, REQUESTS, gateway), 0.8),
        Alert("budget", "models", f"sum(increase({AI_COST}[24h]))", 5),
        *(Alert("outbox-lag", name, f"max({OUTBOX_LAG}{{{_service(name)}}})", 30) for name in services),
        *(
            Alert("service-down", name, f"absent_over_time({OUTBOX_LAG}{{{_service(name)}}}[2m])", 0, minutes=2)
            for name in services
        ),
        *(
            Alert("undelivered-events", name, f'max({UNDELIVERED}{{smartstack_subscriber="{name}"}})', 0)
            for name in sorted(set(queues.values()))
        ),
        *(Alert("queue-age", queue, quantile(0.95, EVENT_AGE, _service(name)), 120) for queue, name in queues.items()),
        *(
            Alert("dead-letters", queue, f"sum(increase({HANDLING}_count{{{_failed(_queue(queue))}}}[{_WINDOW}]))", 4)
            for queue in queues
        ),
    ]


def _error_share() -> str:
    gateway = _service("gateway")
    failed = per_second(f"{REQUESTS}_count", f'{gateway}, http_response_status_code=~"5.."')
    return f"({failed} or vector(0)) / {per_second(f'{REQUESTS}_count', gateway)}"


def dashboard(uid: str, title: str, panels: Iterable[Panel]) -> dict[str, Any]:
    """Return a dashboard as Grafana stores it."""
    return {
        "uid": uid,
        "title": title,
        "tags": ["smartstack"],
        "timezone": "browser",
        "schemaVersion": 41,
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "links": [{"type": "dashboards", "tags": ["smartstack"], "title": "SmartStack", "asDropdown": True}],
        "panels": [_panel(index, panel) for index, panel in enumerate(panels)],
    }


def _panel(index: int, panel: Panel) -> dict[str, Any]:
    queries = enumerate(panel.queries.items())
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _PROMETHEUS,
        "gridPos": {
            "x": index % _COLUMNS * _WIDTH,
            "y": index // _COLUMNS * _HEIGHT,
            "w": _WIDTH,
            "h": _HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0, "custom": {"showPoints": "never"}}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": _PROMETHEUS,
                "expr": query,
                "legendFormat": legend,
                # A dot on the curve leads to one of the traces that it counts.
                "exemplar": True,
            }
            for number, (legend, query) in queries
        ],
    }


def rules(found: Iterable[Alert]) -> dict[str, Any]:
    """Return the alerts as Grafana's provisioning takes them."""
    return {
        "apiVersion": 1,
        "groups": [
            {"orgId": 1, "name": "smartstack", "folder": "SmartStack", "interval": "1m", "rules": [*map(_rule, found)]}
        ],
    }


def _rule(alert: Alert) -> dict[str, Any]:
    measured = {"refId": "A", "expr": alert.query, "instant": True, "datasource": _PROMETHEUS}
    compared = {
        "refId": "B",
        "type": "threshold",
        "expression": "A",
        "datasource": {"type": "__expr__", "uid": "__expr__"},
        "conditions": [{"evaluator": {"type": "gt", "params": [alert.above]}}],
    }
    window = {"from": 600, "to": 0}
    return {
        "uid": alert.name,
        "title": alert.name,
        "condition": "B",
        "for": f"{alert.minutes}m",
        "noDataState": alert.missing,
        "execErrState": "Error",
        "annotations": {"runbook_url": f"{RUNBOOKS}/{alert.runbook}.md"},
        "labels": {"product": "smartstack", "kind": alert.runbook},
        "data": [
            {"refId": "A", "relativeTimeRange": window, "datasourceUid": _PROMETHEUS["uid"], "model": measured},
            {"refId": "B", "relativeTimeRange": window, "datasourceUid": "__expr__", "model": compared},
        ],
    }


def files() -> dict[Path, str]:
    """Return what is to be written: the text of each file by its path below `FOLDER`."""
    whole = topology.topology()
    queues = {name: queue["service"] for name, queue in whole["queues"].items()}
    services = sorted({topic["service"] for topic in whole["topics"].values()} | set(queues.values()))
    boards = {"overview": dashboard("smartstack-overview", "SmartStack", overview(services, list(queues)))}
    for name in services:
        panels = of_service(name, [queue for queue, owner in queues.items() if owner == name])
        boards[name] = dashboard(f"smartstack-{name}", f"SmartStack: {name}", panels)
    provider = {
        "apiVersion": 1,
        "providers": [{"name": "SmartStack", "folder": "SmartStack", "type": "file", "options": {"path": MOUNTED}}],
    }
    return {
        **{Path("dashboards") / f"{name}.json": _json(board) for name, board in boards.items()},
        # JSON is YAML too, and needs no further package to be written.
        Path("provisioning/dashboards.yaml"): _json(provider),
        Path("provisioning/alerts.yaml"): _json(rules(alerts(services, queues))),
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main(folder: Path = FOLDER) -> int:
    """Write the files, remove stale ones; returns the exit status."""
    wanted = {folder / path: text for path, text in files().items()}
    for stale in {path for path in folder.rglob("*") if path.is_file()} - wanted.keys():
        stale.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    print(f"{len(wanted)} files in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
