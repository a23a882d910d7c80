"""Finds, verifies and creates queues, topics and subscriptions, each once per broker."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from faststream_sqs.exceptions import DestinationNotFoundError, TopologyMismatchError
from faststream_sqs.schemas import Declare, Queue, Topic
from faststream_sqs.transport.clients import Clients
from faststream_sqs.transport.errors import from_exception

from . import difference
from .policy import allow_topics

DEFAULT_VISIBILITY = 30
_NO_FILTER = "{}"


@dataclass(frozen=True, slots=True)
class QueueInfo:
    """A queue as it is: its address, its visibility timeout in seconds and its dead-letter queue."""

    name: str
    url: str
    arn: str
    visibility: int
    dlq_url: str | None
    attributes: dict[str, str]


class Topology:
    """Declares by mode: `create` makes what is missing and brings declared attributes in line, `verify` compares
    and raises, `off` only looks names up."""

    def __init__(
        self,
        clients: Clients,
        *,
        declare: Declare,
        log: Callable[[str], None],
        account_id: str | None = None,
        region: str | None = None,
    ) -> None:
        self._clients = clients
        self._declare = declare
        self._log = log
        self._account_id = account_id
        self._region = region
        self._urls: dict[str, str] = {}
        self._arns: dict[str, str] = {}
        self._lock = asyncio.Lock()

    @property
    def creates(self) -> bool:
        """Returns whether missing queues and topics are created."""
        return self._declare == "create"

    def forget(self, name: str) -> None:
        """Drops what is remembered about a queue or topic: it seems to be gone."""
        self._urls.pop(name, None)
        self._arns.pop(name, None)

    async def probe(self) -> None:
        """Asks SQS something harmless that needs no right beyond those a consumer has.

        Raises:
            TransportError: SQS does not answer, or refuses.
        """
        sqs = self._clients.settling
        url = next(iter(self._urls.values()), None)
        if url is None:
            await self._call(sqs.list_queues, MaxResults=1)
        else:
            await self._call(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["QueueArn"])

    async def queue_url(self, name: str) -> str:
        """The URL of a queue given by name, URL or ARN. In `create` mode a missing queue is made."""
        if (url := self._urls.get(name)) is not None:
            return url
        if name.startswith(("http://", "https://")):
            return name
        async with self._lock:
            if name not in self._urls:
                self._urls[name] = await self._find_or_create(name)
            return self._urls[name]

    async def ensure_queue(self, queue: Queue) -> QueueInfo:
        """Declares a queue and its dead-letter queue according to the mode.

        Raises:
            TopologyMismatchError: `verify` found a difference, or a difference cannot be changed.
            DestinationNotFoundError: the queue does not exist (`verify` and `off`).
        """
        dlq_url: str | None = None
        declared = queue.declared_attributes()
        if queue.dlq is not None and queue.dlq_name is not None:
            dead = await self._ensure_one(queue.dlq_name, _dlq_attributes(queue, queue.dlq.retention), dict(queue.tags))
            dlq_url = dead.url
            redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": queue.dlq.max_receive}
            declared["RedrivePolicy"] = json.dumps(redrive)
        info = await self._ensure_one(queue.name, declared, dict(queue.tags))
        if dlq_url is None:
            dlq_url = await self._dlq_of(info)
        return QueueInfo(info.name, info.url, info.arn, info.visibility, dlq_url, info.attributes)

    async def topic_arn(self, topic: Topic) -> str:
        """The ARN of a topic. In `create` mode a missing topic is made."""
        if topic.name.startswith("arn:"):
            return topic.name
        if (arn := self._arns.get(topic.name)) is not None:
            return arn
        async with self._lock:
            if topic.name not in self._arns:
                self._arns[topic.name] = await self._find_topic(topic)
            return self._arns[topic.name]

    async def subscribe(self, queue: QueueInfo, topics: Sequence[Topic]) -> None:
        """Subscribes a queue to topics and lets them deliver to it, according to the mode."""
        if not topics or self._declare == "off":
            return
        arns = [await self.topic_arn(topic) for topic in topics]
        if self.creates:
            await self._allow_delivery(queue, arns)
        problems: list[str] = []
        for topic, arn in zip(topics, arns, strict=True):
            problems += await self._ensure_subscription(queue, topic, arn)
        if problems:
            raise _mismatch(problems)

    async def _find_or_create(self, name: str) -> str:
        queue_name, owner = _split_arn(name)
        request = {"QueueName": queue_name}
        if owner:
            request["QueueOwnerAWSAccountId"] = owner
        try:
            answer: Any = await self._call(self._clients.sqs.get_queue_url, **request)
        except DestinationNotFoundError:
            if not self.creates or owner:
                raise DestinationNotFoundError(f'queue "{name}" does not exist') from None
            answer = await self._call(
                self._clients.sqs.create_queue,
                QueueName=queue_name,
                Attributes=Queue(queue_name).declared_attributes(),
            )
        url: str = answer["QueueUrl"]
        return url

    async def _ensure_one(self, name: str, declared: dict[str, str], tags: dict[str, str]) -> QueueInfo:
        url = await self._create_queue(name, declared, tags) if self.creates else await self.queue_url(name)
        answer: Any = await self._call(self._clients.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
        existing: dict[str, str] = answer.get("Attributes", {})
        changed = difference.changed(existing, declared) if self._declare != "off" else {}
        if changed:
            lines = difference.describe("queue", name, existing, declared)
            if not self.creates or changed.keys() & difference.IMMUTABLE:
                raise _mismatch(lines)
            for line in lines:
                self._log(f"changing {line}")
            await self._call(self._clients.sqs.set_queue_attributes, QueueUrl=url, Attributes=changed)
            existing = existing | changed
        visibility = int(existing.get("VisibilityTimeout", DEFAULT_VISIBILITY))
        return QueueInfo(name, url, existing["QueueArn"], visibility, None, existing)

    async def _create_queue(self, name: str, declared: dict[str, str], tags: dict[str, str]) -> str:
        if name.startswith(("http://", "https://", "arn:")):
            return await self.queue_url(name)
        try:
            # the stubs know only the attribute names of their release
            attributes: Any = declared
            answer: Any = await self._clients.sqs.create_queue(QueueName=name, Attributes=attributes, tags=tags)
        except self._clients.sqs.exceptions.QueueNameExists:
            # it exists with other attributes; the comparison that follows brings them in line
            return await self.queue_url(name)
        except Exception as error:
            raise from_exception(error) from error
        url: str = answer["QueueUrl"]
        self._urls[name] = url
        return url

    async def _dlq_of(self, info: QueueInfo) -> str | None:
        redrive = info.attributes.get("RedrivePolicy")
        arn = json.loads(redrive).get("deadLetterTargetArn") if redrive else None
        return await self.queue_url(arn) if arn else None

    async def _find_topic(self, topic: Topic) -> str:
        if self.creates:
            attributes = dict(topic.attributes)
            if topic.fifo:
                attributes["FifoTopic"] = "true"
            if topic.content_deduplication is not None:
                attributes["ContentBasedDeduplication"] = str(topic.content_deduplication).lower()
            sns = await self._clients.sns()
            answer: Any = await self._call(sns.create_topic, Name=topic.name, Attributes=attributes)
            created: str = answer["TopicArn"]
            return created
        if self._account_id and self._region:
            return f"arn:aws:sns:{self._region}:{self._account_id}:{topic.name}"
        return await self._list_topics_for(topic.name)

    async def _list_topics_for(self, name: str) -> str:
        sns = await self._clients.sns()
        async for page in sns.get_paginator("list_topics").paginate():
            for found in page["Topics"]:
                if found["TopicArn"].rpartition(":")[2] == name:
                    return found["TopicArn"]
        raise DestinationNotFoundError(f'topic "{name}" does not exist')

    async def _allow_delivery(self, queue: QueueInfo, topic_arns: list[str]) -> None:
        # another service may write the policy at the same moment: look again after writing
        for _ in range(3):
            answer: Any = await self._call(
                self._clients.sqs.get_queue_attributes, QueueUrl=queue.url, AttributeNames=["Policy"]
            )
            policy = answer.get("Attributes", {}).get("Policy")
            merged = allow_topics(policy, queue.arn, topic_arns)
            if merged is None:
                return
            await self._call(self._clients.sqs.set_queue_attributes, QueueUrl=queue.url, Attributes={"Policy": merged})

    async def _ensure_subscription(self, queue: QueueInfo, topic: Topic, topic_arn: str) -> list[str]:
        sns = await self._clients.sns()
        declared = _subscription_attributes(topic)
        arn = await self._find_subscription(topic_arn, queue.arn)
        name = f"{topic.name} -> {queue.name}"
        if arn is None:
            if not self.creates:
                return [f'subscription "{name}" does not exist']
            set_at_creation = {key: value for key, value in declared.items() if value != _NO_FILTER}
            answer: Any = await self._call(
                sns.subscribe,
                TopicArn=topic_arn,
                Protocol="sqs",
                Endpoint=queue.arn,
                Attributes=set_at_creation,
                ReturnSubscriptionArn=True,
            )
            arn = answer["SubscriptionArn"]
        answer = await self._call(sns.get_subscription_attributes, SubscriptionArn=arn)
        existing: dict[str, str] = answer.get("Attributes", {})
        changed = difference.changed(existing, declared)
        lines = difference.describe("subscription", name, existing, declared)
        if not self.creates:
            return lines
        # the scope decides how the policy is read, so it goes first
        for attribute in sorted(changed, key=lambda key: key != "FilterPolicyScope"):
            self._log(f"changing {attribute} of subscription {name}")
            await self._call(
                sns.set_subscription_attributes,
                SubscriptionArn=arn,
                AttributeName=attribute,
                AttributeValue=changed[attribute],
            )
        return []

    async def _find_subscription(self, topic_arn: str, queue_arn: str) -> str | None:
        sns = await self._clients.sns()
        async for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn):
            for found in page["Subscriptions"]:
                if found["Protocol"] == "sqs" and found["Endpoint"] == queue_arn:
                    return found["SubscriptionArn"]
        return None

    @staticmethod
    async def _call(operation: Callable[..., Awaitable[Any]], **request: Any) -> Any:
        try:
            return await operation(**request)
        except Exception as error:
            raise from_exception(error) from error


def _dlq_attributes(queue: Queue, retention: int) -> dict[str, str]:
    attributes = {"MessageRetentionPeriod": str(retention)}
    if queue.fifo:
        attributes["FifoQueue"] = "true"
    return attributes


def _subscription_attributes(topic: Topic) -> dict[str, str]:
    attributes = {"RawMessageDelivery": str(topic.raw).lower()}
    # an empty policy is SNS's way to remove one that an earlier declaration set
    attributes["FilterPolicy"] = json.dumps(topic.filter) if topic.filter else _NO_FILTER
    if topic.filter:
        attributes["FilterPolicyScope"] = topic.filter_scope
    return attributes


def _split_arn(name: str) -> tuple[str, str | None]:
    if not name.startswith("arn:"):
        return name, None
    *_, account, queue_name = name.split(":")
    return queue_name, account


def _mismatch(lines: list[str]) -> TopologyMismatchError:
    return TopologyMismatchError("The declaration differs from what exists:\n" + "\n".join(f"  {x}" for x in lines))
