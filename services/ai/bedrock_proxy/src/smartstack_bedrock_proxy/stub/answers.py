"""What an answer of the stub looks like on the wire."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from smartstack_bedrock_proxy.eventstream import event, exception
from smartstack_bedrock_proxy.stub.behaviour import Answer

TOOL_USE_ID = "tooluse_stub"


def content(request: Mapping[str, Any], answer: Answer) -> tuple[list[dict[str, Any]], str]:
    """Return the blocks of the answer and why it stops."""
    tool = _wanted_tool(request)
    if tool is None:
        return [{"text": answer.text}], "end_turn"
    given = answer.tool if answer.tool is not None else made_up(tool["inputSchema"]["json"])
    return [{"toolUse": {"toolUseId": TOOL_USE_ID, "name": tool["name"], "input": given}}], "tool_use"


def usage(request: bytes, blocks: list[dict[str, Any]], answer: Answer) -> dict[str, int]:
    """Return what the call used."""
    counted = max(1, len(request) // 4), max(1, len(json.dumps(blocks).split()))
    given, made = answer.usage or counted
    return {"inputTokens": given, "outputTokens": made, "totalTokens": given + made}


def whole(request: Mapping[str, Any], raw: bytes, answer: Answer) -> bytes:
    """Return the body of a `converse` answer."""
    blocks, reason = content(request, answer)
    body = {
        "output": {"message": {"role": "assistant", "content": blocks}},
        "stopReason": reason,
        "usage": usage(raw, blocks, answer),
        "metrics": {"latencyMs": 7},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def parts(request: Mapping[str, Any], raw: bytes, answer: Answer) -> Iterator[bytes]:
    """Return the messages of a `converse-stream` answer."""
    blocks, reason = content(request, answer)
    yield event("messageStart", {"role": "assistant"})
    deltas, start = _deltas(blocks[0])
    if start:
        yield event("contentBlockStart", {"contentBlockIndex": 0, "start": start})
    for number, delta in enumerate(deltas):
        if answer.fails_midway and number >= len(deltas) / 2:
            yield exception(answer.fails_midway, "It was scripted so.")
            return
        yield event("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta})
    yield event("contentBlockStop", {"contentBlockIndex": 0})
    yield event("messageStop", {"stopReason": reason})
    yield event("metadata", {"usage": usage(raw, blocks, answer), "metrics": {"latencyMs": 7}})


def _deltas(block: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if "text" in block:
        return [{"text": piece} for piece in _pieces(block["text"])], {}
    tool = block["toolUse"]
    deltas = [{"toolUse": {"input": piece}} for piece in _pieces(json.dumps(tool["input"]))]
    return deltas, {"toolUse": {"toolUseId": tool["toolUseId"], "name": tool["name"]}}


def _pieces(text: str) -> list[str]:
    return [text[index : index + 8] for index in range(0, len(text), 8)]


def _wanted_tool(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the tool that the request forces: by name, or any of several."""
    config = request.get("toolConfig") or {}
    choice = config.get("toolChoice") or {}
    tools: list[Mapping[str, Any]] = [tool["toolSpec"] for tool in config.get("tools", []) if "toolSpec" in tool]
    if "tool" in choice:
        return next((tool for tool in tools if tool["name"] == choice["tool"]["name"]), None)
    return tools[0] if "any" in choice and tools else None


def made_up(schema: Mapping[str, Any]) -> Any:
    """Return something that a tool's JSON schema allows: one item in each list, the first of each choice."""
    return _made_up(schema, schema.get("$defs", {}))


def _made_up(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _made_up(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for choices in ("anyOf", "oneOf", "allOf"):
        if choices in schema:
            return _made_up(schema[choices][0], definitions)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", [])), None))
    if schema.get("type") == "array":
        return [_made_up(schema.get("items", {"type": "string"}), definitions)]
    if schema.get("type", "object") == "object":
        return {name: _made_up(item, definitions) for name, item in schema.get("properties", {}).items()}
    return _simple(schema)


def _simple(schema: Mapping[str, Any]) -> Any:
    if schema.get("format") == "date":
        return datetime.now(UTC).date().isoformat()
    least = schema.get("minimum", 1)
    made = {
        "string": "x" * schema.get("minLength", 1),
        "integer": least,
        "number": schema.get("maximum", least),
        "boolean": False,
    }
    return made.get(schema["type"])
