"""OTLP over HTTP: POST /v1/traces and /v1/metrics, as protobuf or JSON, plain or gzip.

Source of the protocol: OpenTelemetry, OTLP specification 1.x, section OTLP/HTTP; in JSON, ids are hex and not base64,
unlike what protobuf's own JSON mapping says. Nothing that is sent here can cost more than the bounds below: the size of
a body and of what it unpacks to, how many are read concurrently, and how many wait to be written.
"""

import base64
import binascii
import hmac
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToJson, ParseDict, ParseError
from google.protobuf.message import DecodeError, Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from smartstack_chassis.http.middleware import ASGIApp, Receive, Scope, Send
from smartstack_chassis.telemetry.setup import TOKEN_HEADER
from smartstack_ops.store import Busy
from smartstack_ops.telemetry.metrics import Metrics
from smartstack_ops.telemetry.traces import Traces

PROTOBUF, JSON = "application/x-protobuf", "application/json"
BODY_BYTES = 4 * 2**20
UNPACKED_BYTES = 16 * 2**20
# Python's objects take many times the room of the JSON that they were read from.
JSON_BYTES = 2 * 2**20
AT_ONCE = 4
RETRY_AFTER_SECONDS = 1
_DEPTH = 60
_IDS = frozenset({"traceId", "spanId", "parentSpanId"})


class Refused(Exception):  # noqa: N818 - an answer
    """An export that is not taken."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Signal:
    """One kind of export: its messages, and who keeps what is in them and says how many it refused."""

    request: type[Message]
    respond: Callable[[int], Message]
    keep: Callable[[Any], Awaitable[int]]


class Receiver:
    """ASGI: takes exports, passes everything else on to `app`."""

    def __init__(self, app: ASGIApp, traces: Traces, metrics: Metrics, token: str | None = None) -> None:
        self._app = app
        self._token = token
        self._reading = 0
        self._signals = {
            "/v1/traces": _Signal(ExportTraceServiceRequest, _spans_answer, traces.add),
            "/v1/metrics": _Signal(ExportMetricsServiceRequest, _points_answer, metrics.add),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        signal = self._signals.get(scope["path"]) if scope["type"] == "http" else None
        if signal is None:
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
        try:
            answer = await self._take(signal, scope["method"], kind, headers, receive)
            await _answer(send, 200, kind, answer)
        except Refused as refused:
            await _answer(send, refused.status, kind, Status(message=str(refused)))

    async def _take(
        self, signal: _Signal, method: str, kind: str, headers: dict[bytes, str], receive: Receive
    ) -> Message:
        sent = headers.get(TOKEN_HEADER.encode(), "")
        if self._token is not None and not hmac.compare_digest(sent.encode(), self._token.encode()):
            raise Refused(401, "send the secret of this stack")
        if method != "POST":
            raise Refused(405, "POST an export")
        if kind not in (PROTOBUF, JSON):
            raise Refused(415, f"send {PROTOBUF} or {JSON}")
        if self._reading >= AT_ONCE:
            raise Refused(429, "too many concurrent exports; retry later")
        self._reading += 1
        try:
            body = unpacked(await _read(receive), headers.get(b"content-encoding", ""))
            request = parsed(signal.request, body, kind)
            del body
            return signal.respond(await signal.keep(request))
        except Busy as busy:
            raise Refused(429, "too many exports are waiting to be written") from busy
        finally:
            self._reading -= 1


async def _read(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the export broke off")
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES:
            raise Refused(413, f"an export may have at most {BODY_BYTES} bytes")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return the body without its content encoding. Raises Refused for an unknown one, a broken one and a bomb."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Refused(415, "send it plain or as gzip")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        whole = unpacker.decompress(body, UNPACKED_BYTES)
    except zlib.error as error:
        raise Refused(400, "this is not gzip") from error
    if unpacker.unconsumed_tail:
        raise Refused(413, f"an export may unpack to at most {UNPACKED_BYTES} bytes")
    if not unpacker.eof:
        raise Refused(400, "the gzip broke off")
    return whole


def parsed(kind: type[Message], body: bytes, content_type: str) -> Message:
    """Return the message in a body. Raises Refused when there is none."""
    try:
        return kind.FromString(body) if content_type == PROTOBUF else _from_json(kind, body)
    except (DecodeError, ParseError, ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise Refused(400, f"this is not an OTLP export: {type(error).__name__}") from error


def _from_json(kind: type[Message], body: bytes) -> Message:
    if len(body) > JSON_BYTES:
        raise Refused(413, f"an export in JSON may have at most {JSON_BYTES} bytes")
    content = json.loads(body)
    if not isinstance(content, dict):
        raise TypeError("no object")
    return ParseDict(_with_ids(content, _DEPTH), kind(), ignore_unknown_fields=True)


def _with_ids(node: Any, depth: int) -> Any:
    """Return the JSON with its ids in base64, as protobuf's mapping wants them."""
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(node, dict):
        return {
            name: base64.b64encode(bytes.fromhex(value)).decode()
            if name in _IDS and isinstance(value, str)
            else _with_ids(value, depth - 1)
            for name, value in node.items()
        }
    return [_with_ids(each, depth - 1) for each in node] if isinstance(node, list) else node


def _spans_answer(refused: int) -> Message:
    answer = ExportTraceServiceResponse()
    if refused:
        answer.partial_success.rejected_spans = refused
        answer.partial_success.error_message = "malformed, of another workspace than their trace, or too many in it"
    return answer


def _points_answer(refused: int) -> Message:
    answer = ExportMetricsServiceResponse()
    if refused:
        answer.partial_success.rejected_data_points = refused
        answer.partial_success.error_message = "malformed, of an unknown kind, or of too many series"
    return answer


async def _answer(send: Send, status: int, kind: str, message: Message) -> None:
    as_json = kind == JSON
    body = MessageToJson(message).encode() if as_json else message.SerializeToString()
    headers = [(b"content-type", (JSON if as_json else PROTOBUF).encode()), (b"content-length", b"%d" % len(body))]
    if status == 429:
        headers.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
