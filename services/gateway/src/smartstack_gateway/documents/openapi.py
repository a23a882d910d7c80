"""One OpenAPI document for the whole API: the services' own, merged. Pure, so that a command can write the file too."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from smartstack_gateway.views.schemas import OWNED_SCHEMA

Json = dict[str, Any]

PREFIX = "/api/v1/"
REF = "#/components/schemas/"
_PAGE = re.compile(r"Page_(\w+)_")
_LIMITED = "Too many requests; try again after Retry-After seconds."
_LATE = "A service did not answer in time; whether it did what was asked is not known."


def merge(documents: Mapping[str, Json]) -> Json:
    """Return the document of the API that the gateway serves, given each service's own by name.

    A model that several services describe alike is there once; one that they describe differently gets the service's
    name in front. Where the gateway passes on what another service owns, that service's model is named. Raises
    ValueError when two services claim the same operation.
    """
    paths: Json = {}
    schemas: Json = {}
    schemes: Json = {}
    for service, document in sorted(documents.items()):
        names = _names(service, document, schemas)
        renamed = _rewritten(document, _renaming(names))
        components = renamed.get("components", {})
        schemas |= {names[name]: schema for name, schema in components.get("schemas", {}).items()}
        schemes |= components.get("securitySchemes", {})
        _add_paths(paths, renamed)
    merged = {
        "openapi": "3.1.0",
        "info": {"title": "SmartStack", "version": "1.0.0", "description": "Client work kept in one place."},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": schemes},
    }
    resolved: Json = _rewritten(merged, _resolving(schemas))
    return resolved


def _names(service: str, document: Json, taken: Json) -> dict[str, str]:
    names = {}
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        plain = _PAGE.sub(r"\1Page", name)
        differs = plain in taken and taken[plain] != schema
        names[name] = f"{service.capitalize()}{plain}" if differs else plain
    return names


def _add_paths(paths: Json, document: Json) -> None:
    for path, operations in document.get("paths", {}).items():
        if not path.startswith(PREFIX):
            continue
        known = paths.setdefault(path, {})
        if twice := known.keys() & operations.keys():
            raise ValueError(f"two services answer {sorted(twice)} {path}")
        for operation in operations.values():
            responses = operation.get("responses", {})
            problem = {**responses.get("default", {"description": ""})}
            operation["responses"] = responses | {
                "429": {**problem, "description": _LIMITED},
                "504": {**problem, "description": _LATE},
            }
        known |= operations


def _rewritten(node: Any, change: Callable[[Json], Json]) -> Any:
    """Return a copy of the tree with every object in it changed, innermost first."""
    if isinstance(node, dict):
        return change({key: _rewritten(value, change) for key, value in node.items()})
    if isinstance(node, list):
        return [_rewritten(value, change) for value in node]
    return node


def _renaming(names: Mapping[str, str]) -> Callable[[Json], Json]:
    def rename(node: Json) -> Json:
        reference = node.get("$ref")
        if not isinstance(reference, str) or not reference.startswith(REF):
            return node
        name = reference.removeprefix(REF)
        return {**node, "$ref": REF + names.get(name, name)}

    return rename


def _resolving(schemas: Json) -> Callable[[Json], Json]:
    def resolve(node: Json) -> Json:
        owned = node.get(OWNED_SCHEMA)
        return {"$ref": REF + owned} if owned in schemas else node

    return resolve
