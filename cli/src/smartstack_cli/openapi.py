"""Writes what follows from the API descriptions of the services: the merged one, and the routes of the gateway.

`python -m smartstack_cli.openapi` rewrites both files; a test fails while one is stale.
"""

import importlib
import json
import sys
from typing import Any

from smartstack_chassis.process.app import build_api
from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.local.layout import SERVICES
from smartstack_gateway.documents.openapi import merge
from smartstack_gateway.edge.routes import derive
from smartstack_ops.app import ops_api

TARGET = ROOT / "contracts" / "openapi.json"
ROUTES = ROOT / "services/gateway/src/smartstack_gateway/edge/routes.json"


def documents() -> dict[str, dict[str, Any]]:
    """Return the OpenAPI 3.1 document of each service, by its name."""
    services = {name: importlib.import_module(f"smartstack_{name}.main").service for name in SERVICES}
    described = {name: build_api(service).openapi() for name, service in services.items()}
    return described | {"ops": ops_api().openapi()}


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the whole API."""
    return merge(documents())


def as_json(content: dict[str, Any]) -> str:
    """Return stable, readable JSON that ends in a newline."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the files; returns the exit status."""
    described = documents()
    TARGET.write_text(as_json(merge(described)))
    ROUTES.write_text(as_json(derive(described)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
