"""Writes what is derived from the models: schemas, topology, AsyncAPI, the map of events, golden messages and the web
app's event types.

`python -m smartstack_contracts.generate` rewrites the files; a test fails while they are stale. A golden message is
written once and then kept: a consumer may have stored it, so every later version must still read it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from smartstack_contracts.asyncapi import asyncapi_document
from smartstack_contracts.catalog import EVENT_TYPES, LIVE
from smartstack_contracts.diagrams import event_map
from smartstack_contracts.envelope import Envelope, EventData
from smartstack_contracts.samples import example
from smartstack_contracts.topology import topology
from smartstack_contracts.typescript import live_events

ROOT = Path(__file__).parents[2]
EVENT_MAP = Path("../architecture/events.md")
TYPESCRIPT = Path("../frontend/src/lib/live/generated/live-events.ts")


def schema(model: type[EventData]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the whole message: envelope and body."""
    document = Envelope[model].model_json_schema(mode="serialization")  # type: ignore[valid-type]
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = model.type()
    document["properties"]["type"] = {"const": model.type(), "type": "string"}
    return document


def derived() -> dict[Path, str]:
    """Return every derived file with its content, paths relative to the contracts folder."""
    files: dict[str, Any] = {f"schemas/{kind}.json": schema(model) for kind, model in EVENT_TYPES.items()}
    files["topology.json"] = topology()
    files["asyncapi.json"] = asyncapi_document({kind: schema(model) for kind, model in EVENT_TYPES.items()})
    written = {TYPESCRIPT: live_events(LIVE), EVENT_MAP: event_map(EVENT_TYPES)}
    return {Path(name): as_json(content) for name, content in files.items()} | written


def golden() -> dict[Path, str]:
    """Return one golden message per event type, for types that have none yet."""
    return {Path(f"golden/{kind}.json"): as_json(example(model)) for kind, model in EVENT_TYPES.items()}


def as_json(content: object) -> str:
    """Return stable, readable JSON that ends in a newline."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the files; returns the exit status."""
    for path, content in derived().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(content)
    for path, content in golden().items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.write_text(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
