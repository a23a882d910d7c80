"""The collector's configuration: whole, of components that AWS's distribution has, and about what services really send.

The collector itself is not run here.
"""

import re
from typing import Any

import pytest
import yaml

from smartstack_chassis.events import outbox_lag
from smartstack_chassis.events import spans as message_spans
from smartstack_chassis.telemetry import metrics
from smartstack_cli.bootstrap.project import ROOT

PATH = ROOT / "infra" / "modules" / "observability" / "collector.yaml"
CONFIG: dict[str, Any] = yaml.safe_load(PATH.read_text())
PIPELINES: dict[str, dict[str, list[str]]] = CONFIG["service"]["pipelines"]
KINDS = ("receivers", "processors", "exporters")

# The components that we may name, of those in aws-otel-collector's pkg/defaultcomponents/defaults.go.
DISTRIBUTED = {
    "receivers": {"otlp"},
    "processors": {"memory_limiter", "tail_sampling", "cumulativetodelta", "batch", "filter", "resource", "attributes"},
    "exporters": {"awsxray", "awsemf", "debug"},
    "extensions": {"health_check", "pprof", "zpages", "sigv4auth"},
}
# Made by services, in their own code; see architecture/adr/0011-traces.md.
MEASURED_ELSEWHERE = {"smartstack.ai.cost", "gen_ai.client.token.usage", "gen_ai.client.operation.duration"}


def parts(kind: str) -> set[str]:
    return set(CONFIG[kind])


@pytest.mark.parametrize("kind", [*KINDS, "extensions"])
def test_every_component_is_in_the_distribution(kind: str) -> None:
    assert {name.partition("/")[0] for name in parts(kind)} <= DISTRIBUTED[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_component_of_a_pipeline_is_defined_and_every_defined_one_is_used(kind: str) -> None:
    assert {name for pipeline in PIPELINES.values() for name in pipeline[kind]} == parts(kind)


def test_every_extension_that_is_defined_is_started() -> None:
    assert set(CONFIG["service"]["extensions"]) == parts("extensions")


def test_memory_is_limited_first_and_nothing_is_batched_before_whole_traces_are_judged() -> None:
    assert {pipeline["processors"][0] for pipeline in PIPELINES.values()} == {"memory_limiter"}
    assert {pipeline["processors"][-1] for pipeline in PIPELINES.values()} == {"batch"}
    assert PIPELINES["traces"]["processors"].index("tail_sampling") == 1


def test_errors_slow_ones_and_what_came_again_are_kept_and_a_twentieth_of_the_rest() -> None:
    policies = {each["type"]: each[each["type"]] for each in CONFIG["processors"]["tail_sampling"]["policies"]}
    assert policies == {
        "status_code": {"status_codes": ["ERROR"]},
        "latency": {"threshold_ms": 800},
        "numeric_attribute": {"key": message_spans.ATTEMPT, "min_value": 2, "max_value": 1000000},
        "probabilistic": {"sampling_percentage": 5},
    }


def test_every_metric_that_a_service_sends_reaches_cloudwatch_by_service() -> None:
    declared = CONFIG["exporters"]["awsemf"]["metric_declarations"]
    by_service = [
        rule for each in declared if ["service.name"] in each["dimensions"] for rule in each["metric_name_selectors"]
    ]
    ours = {metrics.REQUEST_DURATION, metrics.PROCESS_DURATION, metrics.EVENT_AGE}
    names = {getattr(each, "_name", None) or each.name for each in ours} | {outbox_lag.NAME} | MEASURED_ELSEWHERE
    assert {name for name in names if not any(re.search(rule, name) for rule in by_service)} == set()
    unused = [
        rule
        for each in declared
        for rule in each["metric_name_selectors"]
        if not any(re.search(rule, name) for name in names)
    ]
    assert unused == []


def test_what_it_reads_from_its_environment_is_given_to_it() -> None:
    asked = set(re.findall(r"\$\{env:([A-Z_]+)\}", PATH.read_text()))
    task = (ROOT / "infra" / "modules" / "collector" / "main.tf").read_text()
    assert asked == {name for name in asked if f'"{name}"' in task}
