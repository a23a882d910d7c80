"""What alarms and dashboard look at is there: a metric that nobody sends would keep an alarm silent for ever."""

import re
from typing import Any

import pytest
import yaml

from smartstack_cli.bootstrap.project import ROOT

MODULES = ROOT / "infra" / "modules"
HCL = "\n".join(path.read_text() for path in sorted((MODULES / "observability").glob("*.tf")))
COLLECTOR: dict[str, Any] = yaml.safe_load((MODULES / "observability" / "collector.yaml").read_text())
SCALING = (MODULES / "ecs_service" / "scaling.tf").read_text()
BY_SERVICE = [
    re.compile(selector)
    for declaration in COLLECTOR["exporters"]["awsemf"]["metric_declarations"]
    if ["service.name"] in declaration["dimensions"]
    for selector in declaration["metric_name_selectors"]
]

# [var.prefix, "name", dimension, …] on the dashboard; namespace, metric_name and dimensions of an alarm.
CHARTED = set(re.findall(r'\[var\.prefix, "([a-z.-]+)", (local\.service_dimension|"service")', HCL))
_OWN = r"namespace\s*= var\.prefix\n\s*"
_NAMED = r"metric_name\s*= \"([a-z.]+)\"\n\s*"
_DIMENSION = r"dimensions\s*= \{ \((local\.service_dimension)\)"
ALARMED = set(re.findall(_OWN + _NAMED + _DIMENSION, HCL))


def test_alarms_and_dashboard_look_at_our_own_metrics() -> None:
    assert {"smartstack.outbox.lag", "smartstack.events.undelivered", "smartstack.ai.cost"} == {
        name for name, _ in ALARMED
    }
    assert {"smartstack.event.age", "messaging.process.duration", "log.errors"} <= {name for name, _ in CHARTED}


@pytest.mark.parametrize(("name", "dimension"), sorted(CHARTED | ALARMED))
def test_a_metric_is_sent_with_the_dimension_by_which_it_is_asked_for(name: str, dimension: str) -> None:
    if name.startswith("log."):
        assert f'name       = "{name}"' in SCALING
        assert dimension == '"service"'
    else:
        assert 'service_dimension = "service.name"' in HCL
        assert any(selector.search(name) for selector in BY_SERVICE)


def test_the_lines_that_are_counted_are_lines_that_the_services_write() -> None:
    code = (ROOT / "libs" / "chassis" / "src" / "smartstack_chassis" / "events" / "bus.py").read_text()
    (counted,) = re.findall(r'\$\.message = \\"([^"\\]+)\\"', SCALING)
    assert f'logger.warning("{counted}")' in code
