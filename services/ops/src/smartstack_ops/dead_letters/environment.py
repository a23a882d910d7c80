"""The environment of the queues and the audit: the local stack or the cloud."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

AUDIT = "audit"
# A receive may wait a second for messages; two attempts are enough for a person who waits.
_CALLS = AioConfig(
    connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 2, "mode": "standard"}, max_pool_connections=16
)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An environment's queues and bucket. What is None comes from AWS's usual variables and files.

    `patience` is how long, in seconds, a receive waits for messages: in the cloud they lie on many servers, and only a
    waiting receive asks all of them.
    """

    prefix: str
    patience: int
    region: str | None = None
    endpoint_url: str | None = None
    access_key: str | None = None
    secret: str | None = None

    def queue(self, name: str) -> str:
        """Return the full name of a queue of the topology."""
        return f"{self.prefix}-{name}"

    def audit_bucket(self, account: str) -> str:
        """Return the full name of the audit's bucket; in the cloud bucket names are shared by the whole world."""
        return f"{self.prefix}-{AUDIT}" if self.is_local else f"{self.prefix}-{account}-{AUDIT}"

    @property
    def is_local(self) -> bool:
        """Return whether this is the local stack."""
        return self.patience == 0


@cache
def _session() -> Any:
    """One for all clients: it keeps the descriptions of services that it has read."""
    return get_session()


class Aws:
    """Clients of one environment, each made at its first use: the description of S3 alone takes megabytes."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._stack = AsyncExitStack()
        self._clients: dict[str, Any] = {}

    async def client(self, service: str) -> Any:
        """Return the client of `sqs` or `s3`."""
        if service not in self._clients:
            environment = self._environment
            created = _session().create_client(
                service,
                region_name=environment.region,
                endpoint_url=environment.endpoint_url,
                aws_access_key_id=environment.access_key,
                aws_secret_access_key=environment.secret,
                config=_CALLS,
            )
            self._clients[service] = await self._stack.enter_async_context(created)
        return self._clients[service]

    async def close(self) -> None:
        """Close all connections."""
        await self._stack.aclose()
