"""Reads JSON with pydantic's parser, which takes half the time of the standard library's, and means the same."""

import json
from typing import Any

try:
    from pydantic_core import from_json as _parse
except ImportError:  # pydantic 1 has no such parser
    _parse = json.loads  # type: ignore[assignment]


def loads(content: bytes | str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is none.
    """
    try:
        return _parse(content)
    except ValueError:
        # stricter about nesting and lone surrogates; the standard library has the last word
        return json.loads(content)
