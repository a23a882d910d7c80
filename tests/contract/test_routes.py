"""The gateway routes the operations that the services describe: all of them, and nothing else."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from smartstack_cli.openapi import ROUTES, as_json, documents
from smartstack_gateway.edge.routes import OWN, PREFIX, RouteTable, declared_routes, derive

Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def described() -> Documents:
    """The documents of the real services."""
    return documents()


def operations(described: Documents) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Yield service, method, path and audience of each operation of the API that another service answers."""
    for service, document in described.items():
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if service != OWN and path.startswith(PREFIX):
                    audience = frozenset(name for each in operation.get("security", []) for name in each)
                    yield service, method.upper(), path, audience


def unreachable(described: Documents, table: RouteTable) -> list[str]:
    """Return the operations that the gateway does not pass on to their service, for their audience."""
    missing = []
    for service, method, path, audience in operations(described):
        route = table.find(re.sub(r"\{\w+\}", "0198-a", path))
        if route is None or route.upstream != service or route.audiences.get(method) != audience:
            missing.append(f"{method} {path}")
    return missing


def dangling(described: Documents, routes: dict[str, Any]) -> list[str]:
    """Return the routes that no service describes."""
    known = {(service, method, path) for service, method, path, _ in operations(described)}
    routed = [(entry["upstream"], method, path) for path, entry in routes.items() for method in entry["methods"]]
    return [f"{method} {path}" for upstream, method, path in routed if (upstream, method, path) not in known]


def test_the_committed_routes_follow_from_the_documents(described: Documents) -> None:
    assert ROUTES.read_text() == as_json(derive(described)), "run: python -m smartstack_cli.openapi"


def test_every_operation_of_a_service_is_reachable(described: Documents) -> None:
    assert len(list(operations(described))) >= 25
    assert unreachable(described, RouteTable(declared_routes())) == []


def test_every_route_has_an_operation(described: Documents) -> None:
    assert dangling(described, declared_routes()) == []


def test_an_operation_that_is_not_routed_is_noticed_and_routed_after_generation(described: Documents) -> None:
    grown = copy.deepcopy(described)
    grown["tasks"]["paths"]["/api/v1/labels/{label_id}"] = {"delete": {"security": [{"client": []}]}}
    grown["ai"]["paths"]["/api/v1/suggestions"]["post"] = {"security": [{"member": []}]}
    new = ["POST /api/v1/suggestions", "DELETE /api/v1/labels/{label_id}"]
    assert sorted(unreachable(grown, RouteTable(declared_routes()))) == sorted(new)
    assert unreachable(grown, RouteTable(derive(grown))) == []


def test_an_operation_for_another_audience_is_noticed(described: Documents) -> None:
    changed = copy.deepcopy(described)
    changed["tasks"]["paths"]["/api/v1/tasks"]["post"]["security"] = [{"operator": []}]
    assert unreachable(changed, RouteTable(declared_routes())) == ["POST /api/v1/tasks"]


def test_a_route_without_an_operation_is_noticed(described: Documents) -> None:
    shrunk = copy.deepcopy(described)
    del shrunk["tasks"]["paths"]["/api/v1/tasks"]["post"]
    assert dangling(shrunk, declared_routes()) == ["POST /api/v1/tasks"]


def test_two_services_cannot_share_a_path(described: Documents) -> None:
    clash = copy.deepcopy(described)
    clash["tasks"]["paths"]["/api/v1/clients"] = {"delete": {}}
    with pytest.raises(ValueError, match="/api/v1/clients"):
        derive(clash)
