"""A publisher: a destination with defaults, as a decorator or called by hand."""

from collections.abc import Iterable
from typing import Any

from faststream.response import PublishCommand, PublishType

from faststream_sqs._internal import (
    PublisherMiddleware,
    PublisherSpecification,
    PublisherUsecase,
    SendableMessage,
)
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.message import SQSMessage
from faststream_sqs.response import PublishResult, SQSPublishCommand
from faststream_sqs.schemas import Queue, Topic

from .config import SQSPublisherConfig


class SQSPublisher(PublisherUsecase):
    """Sends to one queue or topic."""

    _outer_config: SQSBrokerConfig

    def __init__(self, config: SQSPublisherConfig, specification: PublisherSpecification[Any, Any]) -> None:
        super().__init__(config, specification)
        self._destination = config.destination
        self.headers = config.headers or {}
        self.reply_to = config.reply_to
        self.group_id = config.group_id
        self.batch = config.batch

    @property
    def destination(self) -> Queue | Topic:
        """The queue or topic under its full name."""
        return self._destination.add_prefix(self._outer_config.prefix)

    async def start(self) -> None:
        """Declares the destination."""
        await super().start()
        connection = self._outer_config.connection
        if connection.offline:
            return
        destination = self.destination
        if isinstance(destination, Topic):
            await connection.topology.topic_arn(destination)
        elif destination.declared_attributes():
            await connection.topology.ensure_queue(destination)

    async def publish(
        self,
        message: SendableMessage = None,
        queue: str | None = None,
        *,
        topic: str | None = None,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        reply_to: str = "",
        group_id: str | None = None,
        deduplication_id: str | None = None,
        delay: int | None = None,
        subject: str | None = None,
    ) -> str | None:
        """Sends a message to this publisher's destination, or to another that is given. See `SQSBroker.publish`."""
        cmd = SQSPublishCommand(
            message,
            headers=self.headers | (headers or {}),
            correlation_id=correlation_id or self._outer_config.id_generator(),
            reply_to=reply_to or self.reply_to,
            group_id=group_id or self.group_id,
            deduplication_id=deduplication_id,
            delay=delay,
            subject=subject,
            _publish_type=PublishType.PUBLISH,
        )
        self._address(cmd, queue, topic)
        result: str | None = await self._basic_publish(cmd, producer=self._outer_config.producer, _extra_middlewares=())
        return result

    async def publish_batch(
        self,
        *messages: SendableMessage,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        group_id: str | None = None,
        raise_on_failure: bool = True,
    ) -> list[PublishResult]:
        """Sends messages in batches of ten. See `SQSBroker.publish_batch`."""
        cmd = SQSPublishCommand(
            *messages,
            headers=self.headers | (headers or {}),
            correlation_id=correlation_id or self._outer_config.id_generator(),
            reply_to=self.reply_to,
            group_id=group_id or self.group_id,
            raise_on_failure=raise_on_failure,
            _publish_type=PublishType.PUBLISH,
        )
        self._address(cmd, None, None)
        results: list[PublishResult] = await self._basic_publish_batch(
            cmd, producer=self._outer_config.producer, _extra_middlewares=()
        )
        return results

    async def request(
        self,
        message: SendableMessage = None,
        queue: str | None = None,
        *,
        headers: dict[str, Any] | None = None,
        correlation_id: str | None = None,
        group_id: str | None = None,
        timeout: float | None = 30.0,  # noqa: ASYNC109 - FastStream's name
    ) -> SQSMessage:
        """Sends a message and waits for the answer. See `SQSBroker.request`."""
        cmd = SQSPublishCommand(
            message,
            headers=self.headers | (headers or {}),
            correlation_id=correlation_id or self._outer_config.id_generator(),
            group_id=group_id or self.group_id,
            timeout=timeout,
            _publish_type=PublishType.REQUEST,
        )
        self._address(cmd, queue, None)
        answer: SQSMessage = await self._basic_request(cmd, producer=self._outer_config.producer)
        return answer

    async def _publish(self, cmd: PublishCommand, *, _extra_middlewares: Iterable[PublisherMiddleware]) -> None:
        """Sends what a decorated handler returned."""
        own = SQSPublishCommand.from_cmd(cmd, batch=self.batch)
        self._address(own, None, None)
        own.add_headers(self.headers, override=False)
        own.reply_to = own.reply_to or self.reply_to
        own.group_id = own.group_id or self.group_id
        if not self.batch:
            await self._basic_publish(own, producer=self._outer_config.producer, _extra_middlewares=_extra_middlewares)
            return
        if not own.batch_bodies:
            # an empty result is one empty message here too
            own.batch_bodies = (b"",)
        await self._basic_publish_batch(
            own, producer=self._outer_config.producer, _extra_middlewares=_extra_middlewares
        )

    def _address(self, cmd: SQSPublishCommand, queue: str | None, topic: str | None) -> None:
        if queue or topic:
            cmd.set_destination(queue=queue, topic=topic)
            return
        own = self.destination
        if isinstance(own, Topic):
            cmd.set_destination(topic=own.name)
        else:
            cmd.set_destination(queue=own.name)
