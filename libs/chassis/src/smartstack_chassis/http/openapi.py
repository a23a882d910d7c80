"""Completes the OpenAPI document that FastAPI derives: who may call, which preconditions hold, how failures look.

All of it is read off the dependencies of each operation, so that an endpoint cannot forget to say it. Source of the
format: OpenAPI specification 3.1; failures are RFC 9457 problem details.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from smartstack_chassis.http import idempotency, preconditions
from smartstack_chassis.http.dependencies import member_of, operator_of, portal_client_of, principal_of
from smartstack_chassis.http.problems import MEDIA_TYPE

Json = dict[str, Any]
REF = "#/components/schemas/{model}"


class FieldProblem(BaseModel):
    """One field and what to do about it."""

    field: str
    message: str


class Problem(BaseModel):
    """A failure: `code` is stable and for machines, `detail` is for people, `errors` names fields."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []
    trace_id: str | None = None


_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_SCHEMES: dict[str, tuple[Callable[..., Any], Json]] = {
    "member": (member_of, _BEARER | {"description": "The access token of a person who signed in."}),
    "operator": (
        operator_of,
        _BEARER | {"description": "The access token of an owner or admin of the workspace."},
    ),
    "client": (
        portal_client_of,
        _BEARER | {"description": "The access token of a client with a share link."},
    ),
}


def complete(document: Json, routers: Sequence[APIRouter]) -> Json:
    """Return the document of an app that serves `routers`, with security, preconditions, ETags and problems added."""
    calls = {route.name: frozenset(_calls(route.dependant)) for router in routers for route in _routes(router)}
    for path, operation in _operations(document):
        _complete_operation(document, path, operation, calls.get(operation.get("operationId", ""), frozenset()))
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=REF)
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {name: scheme for name, (_, scheme) in _SCHEMES.items()}
    return document


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    return (route for route in router.routes if isinstance(route, APIRoute))


def _calls(dependant: Dependant) -> Iterator[Any]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document.get("paths", {}).items():
        for operation in methods.values():
            yield path, operation


def _complete_operation(document: Json, path: str, operation: Json, calls: frozenset[Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    responses |= {status: _problem(meaning) for status, meaning in sorted(_failures(path, operation, calls).items())}
    responses["default"] = _problem("Any other failure.")
    if audience := _audience(calls):
        operation["security"] = [{name: []} for name in audience]
    for parameter in operation.get("parameters", []):
        _complete_parameter(parameter)
    for status, response in responses.items():
        if status == "412" or _has_version(document, response):
            response["headers"] = {"ETag": {"description": "The version, quoted.", "schema": {"type": "string"}}}


def _audience(calls: frozenset[Any]) -> list[str]:
    """Return the schemes whose tokens an operation takes; none for one that takes no token."""
    if operator_of in calls:
        return ["operator"]
    named = [name for name, (call, _) in _SCHEMES.items() if call in calls]
    return named or (["member", "client"] if principal_of in calls else [])


def _failures(path: str, operation: Json, calls: frozenset[Any]) -> dict[str, str]:
    failures = {"503": "Not available now; try again after Retry-After seconds."}
    if principal_of in calls:
        failures |= {"401": "No valid access token.", "403": "The token does not allow this."}
    if preconditions.expected_version in calls:
        failures |= {"412": "It is at another version, which the ETag names.", "428": "If-Match is missing."}
    if idempotency.idempotent_of in calls:
        failures["409"] = "The Idempotency-Key was used for another request, or the state does not allow this."
    if "{" in path or "client" in {name for name, (call, _) in _SCHEMES.items() if call in calls}:
        failures["404"] = "There is no such thing in this workspace."
    if "requestBody" in operation:
        failures["413"] = "The body is too large."
    if "requestBody" in operation or operation.get("parameters"):
        failures["422"] = "A value breaks a rule; errors names the fields."
    return failures


def _problem(meaning: str) -> Json:
    content = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}}
    return {"description": meaning, "content": content}


def _complete_parameter(parameter: Json) -> None:
    """A parameter is there or not; null, which the optional type of Python suggests, cannot be sent."""
    schema = parameter["schema"]
    kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        schema |= kinds[0]
    elif kinds:
        schema["anyOf"] = kinds
    if parameter["name"] == "If-Match":
        parameter["required"] = True
        parameter["description"] = 'The version that was read, as its ETag: "3".'


def _has_version(document: Json, response: Json) -> bool:
    reference = response.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = document.get("components", {}).get("schemas", {}).get(reference.rpartition("/")[2], {})
    return "version" in schema.get("properties", {})
