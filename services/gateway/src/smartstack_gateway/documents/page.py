"""The API's documentation as one page: made on the server from the OpenAPI document, without a script."""

import json
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

Json = dict[str, Any]

STYLE = """
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2rem;text-transform:capitalize}
details{border:1px solid light-dark(#ddd,#444);border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{overflow:auto;padding:.6rem;border-radius:6px;background:light-dark(#f6f6f6,#222)}
b{display:inline-block;min-width:4.2rem;color:light-dark(#3a3fbf,#9aa0ff)}
td{padding:.1rem .8rem .1rem 0;vertical-align:top}
"""
# The one inline style may be there; nothing else may run or load.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def api_page(document: Json) -> str:
    """Return the page for an OpenAPI document."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups[(operation.get("tags") or ["other"])[0]].append(_operation(path, method, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(parts)}" for tag, parts in sorted(groups.items()))
    schemas = document["components"]["schemas"]
    models = "".join(
        f"<details id='{escape(name)}'><summary><code>{escape(name)}</code></summary>{_json(schema)}</details>"
        for name, schema in schemas.items()
    )
    title = escape(document["info"]["title"])
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title} API</title><style>{STYLE}</style><h1>{title} API</h1>"
        f"<p>{escape(document['info'].get('description', ''))} The same as "
        f"<a href=/api/openapi.json>OpenAPI document</a>.</p>{sections}<h2>Models</h2>{models}</html>"
    )


def _operation(path: str, method: str, operation: Json) -> str:
    return (
        f"<details><summary><b>{escape(method.upper())}</b> <code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary><p>{escape(operation.get('description', ''))}</p>"
        f"{_token(operation)}{_parameters(operation)}{_request(operation)}{_responses(operation)}</details>"
    )


def _token(operation: Json) -> str:
    kinds = [name for requirement in operation.get("security", []) for name in requirement]
    return f"<p>Access token of: {escape(', '.join(kinds))}</p>" if kinds else ""


def _parameters(operation: Json) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(entry['name'])}</code><td>{escape(entry['in'])}"
        f"{', required' if entry.get('required') else ''}<td>{escape(entry.get('description', ''))}"
        for entry in operation.get("parameters", [])
    )
    return f"<table>{rows}</table>" if rows else ""


def _request(operation: Json) -> str:
    names = [
        name for content in operation.get("requestBody", {}).get("content", {}).values() for name in _named(content)
    ]
    return f"<p>Takes {_links(names)}</p>" if names else ""


def _responses(operation: Json) -> str:
    rows = ""
    for status, response in sorted(operation.get("responses", {}).items()):
        names = [name for content in response.get("content", {}).values() for name in _named(content)]
        rows += f"<tr><td>{escape(status)}<td>{escape(response.get('description', ''))}<td>{_links(names)}"
    return f"<table>{rows}</table>"


def _named(content: Json) -> Iterator[str]:
    reference = content.get("schema", {}).get("$ref", "")
    if reference:
        yield reference.rpartition("/")[2]


def _links(names: list[str]) -> str:
    return ", ".join(f"<a href='#{escape(name)}'><code>{escape(name)}</code></a>" for name in names)


def _json(schema: Json) -> str:
    return f"<pre>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"
