"""The map from path to upstream: `routes.json`, generated from the services' OpenAPI documents.

`python -m smartstack_cli.openapi` writes that file, so an endpoint is routed once it is described.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.actors import OPERATORS, Member
from smartstack_chassis.core.errors import Forbidden
from smartstack_gateway.values import UpstreamName

Audience = Literal["member", "operator", "client"]
Declared = dict[str, Any]
"""Per path template: the upstream, and the audience of each method."""

PREFIX = "/api/v1/"
FILE = "routes.json"
OWN = "gateway"
_PARAMETER = re.compile(r"\{\w+\}")
# Ids are UUIDs and names are words: a path that needs more characters leads nowhere, so it cannot mislead an upstream.
_PATH = re.compile(r"/api/v1(?:/[A-Za-z0-9_-]+)+")


@dataclass(frozen=True, slots=True)
class Route:
    """A path, its upstream, and the tokens that each method accepts. `path` has each parameter as {id}."""

    upstream: UpstreamName
    path: str
    audiences: Mapping[str, frozenset[Audience]]

    def audience(self, method: str) -> frozenset[Audience]:
        """Return the kinds of tokens that a method takes, none when it takes any caller.

        A method that is not described takes the tokens of all others: the upstream refuses it.
        """
        described = self.audiences.get("GET" if method == "HEAD" else method)
        return frozenset().union(*self.audiences.values()) if described is None else described

    def admit(self, principal: Principal, method: str) -> None:
        """Raise Forbidden when this kind of token may not go there; the upstream checks again."""
        audience = self.audience(method)
        if not isinstance(principal, Member):
            if "client" not in audience:
                raise Forbidden("members_only", "A share link does not give access to this.")
        elif "member" not in audience:
            if "operator" not in audience:
                raise Forbidden("clients_only", "Open this through a share link.")
            if principal.role not in OPERATORS:
                raise Forbidden("operators_only", "Only owners and admins of the workspace may look behind the scenes.")


class _Node:
    """The routes that begin with the same segments."""

    __slots__ = ("named", "parameter", "route")

    def __init__(self) -> None:
        self.named: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.route: Route | None = None

    def add(self, segments: list[str], route: Route) -> None:
        node = self
        for segment in segments:
            if _PARAMETER.fullmatch(segment):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.named.setdefault(segment, _Node())
        node.route = route

    def find(self, segments: list[str], index: int) -> Route | None:
        if index == len(segments):
            return self.route
        named = self.named.get(segments[index])
        found = named.find(segments, index + 1) if named else None
        if found is None and self.parameter is not None:
            return self.parameter.find(segments, index + 1)
        return found


class RouteTable:
    """The routes of an installation, compiled into a tree of segments. A named segment wins over a parameter."""

    def __init__(self, declared: Declared) -> None:
        self._root = _Node()
        for template, entry in declared.items():
            audiences = {method: frozenset(names) for method, names in entry["methods"].items()}
            route = Route(entry["upstream"], _PARAMETER.sub("{id}", template), audiences)
            self._root.add(_segments(template), route)

    def find(self, path: str) -> Route | None:
        """Return where an encoded path leads, or None when the gateway itself answers (be it with 404)."""
        return self._root.find(_segments(path), 0) if _PATH.fullmatch(path) else None


def derive(documents: Mapping[str, Declared]) -> Declared:
    """Return the routes that follow from each service's OpenAPI document, by the name of the service.

    Paths that the gateway answers itself have no route. Raises ValueError when two services describe one path.
    """
    owners: dict[str, str] = {}
    routes: Declared = {}
    for service, document in sorted(documents.items()):
        for template, operations in document["paths"].items():
            if not template.startswith(PREFIX):
                continue
            if (owner := owners.setdefault(template, service)) != service:
                raise ValueError(f"{owner} and {service} both answer {template}")
            if service != OWN:
                methods = {method.upper(): _audience(operation) for method, operation in operations.items()}
                routes[template] = {"upstream": service, "methods": methods}
    return routes


def declared_routes() -> Declared:
    """Return the routes as the file has them."""
    routes: Declared = json.loads(files("smartstack_gateway.edge").joinpath(FILE).read_text())
    return routes


def _audience(operation: Declared) -> list[str]:
    return sorted(name for requirement in operation.get("security", []) for name in requirement)


def _segments(path: str) -> list[str]:
    return path.removeprefix(PREFIX).split("/")


@cache
def _table() -> RouteTable:
    return RouteTable(declared_routes())


def find_route(path: str) -> Route | None:
    """Return where an encoded path leads in the installation's routes; see `RouteTable.find`."""
    return _table().find(path)
