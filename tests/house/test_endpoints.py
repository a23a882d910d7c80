"""What every endpoint of every service keeps to, read from the services as they are composed."""

import importlib
from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from smartstack_cli.local.layout import SERVICES


def called(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Return the endpoint and all that it depends on."""
    if dependant.call is not None:
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from called(dependency)


@pytest.mark.parametrize("name", SERVICES)
def test_no_endpoint_and_none_of_its_dependencies_costs_a_thread(name: str) -> None:
    service = importlib.import_module(f"smartstack_{name}.main").service
    routes = [route for router in service.routers for route in router.routes if isinstance(route, APIRoute)]
    assert routes
    in_threads = {
        f"{route.path}: {call}" for route in routes for call in called(route.dependant) if not iscoroutinefunction(call)
    }
    assert not in_threads, "FastAPI runs functions and classes in a pool of threads; make them async def"
