"""Calls to the services behind the gateway: one connection pool, a deadline on each call, a budget for retries."""

import asyncio
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiohttp
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from yarl import URL

from smartstack_chassis.core import deadline
from smartstack_chassis.core.errors import Unavailable
from smartstack_chassis.telemetry.baggage import PROPAGATOR
from smartstack_chassis.telemetry.setup import ERRORS_ARE_OURS, is_recording, tracer
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.values import UpstreamName

_WORD = re.compile(r"|v1|[a-z]+(-[a-z]+)*(\.json)?")
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
PER_UPSTREAM = 100
# Below the 5 s after which the services close an idle connection: a request must not meet a closing one.
KEEPALIVE_SECONDS = 3.0
RETRY_SHARE = 0.1
RETRIES_SAVED = 10.0
RETRY_WITHIN_SECONDS = 0.1


class UpstreamTimeout(Unavailable):
    """A service did not answer in time; whether it did what was asked is not known."""

    status = 504
    title = "No answer in time"


class RetryBudget:
    """Lets retries add at most a tenth to the requests that there are anyway."""

    def __init__(self) -> None:
        self._saved = 0.0

    def earn(self) -> None:
        """Count a request."""
        self._saved = min(RETRIES_SAVED, self._saved + RETRY_SHARE)

    def spend(self) -> bool:
        """Return whether one retry is affordable, and pay for it."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an upstream. `target` is the encoded path with its query."""

    upstream: UpstreamName
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None

    @property
    def is_repeatable(self) -> bool:
        """Return whether a repetition is safe: by the method, or because an Idempotency-Key identifies the request."""
        return self.method in IDEMPOTENT or "Idempotency-Key" in self.headers


class UpstreamClient:
    """The services behind the gateway, over HTTP."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._urls = {name: url.rstrip("/") for name, url in settings.upstreams.items()}
        self._seconds = settings.upstream_seconds
        self._budget = RetryBudget()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=PER_UPSTREAM, keepalive_timeout=KEEPALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.upstream_seconds),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    @property
    def names(self) -> tuple[UpstreamName, ...]:
        """Return the names of all upstreams."""
        return tuple(self._urls)

    async def send(self, call: Call) -> aiohttp.ClientResponse:
        """Return the answer with its body still to be read; the caller sets the deadline.

        Raises aiohttp's errors. A call that failed for a missing or lost connection is retried once when a
        repetition is safe.
        """
        self._budget.earn()
        try:
            return await self._attempt(call, resent=0)
        except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            if not call.is_repeatable or not self._budget.spend():
                raise
        await asyncio.sleep(random.uniform(0, RETRY_WITHIN_SECONDS))  # noqa: S311 - jitter, no secret
        return await self._attempt(call, resent=1)

    async def json(
        self, upstream: UpstreamName, target: str, *, authorization: str = "", seconds: float | None = None
    ) -> Any:
        """Return the decoded answer to `GET target`, or None for a 404.

        Raises UpstreamTimeout or Unavailable when there is no good answer within `seconds`.
        """
        headers = {"Authorization": authorization} if authorization else {}
        call = Call(upstream, "GET", target, headers)
        try:
            async with deadline.within(seconds or self._seconds), await self.send(call) as answer:
                if answer.status == 404:
                    return None
                answer.raise_for_status()
                return await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise upstream_error(upstream, error) from error

    async def _attempt(self, call: Call, *, resent: int) -> aiohttp.ClientResponse:
        url = URL(self._urls[call.upstream] + call.target, encoded=True)
        with _client_span(call, url, resent) as span:
            headers = dict(call.headers) | deadline.sent()
            PROPAGATOR.inject(headers)
            answer = await self._session.request(
                call.method, url, headers=headers, data=call.body, allow_redirects=False
            )
            span.set_attribute("http.response.status_code", answer.status)
            # An upstream's refusal is passed on as its answer; this call did not fail.
            if answer.status >= 500:
                span.set_attribute(ERROR_TYPE, str(answer.status))
                span.set_status(trace.StatusCode.ERROR)
            return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


@contextmanager
def _client_span(call: Call, url: URL, resent: int) -> Iterator[trace.Span]:
    """Wrap a call until its answer begins: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client."""
    if not is_recording():
        yield trace.INVALID_SPAN
        return
    template = path_template(url.raw_path)
    attributes: dict[str, str | int] = {
        "http.request.method": call.method,
        "server.address": url.host or "",
        "server.port": url.port or 80,
        # Without the query: it holds what people search for.
        "url.full": str(url.with_query(None)),
        "url.template": template,
        "service.peer.name": call.upstream,
    }
    if resent:
        attributes["http.request.resend_count"] = resent
    with tracer.start_as_current_span(
        f"{call.method} {template}", kind=trace.SpanKind.CLIENT, attributes=attributes, **ERRORS_ARE_OURS
    ) as span:
        try:
            yield span
        except (Exception, asyncio.CancelledError) as error:
            # The caller's deadline cancels what is still under way.
            late = isinstance(error, asyncio.CancelledError | TimeoutError)
            span.set_attribute(ERROR_TYPE, "timeout" if late else type(error).__qualname__)
            span.set_status(trace.StatusCode.ERROR)
            raise


@lru_cache(maxsize=4096)
def path_template(path: str) -> str:
    """Return a path with `{id}` for each segment that is not a word of the API, as traces name it."""
    return "/".join(part if _WORD.fullmatch(part) else "{id}" for part in path.split("/"))


def upstream_error(upstream: UpstreamName, error: Exception) -> Unavailable:
    """Return what a failed call means to the caller."""
    if isinstance(error, TimeoutError):
        return UpstreamTimeout(
            f"{upstream}_timeout", f"The {upstream} service did not answer in time; try again in a moment."
        )
    return Unavailable(
        f"{upstream}_unavailable", f"The {upstream} service is not available now; try again in a moment."
    )
