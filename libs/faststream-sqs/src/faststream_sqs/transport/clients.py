"""The AWS clients of one broker, opened together and closed together."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import aiobotocore
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentials, AioRefreshableCredentials
from aiobotocore.session import AioSession
from botocore.loaders import create_loader

from faststream_sqs.exceptions import SQSBrokerError

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sqs import SQSClient

Credentials: TypeAlias = AioCredentials | AioRefreshableCredentials

# building the header from its parts costs more than the rest of a small request's preparation
USER_AGENT = f"faststream-sqs aiobotocore/{aiobotocore.__version__}"

# parsing the service models takes 0.1 s; every session may share the result
_LOADER: "Loader" = create_loader()


@dataclass(slots=True)
class ClientSettings:
    """The location of AWS, and the credentials. botocore reads None values from the environment as usual."""

    region: str | None = None
    endpoint_url: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None
    aws_session_token: str | None = None
    session: AioSession | None = None
    max_connections: int = 50
    send_attempts: int = 3
    longest_wait: int = 20
    read_timeout: float = 15

    def arguments(self) -> dict[str, Any]:
        """The arguments for `create_client`."""
        given = {
            "region_name": self.region,
            "endpoint_url": self.endpoint_url,
            "aws_access_key_id": self.aws_access_key_id,
            "aws_secret_access_key": self.aws_secret_access_key,
            "aws_session_token": self.aws_session_token,
        }
        return {name: value for name, value in given.items() if value is not None}


class Clients:
    """SQS three times, SNS and S3 on demand.

    Long polls would use up the connections that others need, so they have a client of their own. Pollers and
    acknowledgements have retries of their own; a second layer would multiply the load of an outage.
    """

    sqs: "SQSClient"
    polling: "SQSClient"
    settling: "SQSClient"

    def __init__(self, settings: ClientSettings) -> None:
        self.settings = settings
        self._session = settings.session or _new_session()
        self._stack = AsyncExitStack()
        self._lazy: dict[str, Any] = {}
        self._opening = asyncio.Lock()
        self._open = False
        self.credentials: Credentials | None = None

    async def open(self) -> None:
        """Creates the SQS clients. No request is made yet."""
        self.sqs = await self._create(
            "sqs", self._config(attempts=self.settings.send_attempts, read_timeout=self.settings.read_timeout)
        )
        self.settling = await self._create("sqs", self._config(attempts=1, read_timeout=self.settings.read_timeout))
        self.polling = await self._create(
            "sqs", self._config(attempts=1, read_timeout=self.settings.longest_wait + 10, connections=512)
        )
        self.credentials = await self._find_credentials()
        self._open = True

    @property
    def ca_bundle(self) -> str | None:
        """The file of certificates to trust; None: botocore's own."""
        path: str | None = self._session.get_config_variable("ca_bundle")
        return path

    async def sns(self) -> "SNSClient":
        """The SNS client."""
        client: SNSClient = await self._on_demand("sns")
        return client

    async def s3(self) -> "S3Client":
        """The S3 client."""
        client: S3Client = await self._on_demand("s3")
        return client

    async def close(self) -> None:
        """Closes every client and its connections."""
        self._open = False
        self._lazy.clear()
        await self._stack.aclose()

    async def _find_credentials(self) -> Credentials | None:
        """The credentials that the clients sign with; those that expire refresh themselves."""
        settings = self.settings
        if settings.aws_access_key_id and settings.aws_secret_access_key:
            return AioCredentials(
                settings.aws_access_key_id, settings.aws_secret_access_key, settings.aws_session_token
            )
        found: Credentials | None = await self._session.get_credentials()
        return found

    async def _on_demand(self, service: str) -> Any:
        if (client := self._lazy.get(service)) is not None:
            return client
        async with self._opening:
            if not self._open:
                raise SQSBrokerError("The broker is not connected")
            if service not in self._lazy:
                self._lazy[service] = await self._create(
                    service, self._config(attempts=self.settings.send_attempts, read_timeout=self.settings.read_timeout)
                )
            return self._lazy[service]

    async def _create(self, service: str, config: AioConfig) -> Any:
        # the stubs list one overload per service; the service is a variable here
        create: Any = self._session.create_client
        return await self._stack.enter_async_context(create(service, config=config, **self.settings.arguments()))

    def _config(self, *, attempts: int, read_timeout: float, connections: int | None = None) -> AioConfig:
        return AioConfig(
            parameter_validation=False,
            user_agent=USER_AGENT,
            connect_timeout=5,
            read_timeout=read_timeout,
            max_pool_connections=connections or self.settings.max_connections,
            retries={"mode": "standard", "total_max_attempts": attempts},
            tcp_keepalive=True,
        )


def _new_session() -> AioSession:
    session = AioSession()
    session.register_component("data_loader", _LOADER)
    return session
