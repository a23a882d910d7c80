"""Routers, and routes and publishers declared before there is a broker."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from faststream.middlewares import AckPolicy

from faststream_sqs._internal import (
    EMPTY,
    ArgsContainer,
    BrokerMiddleware,
    BrokerRouter,
    CodecProto,
    CustomCallable,
    SendableMessage,
    SubscriberRoute,
    UnderlyingDriverAnnotations,
)
from faststream_sqs.configs import SQSBrokerConfig
from faststream_sqs.schemas import Backoff, Extend, Fair, OnReject, Queue, Topic

from .registrator import SQSRegistrator

if TYPE_CHECKING:
    from fast_depends.dependencies import Dependant


class SQSPublisher(ArgsContainer):
    """A publisher of an `SQSRoute`; takes the arguments of `SQSRouter.publisher`."""

    def __init__(
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
    ) -> None:
        super().__init__(
            queue,
            topic=topic,
            headers=headers,
            reply_to=reply_to,
            group_id=group_id,
            batch=batch,
            persistent=persistent,
            title=title,
            description=description,
            schema=schema,
            include_in_schema=include_in_schema,
        )


class SQSRoute(SubscriberRoute):
    """A handler to be registered by a router; takes the arguments of `SQSRouter.subscriber`."""

    def __init__(
        self,
        call: Callable[..., SendableMessage] | Callable[..., Awaitable[SendableMessage]],
        queue: str | Queue,
        *,
        publishers: Iterable[SQSPublisher] = (),
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
    ) -> None:
        super().__init__(
            call,
            queue,
            publishers=publishers,
            topics=topics,
            max_workers=max_workers,
            fair=fair,
            wait_time=wait_time,
            extend_visibility=extend_visibility,
            retry=retry,
            on_reject=on_reject,
            reject_on=reject_on,
            ack_linger=ack_linger,
            batch=batch,
            batch_size=batch_size,
            ack_policy=ack_policy,
            no_reply=no_reply,
            dependencies=dependencies,
            parser=parser,
            decoder=decoder,
            codec=codec,
            persistent=persistent,
            title=title,
            description=description,
            include_in_schema=include_in_schema,
        )


class SQSRouter(SQSRegistrator, BrokerRouter[Any, SQSBrokerConfig]):
    """Subscribers and publishers to be included in a broker or another router.

    Args:
        prefix: put before the names of queues, dead-letter queues and topics.
        handlers: routes to register.
        dependencies: run before every handler of the router.
        middlewares: of every handler and publisher of the router.
        routers: further routers to include.
        parser, decoder, codec, ack_policy: defaults for its subscribers.
        include_in_schema: whether its channels are in the AsyncAPI document.
    """

    def __init__(
        self,
        prefix: str = "",
        handlers: Iterable[SQSRoute] = (),
        *,
        dependencies: Sequence["Dependant"] = (),
        middlewares: Sequence[BrokerMiddleware[Any, Any]] = (),
        routers: Iterable[SQSRegistrator] = (),
        parser: CustomCallable | None = None,
        decoder: CustomCallable | None = None,
        codec: CodecProto | None = None,
        include_in_schema: bool | None = None,
        ack_policy: AckPolicy = EMPTY,
        underlying_driver_annotations: UnderlyingDriverAnnotations | None = None,
    ) -> None:
        super().__init__(
            handlers=handlers,
            config=SQSBrokerConfig(
                prefix=prefix,
                ack_policy=ack_policy,
                broker_dependencies=dependencies,
                broker_middlewares=middlewares,
                broker_parser=parser,
                broker_decoder=decoder,
                broker_codec=codec,
                include_in_schema=include_in_schema,
                underlying_driver_annotations=underlying_driver_annotations or {},
            ),
            routers=routers,
        )
