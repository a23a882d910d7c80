"""The broker."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from aiobotocore.session import AioSession
from fast_depends import Provider, dependency_provider
from faststream.message import gen_cor_id
from faststream.middlewares import AckPolicy
from faststream.response import PublishType
from faststream.specification.schema import BrokerSpec

from faststream_sqs._internal import (
    EMPTY,
    BrokerMiddleware,
    BrokerUsecase,
    CodecProto,
    ContextRepo,
    CustomCallable,
    FastDependsConfig,
    IdGenerator,
    LoggerProto,
    SendableMessage,
    UnderlyingDriverAnnotations,
)
from faststream_sqs.claim_check import ClaimCheck
from faststream_sqs.configs import Connection, SQSBrokerConfig
from faststream_sqs.exceptions import TransportError
from faststream_sqs.message import SQSMessage
from faststream_sqs.publisher import SQSProducer
from faststream_sqs.response import PublishResult, SQSPublishCommand
from faststream_sqs.schemas import Declare, Queue, S3ClaimCheck, SendBatch, Topic
from faststream_sqs.topology import Topology
from faststream_sqs.transport import Clients, ClientSettings, Transport
from faststream_sqs.transport.botocore import BotocoreTransport
from faststream_sqs.transport.fast import FastTransport

from .logging import make_sqs_logger_state
from .registrator import SQSRegistrator

if TYPE_CHECKING:
    from types import TracebackType

    from fast_depends.dependencies import Dependant
    from fast_depends.library.serializer import SerializerProto
    from faststream.security import BaseSecurity
    from faststream.specification.schema.extra import Tag, TagDict

_PING_SECONDS = 5.0
_TRANSPORTS: dict[str, Callable[[Clients], Awaitable[Transport]]] = {
    "botocore": BotocoreTransport.open,
    "fast": FastTransport.open,
}


class SQSBroker(SQSRegistrator, BrokerUsecase[Any, Connection, SQSBrokerConfig]):
    """A FastStream broker for SQS queues and SNS topics.

    Args:
        region: AWS region; None: from the environment.
        endpoint_url: another endpoint than AWS's, for instance an emulator.
        aws_access_key_id, aws_secret_access_key, aws_session_token: credentials; None: botocore's own search.
        session: an aiobotocore session to make clients from.
        account_id: lets topic names be turned into ARNs without asking SNS (`verify` and `off`).
        declare: `create` makes missing queues, topics and subscriptions and brings declared attributes in line;
            `verify` raises `TopologyMismatchError` when they differ; `off` takes them as they are.
        wait_time: seconds of a long poll (0–20).
        send: groups single publishes into batches.
        claim_check: keeps large bodies in S3.
        transport: how requests are made: `fast`, or `botocore` through an aiobotocore client (see the README).
        send_attempts: how often a request to send is made at most, when throttled or failing. 1 where the caller
            tries again anyway, as an outbox does.
        max_connections: for sends, deletes and visibility changes; polls have connections of their own.
        graceful_timeout: seconds that polls and handlers have to end at `stop`.
        decoder, parser, codec, dependencies, middlewares, routers, ack_policy: as in FastStream's own brokers.
        id_generator: makes correlation ids.
        specification_url, protocol, protocol_version, description, tags, security: for the AsyncAPI document.
        logger, log_level: the access log.
        apply_types, serializer, provider, context, underlying_driver_annotations: dependency injection.
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        session: AioSession | None = None,
        account_id: str | None = None,
        declare: Declare = "create",
        wait_time: int = 10,
        send: SendBatch | None = None,
        claim_check: S3ClaimCheck | None = None,
        transport: Literal["fast", "botocore"] = "fast",
        send_attempts: int = 3,
        max_connections: int = 50,
        graceful_timeout: float | None = 15.0,
        decoder: CustomCallable | None = None,
        parser: CustomCallable | None = None,
        codec: CodecProto | None = None,
        dependencies: Sequence["Dependant"] = (),
        middlewares: Sequence[BrokerMiddleware[Any, Any]] = (),
        routers: Iterable[SQSRegistrator] = (),
        ack_policy: AckPolicy = EMPTY,
        id_generator: IdGenerator = gen_cor_id,
        specification_url: str | None = None,
        protocol: str | None = None,
        protocol_version: str | None = None,
        description: str | None = None,
        tags: Iterable["Tag | TagDict"] = (),
        security: "BaseSecurity | None" = None,
        logger: LoggerProto | None = EMPTY,
        log_level: int = logging.INFO,
        apply_types: bool = True,
        serializer: "SerializerProto | None" = EMPTY,
        provider: Provider | None = None,
        context: ContextRepo | None = None,
        underlying_driver_annotations: UnderlyingDriverAnnotations | None = None,
    ) -> None:
        self._client_settings = ClientSettings(
            region=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
            session=session,
            send_attempts=send_attempts,
            max_connections=max_connections,
        )
        self._account_id = account_id
        self._make_transport = _TRANSPORTS[transport]
        super().__init__(
            routers=routers,
            config=SQSBrokerConfig(
                declare=declare,
                claim_check=claim_check,
                wait_time=wait_time,
                producer=SQSProducer(parser, decoder, send=send, id_generator=id_generator),
                broker_middlewares=middlewares,
                broker_parser=parser,
                broker_decoder=decoder,
                broker_codec=codec,
                logger=make_sqs_logger_state(logger=logger, log_level=log_level),
                fd_config=FastDependsConfig(
                    use_fastdepends=apply_types,
                    serializer=serializer,
                    provider=provider or dependency_provider,
                    context=context or ContextRepo(),
                ),
                broker_dependencies=dependencies,
                graceful_timeout=graceful_timeout,
                ack_policy=ack_policy,
                id_generator=id_generator,
                extra_context={"broker": self},
                underlying_driver_annotations=underlying_driver_annotations or {},
            ),
            specification=BrokerSpec(
                description=description,
                url=[specification_url or endpoint_url or _aws_endpoint(region)],
                protocol=protocol or "sqs",
                protocol_version=protocol_version or "custom",
                tags=tags,
                security=security,
            ),
        )

    async def _connect(self) -> Connection:
        config = self.config.broker_config
        clients = Clients(self._client_settings)
        await clients.open()
        connection = Connection(
            clients=clients,
            transport=await self._make_transport(clients),
            topology=Topology(
                clients,
                declare=config.declare,
                log=self._log_topology,
                account_id=self._account_id,
                region=self._client_settings.region,
            ),
            claim_check=ClaimCheck(clients, config.claim_check),
        )
        config.current_connection = connection
        if isinstance(config.producer, SQSProducer):
            config.producer.connect(connection, serializer=config.fd_config._serializer, codec=config.broker_codec)
        return connection

    async def start(self) -> None:
        """Connects, declares and starts every subscriber and publisher."""
        await self.connect()
        await super().start()

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: "TracebackType | None" = None,
    ) -> None:
        """Stops the subscribers (see `SQSSubscriber.stop`), sends what waits for company, closes the clients."""
        await super().stop(exc_type, exc_val, exc_tb)
        config = self.config.broker_config
        connection, self._connection = self._connection, None
        config.current_connection = None
        if connection is None:
            return
        if isinstance(config.producer, SQSProducer):
            await config.producer.disconnect()
        await connection.close()

    async def ping(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - FastStream's name
        """Returns whether SQS answers within `timeout` seconds (5 by default)."""
        if self._connection is None:
            return False
        try:
            async with asyncio.timeout(timeout or _PING_SECONDS):
                await self._connection.topology.probe()
        except (TransportError, TimeoutError):
            return False
        return True

    async def publish(
        self,
        message: SendableMessage = None,
        queue: str | Queue | None = None,
        *,
        topic: str | Topic | None = None,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        reply_to: str = "",
        group_id: str | None = None,
        deduplication_id: str | None = None,
        delay: int | None = None,
        subject: str | None = None,
    ) -> str | None:
        """Sends a message.

        Args:
            message: the body. Text and bytes are sent as they are, anything else as JSON.
            queue: the queue to send to; or
            topic: the topic to publish to.
            headers: become message attributes.
            correlation_id: by default a new one.
            reply_to: the queue for the answer.
            group_id: message group (required by FIFO; fair queues otherwise).
            deduplication_id: FIFO: equal ids within five minutes are one message.
            delay: seconds until it is visible (standard queues, at most 900).
            subject: SNS subject.

        Returns:
            The id that SQS or SNS gave it.

        Raises:
            TransportError: it was not accepted.
            SetupError: both or neither of `queue` and `topic` are given.
        """
        cmd = SQSPublishCommand(
            message,
            queue=_name(queue),
            topic=_name(topic),
            headers=headers,
            correlation_id=correlation_id or self.config.id_generator(),
            reply_to=reply_to,
            group_id=group_id,
            deduplication_id=deduplication_id,
            delay=delay,
            subject=subject,
            _publish_type=PublishType.PUBLISH,
        )
        result: str | None = await self._basic_publish(cmd, producer=self.config.producer)
        return result

    async def publish_batch(
        self,
        *messages: SendableMessage,
        queue: str | Queue | None = None,
        topic: str | Topic | None = None,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        reply_to: str = "",
        group_id: str | None = None,
        raise_on_failure: bool = True,
    ) -> list[PublishResult]:
        """Sends messages in requests of up to ten (and up to the size limit), several requests concurrently.

        Args:
            messages: bodies, or `SQSPublishItem`s with attributes of their own.
            queue: the queue to send to; or
            topic: the topic to publish to.
            headers: message attributes of all.
            correlation_id: of all messages without their own; by default a new one.
            reply_to: the queue for the answers.
            group_id: message group of all without their own. FIFO messages are sent in order, and none after one
                that failed.
            raise_on_failure: False: failures are only in the results.

        Returns:
            One result per message, in order.

        Raises:
            PublishBatchError: some were not accepted; its `results` name them.
        """
        cmd = SQSPublishCommand(
            *messages,
            queue=_name(queue),
            topic=_name(topic),
            headers=headers,
            correlation_id=correlation_id or self.config.id_generator(),
            reply_to=reply_to,
            group_id=group_id,
            raise_on_failure=raise_on_failure,
            _publish_type=PublishType.PUBLISH,
        )
        results: list[PublishResult] = await self._basic_publish_batch(cmd, producer=self.config.producer)
        return results

    async def request(  # type: ignore[override]
        self,
        message: SendableMessage = None,
        queue: str | Queue | None = None,
        *,
        topic: str | Topic | None = None,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        group_id: str | None = None,
        timeout: float | None = 30.0,  # noqa: ASYNC109 - FastStream's name
    ) -> SQSMessage:
        """Sends a message and waits for the answer, on a temporary queue of this broker.

        Args:
            message, queue, topic, headers, correlation_id, group_id: as in `publish`.
            timeout: seconds to wait; None: for ever.

        Raises:
            TimeoutError: no answer came in time.
        """
        cmd = SQSPublishCommand(
            message,
            queue=_name(queue),
            topic=_name(topic),
            headers=headers,
            correlation_id=correlation_id or self.config.id_generator(),
            group_id=group_id,
            timeout=timeout,
            _publish_type=PublishType.REQUEST,
        )
        answer: SQSMessage = await self._basic_request(cmd, producer=self.config.producer)
        return answer

    def _log_topology(self, text: str) -> None:
        self.config.logger.log(text, logging.INFO, extra={"queue": "", "message_id": ""})


def _name(destination: str | Queue | Topic | None) -> str | None:
    return destination if isinstance(destination, str) or destination is None else destination.name


def _aws_endpoint(region: str | None) -> str:
    return f"https://sqs.{region}.amazonaws.com" if region else "https://sqs.amazonaws.com"
