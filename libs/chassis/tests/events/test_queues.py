"""A service may have several queues: declaring one is enough for it to exist, to be fed and to be handled."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from smartstack_chassis.core.actors import ServiceActor
from smartstack_chassis.events.delivery_audit import Pair, Undelivered
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.process.redelivery import redeliver_to
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import event
from smartstack_contracts import encode, new_id, topology
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_contracts.events.tasks import ProjectCreated

SECOND = topology.Queue(
    service="tasks", role="renaming", feed=(ClientUpdated,), visibility_seconds=7, max_receive_count=1
)
RAW = topology.Queue(service="tasks", role="mail", decoder="bytes")


@pytest.fixture
def second_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topology, "QUEUES", (*topology.QUEUES, SECOND))


async def attributes(bus: Any, name: str) -> dict[str, str]:
    url = (await bus.sqs.get_queue_url(QueueName=f"{bus.prefix}-{name}"))["QueueUrl"]
    answer: dict[str, Any] = await bus.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return dict(answer["Attributes"])


async def handled(bus: Any, envelope: Any) -> bool:
    async with bus.runtime.uow.begin(ServiceActor(envelope.workspaceid, "service:test")) as transaction:
        found = text("SELECT count(*) FROM inbox WHERE event_id = :id")
        return bool(await transaction.session.scalar(found, {"id": envelope.id}))


@pytest.mark.usefixtures("second_queue")
async def test_a_second_queue_exists_as_declared_and_its_events_reach_their_handlers(
    probe_service: Service, join_the_bus: Any
) -> None:
    async with join_the_bus(probe_service) as bus:
        made = await attributes(bus, "tasks-renaming")
        assert made["VisibilityTimeout"] == "7"
        assert "tasks-renaming-dlq" in made["RedrivePolicy"]
        renamed = event(ClientUpdated(client_id=new_id(), client_name="Acme Ltd"), new_id())
        await bus.send(encode(renamed).decode(), ClientUpdated.type())
        await bus.until(lambda: handled(bus, renamed))


@pytest.mark.usefixtures("second_queue")
async def test_each_queue_gets_its_own_events_alone_and_has_dead_letters_of_its_own(
    probe_service: Service, join_the_bus: Any
) -> None:
    async with join_the_bus(probe_service) as bus:
        urls = [
            (await bus.sqs.get_queue_url(QueueName=f"{bus.prefix}-{name}"))["QueueUrl"]
            for name in ("tasks-renaming-dlq", "tasks-dlq")
        ]
        for kind in (ClientUpdated.type(), ClientCreated.type()):
            await bus.send(f'{{"broken": "{kind}"}}', kind)
        renaming, inbox = [await bus.until(lambda url=url: bus.take(url)) for url in urls]
        assert ClientUpdated.type() in renaming["Body"]
        assert ClientCreated.type() in inbox["Body"]
        assert [await bus.take(url) for url in urls] == [None, None]


async def test_a_queue_of_bytes_goes_to_the_services_receiver(
    probe_service: Service, join_the_bus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "QUEUES", (*topology.QUEUES, RAW))
    bodies: list[bytes] = []

    async def receive(body: bytes, _: UnitOfWork) -> None:
        bodies.append(body)

    async with join_the_bus(replace(probe_service, receivers={"mail": receive})) as bus:
        url = (await bus.sqs.get_queue_url(QueueName=f"{bus.prefix}-tasks-mail"))["QueueUrl"]
        await bus.sqs.send_message(QueueUrl=url, MessageBody="From: anna")
        await bus.until(lambda: _any(bodies))
    assert bodies == [b"From: anna"]


async def _any(found: list[bytes]) -> bool:
    return bool(found)


async def test_a_queue_of_bytes_without_a_receiver_stops_the_start(
    probe_service: Service, join_the_bus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "QUEUES", (*topology.QUEUES, RAW))
    with pytest.raises(ValueError, match="no receiver for tasks-mail"):
        async with join_the_bus(probe_service):
            pass


async def test_a_redelivered_event_goes_to_the_queue_that_feeds_on_it(
    bus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = topology.Queue(service="gateway", role="projects", feed=(ProjectCreated,))
    monkeypatch.setattr(topology, "QUEUES", (*topology.QUEUES, second))
    inbox, projects = [
        (await bus.sqs.create_queue(QueueName=f"{bus.prefix}-{queue.name}"))["QueueUrl"]
        for queue in topology.queues("gateway")
    ]
    await bus.send(encode(event(ClientCreated(client_id=new_id(), client_name="Acme"), new_id())).decode())

    async def logged() -> Any:
        async with bus.runtime.uow.system() as session:
            return await session.scalar(text("SELECT id FROM event_log"))

    event_id, kind = await bus.until(logged), ProjectCreated.type()
    pair = Pair("tasks", "gateway", (kind,))
    for queue in topology.queues("gateway"):
        await redeliver_to(bus.runtime.settings, pair, queue, [Undelivered(event_id, "gateway", "tasks", kind)])
    assert json.loads((await bus.take(projects))["Body"])["id"] == str(event_id)
    assert await bus.take(inbox) is None
