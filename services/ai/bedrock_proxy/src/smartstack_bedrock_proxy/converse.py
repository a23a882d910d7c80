"""A request in the wire format of Bedrock's Converse API: what of it may pass, and what it can cost at most.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from smartstack_bedrock_proxy import refusals

# Whatever else the API knows would cost what the budget cannot foresee: pictures and documents, other service tiers,
# guardrails, stored prompts, and fields that reach the model unseen, a token limit of its own among them.
_FIELDS = frozenset(
    {
        "messages",
        "system",
        "inferenceConfig",
        "toolConfig",
        "outputConfig",
        "requestMetadata",
        "additionalModelResponseFieldPaths",
    }
)
_BLOCKS = frozenset({"text", "toolUse", "toolResult", "cachePoint", "reasoningContent"})
_RESULT_BLOCKS = frozenset({"text", "json"})
_TOOLS = frozenset({"toolSpec", "cachePoint"})
_PATH = re.compile(r"/model/(?P<model>.+)/(?P<operation>converse|converse-stream)")
# What a provider's template adds of its own, the description of tool use above all.
TEMPLATE_TOKENS = 1000


@dataclass(frozen=True, slots=True)
class Operation:
    """Which model is asked, and whether the answer comes as a stream."""

    model: str
    stream: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it goes on to Bedrock. `most_input_tokens` bounds what it is billed for, whatever the model."""

    operation: Operation
    content: Mapping[str, Any]
    body: bytes
    max_tokens: int
    most_input_tokens: int


def operation(method: str, raw_path: str) -> Operation:
    """Return what `POST /model/{id}/converse[-stream]` asks; an id may be an ARN, slashes and all. Raises Refusal."""
    match = _PATH.fullmatch(raw_path)
    if method != "POST" or match is None:
        raise refusals.no_such_operation()
    return Operation(unquote(match["model"]), match["operation"] == "converse-stream")


def read(wanted: Operation, body: bytes, max_tokens: int) -> Call:
    """Return the call that this body describes, its token limit set and clamped to `max_tokens`. Raises Refusal."""
    try:
        content = _parsed(body)
        _check(content)
        config = content.get("inferenceConfig") or {}
        limit = min(_limit(config, max_tokens), max_tokens)
        content = {**content, "inferenceConfig": {**config, "maxTokens": limit}}
        encoded = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Call(wanted, content, encoded, limit, most_tokens(content, encoded))
    except RecursionError as error:
        raise refusals.invalid("The body is nested too deeply.") from error


def _limit(config: Mapping[str, Any], usual: int) -> int:
    limit = config.get("maxTokens", usual)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise refusals.invalid("inferenceConfig.maxTokens must be a positive whole number.")
    return limit


def most_tokens(content: Mapping[str, Any], encoded: bytes) -> int:
    """Return the most input tokens that a request can be billed for.

    No tokeniser makes more tokens than there are bytes. Writing to the prompt cache is billed at up to twice the price
    of input (https://aws.amazon.com/bedrock/pricing/), so with a cache point each byte counts twice.
    """
    return (len(encoded) + TEMPLATE_TOKENS) * (2 if "cachePoint" in _keys(content) else 1)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
        # A lone surrogate can be read but not sent on.
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise refusals.invalid("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise refusals.invalid("The body is not a JSON object.")
    config = content.get("inferenceConfig")
    if config is not None and not isinstance(config, dict):
        raise refusals.invalid("inferenceConfig is not an object.")
    return content


def _check(content: Mapping[str, Any]) -> None:
    if unknown := sorted(content.keys() - _FIELDS):
        raise refusals.invalid(f"This proxy does not pass on: {', '.join(unknown)[:200]}.")
    try:
        for message in content.get("messages") or []:
            for block in message["content"]:
                _check_block(block, _BLOCKS)
                for part in block.get("toolResult", {}).get("content", []):
                    _check_block(part, _RESULT_BLOCKS)
        for block in content.get("system") or []:
            _check_block(block, _BLOCKS)
        for tool in (content.get("toolConfig") or {}).get("tools") or []:
            _check_block(tool, _TOOLS)
    except (TypeError, KeyError, AttributeError) as error:
        raise refusals.invalid("messages, system or toolConfig are not as the Converse API describes them.") from error


def _check_block(block: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := sorted(block.keys() - known):
        raise refusals.invalid(f"This proxy passes on text alone, not: {', '.join(unknown)[:200]}.")


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(_keys(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_keys(item) for item in value))
    return set()
