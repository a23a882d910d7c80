"""The common part of brokers and routers: `subscriber`, `publisher`, `include_router`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from faststream.middlewares import AckPolicy

from faststream_sqs._internal import (
    EMPTY,
    BrokerMiddleware,
    CodecProto,
    CustomCallable,
    Registrator,
)
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.publisher import SQSPublisher, create_publisher
from faststream_sqs.schemas import Backoff, Extend, Fair, OnReject, Queue, Topic
from faststream_sqs.subscriber import SQSSubscriber, SQSSubscriberConfig, create_subscriber

if TYPE_CHECKING:
    from fast_depends.dependencies import Dependant


class SQSRegistrator(Registrator[Any, SQSBrokerConfig]):
    """Registers subscribers and publishers."""

    def subscriber(  # type: ignore[override]
        self,
        queue: str | Queue,
        *,
        topics: Sequence[str | Topic] = (),
        max_workers: int = 10,
        fair: Fair | None = None,
        wait_time: int | None = None,
        extend_visibility: Extend | None = Extend(),  # noqa: B008 - an immutable value
        retry: Backoff | None = Backoff(),  # noqa: B008 - an immutable value
        on_reject: OnReject = "dlq",
        reject_on: Sequence[type[BaseException]] = (),
        ack_linger: float = 0.05,
        batch: bool = False,
        batch_size: int = 10,
        ack_policy: AckPolicy = EMPTY,
        no_reply: bool = False,
        dependencies: Sequence["Dependant"] = (),
        parser: CustomCallable | None = None,
        decoder: CustomCallable | None = None,
        codec: CodecProto | None = None,
        persistent: bool = True,
        title: str | None = None,
        description: str | None = None,
        include_in_schema: bool = True,
    ) -> SQSSubscriber:
        """Subscribes a handler to a queue.

        Args:
            queue: the queue.
            topics: SNS topics the queue is subscribed to.
            max_workers: messages (with `batch`: batches) handled concurrently. No more are received.
            fair: how the workers are shared among tenants; None: first come, first served. Single messages of
                standard queues alone.
            wait_time: seconds of a long poll (0–20); by default the broker's.
            extend_visibility: keeps messages hidden while their handlers are at work; None: never.
            retry: when a failed message is visible again; None: immediately.
            on_reject: `dlq` copies a rejected message to the dead-letter queue (the declared one, else the one of
                the queue's redrive policy) before it is deleted; `delete` only deletes it.
            reject_on: failures that are rejected instead of retried under NACK_ON_ERROR, because another attempt
                cannot help.
            ack_linger: seconds a delete waits at most for others to share its request.
            batch: the handler gets a list of messages.
            batch_size: messages per batch at most (1–10).
            ack_policy: by default the broker's, else NACK_ON_ERROR.
            no_reply: do not answer requests.
            dependencies: run before every handler.
            parser: makes a message from a delivery.
            decoder: makes a value from a body.
            codec: decodes bodies, instead of `decoder`.
            persistent: keep the subscriber without a reference to it.
            title: the channel's name in the AsyncAPI document.
            description: its description; by default the handler's docstring.
            include_in_schema: whether it is in the document.
        """
        outer = cast("SQSBrokerConfig", self.config)
        subscriber = create_subscriber(
            SQSSubscriberConfig(
                _outer_config=outer,
                _ack_policy=ack_policy,
                no_reply=no_reply,
                queue=Queue.of(queue),
                topics=tuple(Topic.of(topic) for topic in topics),
                max_workers=max_workers,
                fair=fair,
                wait_time=wait_time,
                extend_visibility=extend_visibility,
                retry=retry,
                on_reject=on_reject,
                reject_on=tuple(reject_on),
                ack_linger=ack_linger,
                batch_size=batch_size,
            ),
            batch=batch,
            broker_config=outer,
            title=title,
            description=description,
            include_in_schema=include_in_schema,
        )
        super().subscriber(subscriber, persistent=persistent)
        return subscriber.add_call(parser_=parser, decoder_=decoder, codec_=codec, dependencies_=dependencies)

    def publisher(  # type: ignore[override]
        self,
        queue: str | Queue | None = None,
        *,
        topic: str | Topic | None = None,
        headers: dict[str, Any] | None = None,
        reply_to: str = "",
        group_id: str | None = None,
        batch: bool = False,
        persistent: bool = True,
        title: str | None = None,
        description: str | None = None,
        schema: Any | None = None,
        include_in_schema: bool = True,
    ) -> SQSPublisher:
        """A publisher to a queue or a topic, for use as a decorator or by hand.

        Args:
            queue: the queue; or
            topic: the topic.
            headers: sent with every message.
            reply_to: the queue for answers.
            group_id: the message group, unless a message names its own.
            batch: a decorated handler returns a list, sent as one message per item.
            persistent: keep the publisher without a reference to it.
            title: the channel's name in the AsyncAPI document.
            description: its description.
            schema: the messages' type, unless the decorated handler has an annotation.
            include_in_schema: whether it is in the document.
        """
        publisher = create_publisher(
            queue=queue,
            topic=topic,
            headers=headers,
            reply_to=reply_to,
            group_id=group_id,
            batch=batch,
            broker_config=cast("SQSBrokerConfig", self.config),
            title=title,
            description=description,
            schema=schema,
            include_in_schema=include_in_schema,
        )
        super().publisher(publisher, persistent=persistent)
        return publisher

    def include_router(
        self,
        router: "SQSRegistrator",  # type: ignore[override]
        *,
        prefix: str = "",
        dependencies: Sequence["Dependant"] = (),
        middlewares: Sequence[BrokerMiddleware[Any, Any]] = (),
        include_in_schema: bool | None = None,
    ) -> None:
        """Takes in a router's subscribers and publishers.

        Raises:
            TypeError: it is a router of another broker.
        """
        if not isinstance(router, SQSRegistrator):
            raise TypeError(f"Router must be an instance of SQSRegistrator, got {type(router).__name__} instead.")
        super().include_router(
            router,
            prefix=prefix,
            dependencies=dependencies,
            middlewares=middlewares,
            include_in_schema=include_in_schema,
        )
