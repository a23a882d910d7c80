"""Declaring, verifying and finding queues, topics and subscriptions."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from faststream_sqs import (
    DeadLetter,
    DestinationNotFoundError,
    Queue,
    SQSBroker,
    SQSRouter,
    Topic,
    TopologyMismatchError,
)

MakeBroker = Callable[..., SQSBroker]


async def declare(broker: SQSBroker, queue: Queue, *topics: Topic) -> None:
    """Starts and stops a broker with one subscriber that has no handler."""
    broker.subscriber(queue, topics=topics)
    async with broker:
        await broker.start()


async def subscription(clients: Any, topic: str) -> dict[str, str]:
    """The attributes of a topic's only subscription."""
    sns = await clients.sns()
    arn = (await sns.create_topic(Name=topic))["TopicArn"]
    (found,) = (await sns.list_subscriptions_by_topic(TopicArn=arn))["Subscriptions"]
    answer = await sns.get_subscription_attributes(SubscriptionArn=found["SubscriptionArn"])
    return dict(answer["Attributes"])


async def test_a_queue_is_made_as_declared_with_its_dead_letter_queue(
    make_broker: MakeBroker, name: str, inspect: Any
) -> None:
    await declare(make_broker(), Queue(name, visibility=45, delay=1, retention=600, dlq=DeadLetter(max_receive=3)))
    queue = await inspect.attributes(name)
    dead = await inspect.attributes(f"{name}-dlq")
    assert (queue["VisibilityTimeout"], queue["DelaySeconds"], queue["MessageRetentionPeriod"]) == ("45", "1", "600")
    redrive = json.loads(queue["RedrivePolicy"])
    assert (redrive["deadLetterTargetArn"], int(redrive["maxReceiveCount"])) == (dead["QueueArn"], 3)
    assert dead["MessageRetentionPeriod"] == "1209600"


async def test_declaring_again_changes_nothing_and_another_declaration_is_brought_in_line(
    make_broker: MakeBroker, name: str, inspect: Any, clients: Any
) -> None:
    topic = f"{name}-t"
    await declare(make_broker(), Queue(name, visibility=45), Topic(topic, filter={"type": ["a"]}))
    await declare(make_broker(), Queue(name, visibility=45), Topic(topic, filter={"type": ["a"]}))
    before = await inspect.attributes(name)
    await declare(make_broker(), Queue(name, visibility=60), Topic(topic, raw=False, filter={"type": ["a", "b"]}))
    after = await inspect.attributes(name)
    assert (before["VisibilityTimeout"], after["VisibilityTimeout"]) == ("45", "60")
    changed = await subscription(clients, topic)
    assert changed["RawMessageDelivery"] == "false"
    assert json.loads(changed["FilterPolicy"]) == {"type": ["a", "b"]}


async def test_a_filter_that_is_no_longer_declared_is_removed(
    make_broker: MakeBroker, name: str, clients: Any, eventually: Any
) -> None:
    await declare(make_broker(), Queue(name), Topic(f"{name}-t", filter={"type": ["a"]}))
    broker = make_broker()
    seen: list[Any] = []

    @broker.subscriber(name, topics=[f"{name}-t"])
    async def handle(body: Any) -> None:
        seen.append(body)

    async with broker:
        await broker.start()
        await broker.publish("no type", topic=f"{name}-t")
        await eventually(lambda: seen == ["no type"])


async def test_the_queue_policy_is_merged(make_broker: MakeBroker, name: str, inspect: Any, clients: Any) -> None:
    await declare(make_broker(), Queue(name), Topic(f"{name}-1"))
    arn = (await inspect.attributes(name))["QueueArn"]
    policy = json.loads((await inspect.attributes(name))["Policy"])
    foreign = {
        "Sid": "Audit",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "sqs:GetQueueAttributes",
        "Resource": arn,
    }
    policy["Statement"].append(foreign)
    await clients.sqs.set_queue_attributes(QueueUrl=await inspect.url(name), Attributes={"Policy": json.dumps(policy)})
    await declare(make_broker(), Queue(name), Topic(f"{name}-2"))
    merged = json.loads((await inspect.attributes(name))["Policy"])["Statement"]
    assert foreign in merged
    (own,) = [statement for statement in merged if statement != foreign]
    sources = own["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert [source.rpartition(":")[2] for source in sources] == [f"{name}-1", f"{name}-2"]


async def test_verify_accepts_what_matches(make_broker: MakeBroker, name: str) -> None:
    queue = Queue(name, visibility=45, dlq=DeadLetter())
    topic = Topic(f"{name}-t", filter={"type": ["a"]})
    await declare(make_broker(), queue, topic)
    await declare(make_broker(declare="verify"), queue, topic)


async def test_verify_names_every_difference(make_broker: MakeBroker, name: str) -> None:
    await declare(make_broker(), Queue(name, visibility=45, delay=2), Topic(f"{name}-t", filter={"type": ["a"]}))
    with pytest.raises(TopologyMismatchError) as queue_error:
        await declare(make_broker(declare="verify"), Queue(name, visibility=60, delay=5))
    assert f'queue "{name}": DelaySeconds is 2, declared 5' in str(queue_error.value)
    assert f'queue "{name}": VisibilityTimeout is 45, declared 60' in str(queue_error.value)
    with pytest.raises(TopologyMismatchError) as topic_error:
        await declare(make_broker(declare="verify"), Queue(name), Topic(f"{name}-t", raw=False, filter={"type": ["b"]}))
    assert f'subscription "{name}-t -> {name}": RawMessageDelivery is true, declared false' in str(topic_error.value)
    assert 'declared {"type": ["b"]}' in str(topic_error.value)


async def test_verify_misses_what_does_not_exist(make_broker: MakeBroker, name: str) -> None:
    with pytest.raises(DestinationNotFoundError, match=f'queue "{name}" does not exist'):
        await declare(make_broker(declare="verify"), Queue(name))
    await declare(make_broker(), Queue(name))
    async with make_broker() as owner:
        await owner.publish("make the topic", topic=f"{name}-t")
    with pytest.raises(TopologyMismatchError, match=f'subscription "{name}-t -> {name}" does not exist'):
        await declare(make_broker(declare="verify"), Queue(name), Topic(f"{name}-t"))


async def test_off_takes_what_is_there(make_broker: MakeBroker, name: str, inspect: Any, clients: Any) -> None:
    await declare(make_broker(), Queue(name, visibility=45))
    await declare(make_broker(declare="off"), Queue(name, visibility=60), Topic(f"{name}-t"))
    assert (await inspect.attributes(name))["VisibilityTimeout"] == "45"
    assert await topic_arns(clients, name) == []


async def topic_arns(clients: Any, name: str) -> list[str]:
    """The topics of this test: on some servers all accounts are one."""
    listed = await (await clients.sns()).list_topics()
    return [topic["TopicArn"] for topic in listed["Topics"] if name in topic["TopicArn"]]


async def test_a_known_account_saves_the_search_for_a_topic(
    make_broker: MakeBroker, name: str, clients: Any, proxy: Any
) -> None:
    async with make_broker() as owner:
        await owner.publish("make the topic", topic=name)
    (arn,) = await topic_arns(clients, name)
    async with make_broker(declare="off", account_id=arn.split(":")[4], endpoint_url=proxy.url) as broker:
        await broker.publish("x", topic=name)
    assert proxy.seen == ["Publish"]
    async with make_broker(declare="off") as broker:
        await broker.publish("x", topic=name)


async def test_a_router_prefixes_queues_dead_letters_and_topics(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    router = SQSRouter(prefix=f"{name}-")
    seen: list[Any] = []

    @router.subscriber(Queue("in", dlq=DeadLetter()), topics=[Topic("events")])
    @router.publisher("out")
    async def handle(body: Any) -> Any:
        return body

    broker = make_broker(routers=[router])

    @broker.subscriber(f"{name}-out")
    async def out(body: Any) -> None:
        seen.append(body)

    async with broker:
        await broker.start()
        await broker.publish("x", topic=f"{name}-events")
        await eventually(lambda: seen == ["x"])
    assert await inspect.attributes(f"{name}-in-dlq")
