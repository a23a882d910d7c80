"""HTTP/1.1 on a connection, with a bound on everything that arrives before an application sees the request.

uvicorn bounds neither the head of a request nor the time that it takes, nor how many connections there are. What is
over a bound is answered as problem+json where that is possible, and the connection ends. Status codes: RFC 9110 (408,
414, 503) and RFC 6585 (431).
"""

import asyncio
import json
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from smartstack_chassis.core.connections import ConnectionLimits

MEDIA_TYPE = b"application/problem+json"
_SLICE = 16 * 1024
_PIPELINED = 16
# A connection with unread data that is closed loses its last answer: what still arrives is read and discarded so long.
_LINGER_SECONDS = 1.0
_RETRY_AFTER_SECONDS = 2

_REFUSALS = {
    400: ("Bad request", "bad_request", "This is not a valid HTTP/1.1 request."),
    408: ("Request timeout", "request_timeout", "The head of the request did not arrive in time; send it again."),
    414: ("Target too long", "target_too_long", "Shorten the path and the query."),
    431: ("Header fields too large", "headers_too_large", "Send fewer and shorter header fields."),
    503: ("Not available now", "too_many_connections", "Too many connections are open; try again in a moment."),
}


def bounded_protocol(limits: ConnectionLimits) -> type[HttpToolsProtocol]:
    """Return the protocol class for a server whose connections keep to `limits`."""
    return type("BoundedProtocol", (BoundedProtocol,), {"limits": limits})


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Between requests uvicorn's keep-alive timeout applies, within a head ours does."""

    limits = ConnectionLimits()

    def __init__(self, config: uvicorn.Config, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._in_head = True
        self._head_begun = False
        self._head_bytes = 0
        self._counted_anew = False
        self._refused: int | None = None
        self._over = False
        self._address = ""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection; cut it off when there are far too many."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.limits.open += 1
        self.limits.by_address[self._address] += 1
        self._over = self.limits.is_over(self._address)
        if self.limits.is_far_over(self._address):
            transport.abort()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        self._end_deadline()
        self._unset_keepalive_if_required()
        self.limits.open -= 1
        self.limits.by_address[self._address] -= 1
        if not self.limits.by_address[self._address]:
            del self.limits.by_address[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, in slices: a head is never held beyond its bound and one slice."""
        self._unset_keepalive_if_required()
        if self._deadline is None and (self._in_head or not self._is_answering()):
            self._await_head()
        for start in range(0, len(data), _SLICE):
            if self._refused is not None or self.transport.is_closing():
                return
            self._feed(data[start : start + _SLICE])

    def eof_received(self) -> None:
        """End a connection that was only kept to read the rest of a refused request."""
        if self._refused is not None:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to count a head."""
        super().on_message_begin()
        self._head_begun = True
        self._head_bytes, self._counted_anew = 0, True

    def on_url(self, url: bytes) -> None:
        """Bound the request target."""
        super().on_url(url)
        if len(self.url) > self.limits.target_bytes:
            self._stop(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Bound the number of fields."""
        super().on_header(name, value)
        if len(self.headers) > self.limits.fields:
            self._stop(431)

    def on_headers_complete(self) -> None:
        """Start the request, when its head is within bounds and there is room for its connection."""
        self._in_head = self._head_begun = False
        self._end_deadline()
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.limits.head_bytes:
            self._stop(431)
        if self._over:
            self._stop(503)
        if len(self.pipeline) >= _PIPELINED:
            self._stop(400)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the next head."""
        super().on_message_complete()
        self._in_head = True
        self._head_bytes, self._counted_anew = 0, True

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _feed(self, data: bytes) -> None:
        self._counted_anew = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # No protocol is offered to upgrade to: the request was answered as the plain one that it is too.
            return
        except httptools.HttpParserError:
            self._refuse(self._refused or 400)
            return
        if self._in_head and not self._counted_anew:
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.head_bytes:
                self._refuse(431)

    def _stop(self, status: int) -> None:
        """Leave the parser from within one of its callbacks; `_feed` then refuses with this status."""
        self._refused = status
        raise ValueError(status)

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(self.limits.head_seconds, self._head_is_late)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _head_is_late(self) -> None:
        self._deadline = None
        if self._is_answering():
            self._await_head()
        elif self._head_begun:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Answer, unless an earlier answer on this connection is still under way, and end the connection."""
        self._refused = status
        self._end_deadline()
        if self.transport.is_closing():
            return
        if self._is_answering():
            self.transport.abort()
            return
        self.transport.write(_answer(status))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._deadline = self.loop.call_later(_LINGER_SECONDS, self.transport.abort)


def _answer(status: int) -> bytes:
    title, code, detail = _REFUSALS[status]
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code})
    headers = [b"content-type: " + MEDIA_TYPE, b"content-length: %d" % len(body), b"cache-control: no-store"]
    if status == 503:
        headers.append(b"retry-after: %d" % _RETRY_AFTER_SECONDS)
    return STATUS_LINE[status] + b"\r\n".join([*headers, b"connection: close", b"", body.encode()])
