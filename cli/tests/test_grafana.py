"""Grafana is set up from the topology: a queue or a service that is added is on the dashboards and in the alerts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from smartstack_chassis.telemetry import metrics
from smartstack_cli import grafana
from smartstack_contracts import topology as plan
from smartstack_contracts.events.comms import MessageReceived
from smartstack_contracts.topology import topology

ROOT = Path(__file__).parents[2]
TOPOLOGY = topology()
QUEUES = sorted(TOPOLOGY["queues"])
SERVICES = sorted(topic["service"] for topic in TOPOLOGY["topics"].values())
FILES = {path.as_posix(): json.loads(text) for path, text in grafana.files().items()}
BOARDS = {path: content for path, content in FILES.items() if path.startswith("dashboards/")}
RULES = FILES["provisioning/alerts.yaml"]["groups"][0]["rules"]


def queries(board: Any) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def alerts_of(kind: str) -> set[str]:
    return {rule["title"].removeprefix(f"{kind}-") for rule in RULES if rule["labels"]["kind"] == kind}


def test_the_committed_files_are_what_the_generator_writes() -> None:
    committed = {
        path.relative_to(grafana.FOLDER): path.read_text() for path in grafana.FOLDER.rglob("*") if path.is_file()
    }
    assert committed == grafana.files(), "run: python -m smartstack_cli.grafana"


def test_writing_removes_what_is_no_longer_made(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "gone.json").write_text("{}")

    grafana.main(tmp_path)

    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(grafana.files())


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_is_on_the_overview_on_its_services_page_and_in_the_alerts(queue: str) -> None:
    own = f"dashboards/{TOPOLOGY['queues'][queue]['service']}.json"
    for board in ("dashboards/overview.json", own):
        assert any(f'=~".+-{queue}"' in query for query in queries(BOARDS[board]))
    assert queue in alerts_of("queue-age")
    assert queue in alerts_of("dead-letters")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_page_a_line_on_the_overview_and_alerts(service: str) -> None:
    chosen = f'service_name="{service}"'
    assert any(chosen in query for query in queries(BOARDS["dashboards/overview.json"]))
    assert all(
        chosen in query or "messaging_destination_name" in query
        for query in queries(BOARDS[f"dashboards/{service}.json"])
    )
    assert service in alerts_of("outbox-lag")
    assert service in alerts_of("service-down")


def test_every_alert_leads_to_a_runbook() -> None:
    for rule in RULES:
        assert (ROOT / rule["annotations"]["runbook_url"]).is_file()


def test_identifiers_are_unique_and_short_enough_for_grafana() -> None:
    uids = [board["uid"] for board in BOARDS.values()] + [rule["uid"] for rule in RULES]
    assert len(set(uids)) == len(uids)
    assert max(map(len, uids)) <= 40


def test_panels_do_not_cover_one_another() -> None:
    for board in BOARDS.values():
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
        assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("instrument", "name"),
    [
        (metrics.REQUEST_DURATION, grafana.REQUESTS),
        (metrics.PROCESS_DURATION, grafana.HANDLING),
        (metrics.EVENT_AGE, grafana.EVENT_AGE),
    ],
)
def test_metrics_are_asked_for_by_the_names_that_prometheus_gives_them(instrument: Any, name: str) -> None:
    # What the service makes at import knows its own name, whether or not anybody collects.
    told: str = instrument._name
    assert name == f"{re.sub('[^a-z0-9]', '_', told)}_seconds"


def test_a_second_queue_of_a_service_is_drawn_and_watched_like_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    second = plan.Queue(service="ai", role="reading", feed=(MessageReceived,))
    monkeypatch.setattr(plan, "QUEUES", (*plan.QUEUES, second))
    made = {path.as_posix(): json.loads(text) for path, text in grafana.files().items()}
    for queue in ("ai-inbox", "ai-reading"):
        for board in ("dashboards/overview.json", "dashboards/ai.json"):
            assert any(f'=~".+-{queue}"' in query for query in queries(made[board]))
    titles = [rule["title"] for rule in made["provisioning/alerts.yaml"]["groups"][0]["rules"]]
    assert {"queue-age-ai-reading", "dead-letters-ai-reading"} <= set(titles)
    assert len(set(titles)) == len(titles)
