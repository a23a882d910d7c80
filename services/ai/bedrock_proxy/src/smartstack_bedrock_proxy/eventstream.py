"""Bedrock's streamed answers: Amazon's event stream encoding, watched as it passes and, where needed, written.

https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html
A message is: total length, headers length, CRC of both; headers (name, type 7 = string, value); payload; CRC of all.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from botocore.eventstream import EventStreamBuffer, EventStreamMessage, ParserError

from smartstack_bedrock_proxy.usage import Usage

CONTENT_TYPE = "application/vnd.amazon.eventstream"


def encode(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return one message whose headers are all strings."""
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack("!I", zlib.crc32(message))


def event(kind: str, content: Mapping[str, Any]) -> bytes:
    """Return an event such as `contentBlockDelta`."""
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return encode(headers, json.dumps(content).encode())


def exception(kind: str, message: str) -> bytes:
    """Return an exception such as `modelStreamErrorException`, which ends a stream."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return encode(headers, json.dumps({"message": message}).encode())


def _header(name: str, value: str) -> bytes:
    raw = value.encode()
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(raw)) + raw


class Watcher:
    """Reads a copy of a stream on its way through: the answer, why it stopped, what it used, what went wrong."""

    def __init__(self) -> None:
        self.blocks: dict[int, dict[str, str]] = {}
        self.stop_reason: str | None = None
        self.usage: Usage | None = None
        self.error: str | None = None
        self._buffer: EventStreamBuffer | None = EventStreamBuffer()

    def see(self, chunk: bytes) -> None:
        """Take in the next bytes. What cannot be read ends the watching, and nothing else."""
        if self._buffer is None:
            return
        try:
            self._buffer.add_data(chunk)
            for message in self._buffer:
                self._take(message)
        except (ParserError, ValueError, KeyError, TypeError, AttributeError):
            self._buffer = None

    @property
    def answer(self) -> list[dict[str, str]]:
        """Return the blocks of the answer in their order: `text`, `tool` and `input`, `reasoning`."""
        return [self.blocks[index] for index in sorted(self.blocks)]

    def _take(self, message: EventStreamMessage) -> None:
        headers: Mapping[str, object] = message.headers  # type: ignore[assignment]  # not the number its stub says
        if ":exception-type" in headers:
            self.error = str(headers[":exception-type"])
            return
        content = json.loads(message.payload)
        kind = headers.get(":event-type")
        if kind == "metadata":
            self.usage = Usage.of(content["usage"])
        elif kind == "messageStop":
            self.stop_reason = str(content["stopReason"])
        elif kind in {"contentBlockStart", "contentBlockDelta"}:
            self._add(int(content["contentBlockIndex"]), content.get("start") or content.get("delta") or {})

    def _add(self, index: int, part: Mapping[str, Any]) -> None:
        block = self.blocks.setdefault(index, {})
        tool = part.get("toolUse", {})
        if "name" in tool:
            block["tool"] = tool["name"]
        added = {
            "text": part.get("text"),
            "input": tool.get("input"),
            "reasoning": (part.get("reasoningContent") or {}).get("text"),
        }
        for name, text in added.items():
            if text:
                block[name] = block.get(name, "") + text
