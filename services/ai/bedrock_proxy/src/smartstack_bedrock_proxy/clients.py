"""AWS clients, made at first use and kept for as long as their event loop lives.

Under the Lambda Web Adapter nobody promises an ASGI lifespan, so nothing here needs to be started or stopped.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, Literal
from weakref import WeakKeyDictionary

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

Name = Literal["dynamodb", "s3", "ssm"]
CONNECT_SECONDS = 2.0
# One attempt: an update that is sent twice is counted twice. Who called tries again.
_CONFIG = AioConfig(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=5,
    retries={"total_max_attempts": 1, "mode": "standard"},
    max_pool_connections=100,
)


class _Loop:
    def __init__(self) -> None:
        self.stack = AsyncExitStack()
        self.lock = asyncio.Lock()
        self.clients: dict[str, Any] = {}
        self.http: aiohttp.ClientSession | None = None


class Clients:
    """Gives each event loop its own clients, all with the credentials of this process's role."""

    def __init__(self, session: AioSession, region: str, endpoint_url: str | None) -> None:
        self._session = session
        self._region = region
        self._endpoint_url = endpoint_url
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()

    async def get(self, name: Name) -> Any:
        """Return the client of an AWS service."""
        loop = self._of_this_loop()
        async with loop.lock:
            if name not in loop.clients:
                making = self._session.create_client(
                    name, region_name=self._region, endpoint_url=self._endpoint_url, config=_CONFIG
                )
                loop.clients[name] = await loop.stack.enter_async_context(making)
        return loop.clients[name]

    def http(self) -> aiohttp.ClientSession:
        """Return the HTTP client for what must pass byte by byte; call it inside a running loop."""
        loop = self._of_this_loop()
        if loop.http is None:
            timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS)
            connector = aiohttp.TCPConnector(limit=0)
            loop.http = aiohttp.ClientSession(timeout=timeout, connector=connector, auto_decompress=False)
        return loop.http

    async def credentials(self) -> Any:
        """Return the role's credentials of this moment, frozen; None when the process has none."""
        found = await self._session.get_credentials()
        return None if found is None else await found.get_frozen_credentials()

    async def close(self) -> None:
        """Close what this loop opened."""
        loop = self._loops.pop(asyncio.get_running_loop(), None)
        if loop is not None:
            if loop.http is not None:
                await loop.http.close()
            await loop.stack.aclose()

    def _of_this_loop(self) -> _Loop:
        return self._loops.setdefault(asyncio.get_running_loop(), _Loop())
