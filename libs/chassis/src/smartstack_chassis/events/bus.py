"""The service's side of the bus: its queues, its topic, and what the topology says about both."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from faststream.message import StreamMessage
from sqlalchemy import text

from faststream_sqs import Backoff, DeadLetter, Fair, Queue, SQSBroker, SQSMessage, SQSPublishItem, Topic
from faststream_sqs.subscriber import SQSSubscriber
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.engine import is_outage
from smartstack_chassis.events.handlers import EventHandlers, PermanentEventError, Receiver
from smartstack_chassis.events.outbox import OutboxMessage
from smartstack_chassis.events.replay import REBUILD_ATTRIBUTE
from smartstack_chassis.events.spans import process_span, send_span
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.telemetry.logs import log_like_others, safe_text
from smartstack_contracts import topology

if TYPE_CHECKING:
    from smartstack_chassis.process.service import Service

logger = logging.getLogger(__name__)
PROBE_SECONDS = 1.0
# One workspace has a quarter of the workers at most. What waits for them is received all the same, so that messages of
# others behind it are seen: 1024 messages with the usual setting.
SHARES = 4
HELD_PER_WORKER = 64
Read = Callable[[SQSMessage], Awaitable[None]]
DISCARDED_ATTRIBUTE = "discarded"
"""Names the event that an operator discards; `type` and `workspaceid` stand beside it as with every message."""


class SqsMessaging:
    """Publishes the outbox to the service's topic and feeds its inbox to the handlers."""

    def __init__(self, service: "Service", settings: ServiceSettings, uow: UnitOfWork) -> None:
        self._settings = settings
        self._uow = uow
        self._topic = self._named(topology.topic_name(service.name))
        self._running = False
        self._probing: asyncio.Task[None] | None = None
        self._consumers: list[SQSSubscriber] = []
        self.broker = SQSBroker(
            region=settings.aws_region,
            endpoint_url=settings.aws_endpoint_url,
            account_id=settings.aws_account_id,
            declare=settings.declare,
            # The outbox tries again by itself: two layers that retry multiply.
            send_attempts=1,
            graceful_timeout=settings.drain_seconds,
            # One line a message is for debugging: failures are logged where they are handled.
            log_level=logging.DEBUG,
            logger=logging.getLogger("faststream_sqs"),
        )
        log_like_others("faststream")
        if service.handlers and settings.role != "http":
            self._subscribe(service, service.handlers)

    def consuming(self) -> bool:
        """Tell whether the consumer runs."""
        return self._running

    async def start(self) -> None:
        """Connect, declare what is missing, consume."""
        await self.broker.start()
        self._running = True

    async def stop_consuming(self) -> None:
        """Take no more messages; those in hand are finished or given back."""
        self._running = False
        for subscriber in self.broker.subscribers:
            await subscriber.stop()

    async def stop(self) -> None:
        """Flush and close."""
        if self._probing is not None:
            self._probing.cancel()
        await self.broker.stop()

    async def publish(self, messages: Sequence[OutboxMessage]) -> Sequence[bool]:
        """Publish to the service's topic; returns one flag each: did SNS acknowledge it."""
        items = [SQSPublishItem(message.body.encode(), attributes=attributes(message)) for message in messages]
        with send_span(self._topic, messages):
            results = await self.broker.publish_batch(*items, topic=self._topic, raise_on_failure=False)
        return [result.error is None for result in results]

    def _named(self, name: str) -> str:
        return f"{self._settings.resource_prefix}-{name}"

    def _subscribe(self, service: "Service", handlers: EventHandlers) -> None:
        queues = topology.queues(service.name)
        brought = {model.type() for queue in queues for model in topology.feed(queue)}
        if disputed := brought ^ handlers.types:
            raise ValueError(f"{service.name}: topology and handlers disagree about {sorted(disputed)}")
        for queue in queues:
            if queue.decoder == "event":
                self._consume(queue, self._event_reader(queue, handlers))
            elif queue.role in service.receivers:
                self._consume(queue, self._bytes_reader(service.receivers[queue.role]))
            else:
                raise ValueError(f"{service.name} has no receiver for {queue.name}")

    def _event_reader(self, plan: topology.Queue, handlers: EventHandlers) -> Read:
        queue = self._named(plan.name)

        async def read(message: SQSMessage) -> None:
            if DISCARDED_ATTRIBUTE in message.headers:
                await _discard(handlers, self._uow, message.headers)
                return
            with process_span(queue, message):
                await handlers.dispatch(message.body, self._uow, message.headers.get(REBUILD_ATTRIBUTE))

        return read

    def _bytes_reader(self, receive: Receiver) -> Read:
        async def read(message: SQSMessage) -> None:
            if DISCARDED_ATTRIBUTE not in message.headers:
                await receive(message.body, self._uow)

        return read

    def _consume(self, plan: topology.Queue, read: Read) -> None:
        subscriber = self.broker.subscriber(
            Queue(
                self._named(plan.name),
                visibility=plan.visibility_seconds,
                retention=plan.retention_seconds,
                dlq=DeadLetter(
                    self._named(plan.dead_letter_name),
                    max_receive=plan.max_receive_count,
                    retention=plan.dead_letter_retention_seconds,
                ),
            ),
            topics=[
                Topic(self._named(item.topic), raw=True, filter={"type": list(item.types)})
                for item in topology.subscriptions(plan)
            ],
            max_workers=self._settings.worker_concurrency,
            fair=Fair(
                "workspaceid",
                share=max(1, self._settings.worker_concurrency // SHARES),
                held=self._settings.worker_concurrency * HELD_PER_WORKER,
            ),
            # A minute or so over all attempts: time for a neighbour to come back before a person has to look.
            retry=Backoff(1, 4, cap=900, jitter="equal"),
            decoder=_undecoded,
        )
        self._consumers.append(subscriber)

        @subscriber
        async def on_message(message: SQSMessage) -> None:
            try:
                await read(message)
            except PermanentEventError as error:
                logger.error("dead-lettering an event: %s", error)
                await message.reject(str(error))
            except Exception as error:
                if is_outage(error):
                    self._wait_for_the_database()
                elif message.receive_count >= plan.max_receive_count:
                    # SQS would move it by itself: minutes later, and without a word about why.
                    logger.error("dead-lettering an event after its last attempt", exc_info=error)
                    await message.reject(f"handled {message.receive_count} times without success: {safe_text(error)}")
                    return
                raise

    def _wait_for_the_database(self) -> None:
        """Take no message while the database is away: each try would count towards the dead-letter queue."""
        if self._probing is None or self._probing.done():
            for subscriber in self._consumers:
                subscriber.pause()
            self._probing = asyncio.create_task(self._probe(), name="database-probe")

    async def _probe(self) -> None:
        logger.warning("the database does not answer: consuming is paused")
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            try:
                async with self._uow.system() as session:
                    await session.execute(text("SELECT 1"))
            except Exception as error:
                if not is_outage(error):
                    raise
            else:
                logger.warning("the database answers again: consuming goes on")
                for subscriber in self._consumers:
                    subscriber.resume()
                return


async def _discard(handlers: EventHandlers, uow: UnitOfWork, told: Mapping[str, Any]) -> None:
    try:
        event_id, workspace_id = UUID(told[DISCARDED_ATTRIBUTE]), UUID(told.get("workspaceid", ""))
    except ValueError as error:
        raise PermanentEventError(f"undecodable: a discarded event: {error}") from error
    await handlers.discard(event_id, str(told.get("type")), workspace_id, uow)


async def _undecoded(message: StreamMessage[Any]) -> Any:
    """Leave the body as it came: the dispatcher decodes it once, by its event type."""
    return message.body


def attributes(message: OutboxMessage) -> dict[str, str]:
    """Return the message attributes: what filters read without opening the body, and the trace it belongs to."""
    told = {"type": message.type, "workspaceid": str(message.workspace_id)}
    if message.traceparent:
        told["traceparent"] = message.traceparent
    return told
