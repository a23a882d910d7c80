"""Writes `contracts/openapi.json`: the API descriptions of services and ops, merged as the gateway serves them.

`python -m smartstack_cli.openapi` rewrites the file; a test fails while it is stale. the web app is built on it.
"""

import importlib
import json
import sys
from typing import Any

from smartstack_chassis.process.app import build_api
from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.local.layout import SERVICES
from smartstack_gateway.documents.openapi import merge
from smartstack_ops.app import ops_api

TARGET = ROOT / "contracts" / "openapi.json"


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the whole API."""
    services = {name: importlib.import_module(f"smartstack_{name}.main").service for name in SERVICES}
    documents = {name: build_api(service).openapi() for name, service in services.items()}
    return merge(documents | {"ops": ops_api().openapi()})


def as_json(content: dict[str, Any]) -> str:
    """Return stable, readable JSON that ends in a newline."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the file; returns the exit status."""
    TARGET.write_text(as_json(document()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
