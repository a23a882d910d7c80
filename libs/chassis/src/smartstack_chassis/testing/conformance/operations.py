"""The operations of a service's API, read from its OpenAPI document, and how a test calls each of them."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.process.app import build_api
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id

CHANGING = frozenset({"POST", "PATCH", "PUT", "DELETE"})
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of a service's API. `takes` says whose token: `member`, `client` or none (None)."""

    name: str
    method: str
    path: str
    takes: str | None
    needs_version: bool
    body: Mapping[str, Any] | None
    query: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the operation id."""
        return self.name

    @property
    def parameters(self) -> list[str]:
        """Return the names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def references(self) -> list[str]:
        """Return the fields of the body that hold an id, or several."""
        return [name for name in self.body or {} if name.endswith(("_id", "_ids"))]

    @property
    def filters(self) -> list[str]:
        """Return the parameters of the query that hold an id."""
        return [name for name in self.query if name.endswith("_id")]


def operations(service: Service) -> list[Operation]:
    """Return every operation of the service's OpenAPI document."""
    document = build_api(service).openapi()
    return [
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    schemes = [name for each in operation.get("security", []) for name in each]
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    model = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    parameters = operation.get("parameters", [])
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        takes=schemes[0] if schemes else None,
        needs_version=any(item["name"] == "If-Match" for item in parameters),
        body=model.get("properties") if "requestBody" in operation else None,
        query=tuple(item["name"] for item in parameters if item["in"] == "query"),
    )


async def call(
    harness: ServiceHarness,
    operation: Operation,
    principal: Member | PortalClient | None,
    *,
    ids: Mapping[str, object] | None = None,
    body: Body | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Send one request; `ids` fill the path, If-Match is version 1 where the operation asks for one."""
    sent = {**(harness.headers(principal) if principal else {}), **(headers or {})}
    if operation.needs_version:
        sent.setdefault("If-Match", '"1"')
    url = operation.path.format_map({name: str(value) for name, value in (ids or {}).items()})
    json = body if operation.body is not None else None
    return await harness.http.request(operation.method, url, json=json, headers=sent)


@dataclass(frozen=True)
class Sample:
    """A workspace with a row in every table. `ids` are those of its things, by the names in paths and bodies."""

    harness: ServiceHarness
    member: Member
    ids: Mapping[str, str]

    def principal(self, operation: Operation) -> Member | PortalClient:
        """Return the principal whose token the operation takes: the member, or the client in `ids`."""
        if operation.takes != "client":
            return self.member
        return PortalClient(self.member.workspace_id, UUID(self.ids["client_id"]), new_id())

    def reference(self, field: str) -> str | list[str]:
        """Return what the field `client_id` holds to point at a thing of this workspace; `label_ids` holds a list."""
        return self.ids[field] if field in self.ids else [self.ids[field.removesuffix("s")]]

    def stranger(self) -> "Sample":
        """Return an empty workspace that knows the ids of this one."""
        return replace(self, member=self.harness.member())

    async def call(
        self, operation: Operation, body: Body | None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send one request as this workspace."""
        principal = self.principal(operation)
        return await call(self.harness, operation, principal, ids=self.ids, body=body, headers=headers)


OpenSample = Callable[[], Awaitable[Sample]]
"""Opens one more workspace with a row in every table."""


def _every(_: Operation) -> bool:
    return True


class OperationsConformance:
    """Base of the checks that run once for each operation of `service`.

    `bodies` gives a good body for each operation that takes one, so a new operation must bring its own.
    """

    service: ClassVar[Service]
    bodies: ClassVar[Mapping[str, Body]] = {}
    selections: ClassVar[Mapping[str, Callable[[Operation], bool]]] = {}
    """By the name of a test: which operations it is about. All of them by default."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run the tests that ask for an `operation` once for each."""
        if "operation" in metafunc.fixturenames:
            select = self.selections.get(metafunc.function.__name__, _every)
            metafunc.parametrize("operation", [item for item in operations(self.service) if select(item)], ids=str)

    def body(self, operation: Operation) -> Body | None:
        """Return the good body of an operation, or None when it takes none."""
        return None if operation.body is None else self.bodies[operation.name]
