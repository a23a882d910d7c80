"""Signed requests over aiohttp: connections, timeouts, retries."""

import asyncio
import random
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies, normalize_url_path
from yarl import URL

from faststream_sqs.exceptions import NetworkError, ServerError, ThrottledError, TransportError

from .clients import Credentials
from .errors import from_exception
from .signing import Signer, SigningKeys

_CONNECT_TIMEOUT = 5
_KEEPALIVE = 12
"""Seconds. An idle connection is closed by us before a server does it while a request is on its way."""

_LONGEST_BACKOFF = 20
_RETRIED = (ThrottledError, ServerError, NetworkError)


ReadError = Callable[[int, Mapping[str, str], bytes], TransportError]
"""The error for an answer's status, headers and body."""


class Endpoint:
    """A service as its clients know it: URL, region, proxy, modelled errors.

    Args:
        client: an aiobotocore client of the service.
    """

    def __init__(self, client: Any) -> None:
        meta = client.meta
        address = str(meta.endpoint_url)
        parts = urlsplit(address)
        self.path = normalize_url_path(parts.path)
        self.url = URL(address, encoded=True)
        self.host = _host(parts.scheme, parts.hostname or "", parts.port)
        self.keys = SigningKeys(meta.service_model.signing_name, meta.region_name)
        self.secure = parts.scheme == "https"
        proxies = meta.config.proxies if meta.config.proxies is not None else get_environ_proxies(address)
        self.proxy: str | None = proxies.get(parts.scheme)
        self.error_names = {shape.error_code: shape.name for shape in meta.service_model.error_shapes}

    def operation(self, headers: Mapping[str, str]) -> Signer:
        """A signer for requests with these headers."""
        return Signer(self.keys, path=self.path, headers={"Host": self.host, **headers})


class RetryQuota:
    """Keeps retries from multiplying the load of an outage, by the rules of botocore's standard mode.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """

    _TOTAL = 500
    _COST = 5
    _TIMEOUT_COST = 10

    def __init__(self) -> None:
        self._left = self._TOTAL

    def take(self, *, timed_out: bool) -> int:
        """Withdraws the cost of a retry and returns it; returns 0 when too little is left."""
        cost = self._TIMEOUT_COST if timed_out else self._COST
        if cost > self._left:
            return 0
        self._left -= cost
        return cost

    def give_back(self, cost: int) -> None:
        """Refunds the cost of the last retry (or 1 without a retry) after a success."""
        self._left = min(self._left + cost, self._TOTAL)


class Channel:
    """Connections to one endpoint for one purpose.

    Args:
        endpoint: where to.
        credentials: None: every request fails for want of them.
        attempts: how often a request is made at most.
        read_timeout: seconds without a byte of the answer.
        connections: connections at most.
        read_error: reads the service's errors.
        tls: for https.
        extra_headers: sent with every request, not signed.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials | None,
        *,
        attempts: int,
        read_timeout: float,
        connections: int,
        read_error: ReadError,
        tls: ssl.SSLContext | None,
        extra_headers: Mapping[str, str],
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._attempts = attempts
        self._read_error = read_error
        self._quota = RetryQuota()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEPALIVE, ssl=tls or True),
            timeout=aiohttp.ClientTimeout(sock_connect=_CONNECT_TIMEOUT, sock_read=read_timeout),
            headers={"Accept": "*/*", "Accept-Encoding": "identity", **extra_headers},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Closes all connections."""
        await self._session.close()

    async def post(self, operation: Signer, body: bytes) -> bytes:
        """The body of the answer to a signed request.

        Raises:
            TransportError: the request failed, as often as it was tried.
        """
        cost = 1
        for attempt in range(1, self._attempts + 1):
            try:
                content = await self._post_once(operation, body)
            except _RETRIED as error:
                if attempt == self._attempts:
                    raise
                cost = self._quota.take(timed_out=isinstance(error.__cause__, TimeoutError))
                if not cost:
                    raise
                # full jitter spreads those that failed together
                await asyncio.sleep(random.random() * min(2 ** (attempt - 1), _LONGEST_BACKOFF))  # noqa: S311
            else:
                self._quota.give_back(cost)
                return content
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _post_once(self, operation: Signer, body: bytes) -> bytes:
        # signed for every attempt: time passes, and credentials are refreshed meanwhile
        headers = operation.sign(body, await self._identity())
        endpoint = self._endpoint
        try:
            async with self._session.post(
                endpoint.url, data=body, headers=headers, proxy=endpoint.proxy, allow_redirects=False
            ) as answer:
                content = await answer.read()
                if answer.status < 300:
                    return content
                status, answer_headers = answer.status, answer.headers
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
        raise self._read_error(status, answer_headers, content)

    async def _identity(self) -> ReadOnlyCredentials:
        try:
            if self._credentials is not None:
                return await self._credentials.get_frozen_credentials()
        except Exception as error:
            raise from_exception(error) from error
        raise from_exception(NoCredentialsError())


def tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    """Verifies against a bundle of certificates, by default botocore's. Reads files."""
    return ssl.create_default_context(cafile=ca_bundle or get_cert_path(True))


def _host(scheme: str, name: str, port: int | None) -> str:
    host = f"[{name}]" if ":" in name else name
    standard = {"http": 80, "https": 443}
    return host if port is None or port == standard.get(scheme) else f"{host}:{port}"
