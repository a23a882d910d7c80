"""The bus for real: outbox, SNS, SQS and inbox over HTTP to the emulator, and what an outage does to it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from smartstack_chassis.events.replay import Wanted
from smartstack_chassis.process.operator_commands import replay_to_queue
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import event
from smartstack_contracts import encode, new_id, topology
from smartstack_contracts.events.comms import ClientCreated


async def test_an_event_comes_in_and_what_it_caused_goes_out_in_the_same_trace(bus: Any) -> None:
    heard = await bus.listen()
    workspace = new_id()
    message = event(ClientCreated(client_id=new_id(), client_name="Acme"), workspace)
    await bus.send(encode(message).decode())
    answer = await bus.until(heard)
    published = json.loads(answer["Body"])
    assert published["type"] == "smartstack.tasks.project_created.v1"
    assert published["causationid"] == str(message.id)
    assert answer["MessageAttributes"]["type"]["StringValue"] == published["type"]
    assert answer["MessageAttributes"]["workspaceid"]["StringValue"] == str(workspace)
    assert await bus.notes(workspace) == ["Acme"]


async def test_what_the_wire_doubles_happens_once(bus: Any) -> None:
    workspace = new_id()
    body = encode(event(ClientCreated(client_id=new_id(), client_name="Acme"), workspace)).decode()
    last = encode(event(ClientCreated(client_id=new_id(), client_name="Last"), workspace)).decode()
    for _ in range(5):
        await bus.send(body)
    await bus.send(last)
    await bus.until(lambda: _has(bus, workspace, "Last"))
    assert sorted(await bus.notes(workspace)) == ["Acme", "Last"]


async def test_who_is_told_to_stop_takes_no_more_events_while_requests_are_still_answered(bus: Any) -> None:
    workspace = new_id()
    bus.runtime.stopping.set()
    await asyncio.sleep(1.2)  # the first poll, which is a short one, ends by itself
    await bus.send(encode(event(ClientCreated(client_id=new_id(), client_name="Late"), workspace)).decode())
    await asyncio.sleep(0.3)
    assert await bus.notes(workspace) == []
    assert not bus.runtime.worker_ready()


async def _has(bus: Any, workspace: Any, title: str) -> bool:
    return title in await bus.notes(workspace)


@pytest.mark.parametrize(
    ("body", "reason"), [("{", "undecodable"), ('{"type": "smartstack.comms.client_created.v1"}', "undecodable")]
)
async def test_what_can_never_be_handled_is_dead_lettered_at_once_with_the_reason(
    bus: Any, body: str, reason: str
) -> None:
    await bus.send(body)
    dead = await bus.until(bus.dead_letter)
    assert dead["Body"] == body
    assert reason in json.dumps(dead["MessageAttributes"])


async def test_the_last_attempt_ends_in_the_dead_letter_queue_with_what_went_wrong(
    probe_service: Service, join_the_bus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "QUEUES", (topology.Queue(service="tasks", max_receive_count=2),))
    async with join_the_bus(probe_service) as bus:
        event_of_later = event(ClientCreated(client_id=new_id(), client_name="later"), new_id())
        await bus.send(encode(event_of_later).decode())
        dead = await bus.until(bus.dead_letter)
    told = {name: value["StringValue"] for name, value in dead["MessageAttributes"].items()}
    assert told["dlq-reason"] == "handled 2 times without success: Unavailable: Try again."
    assert told["dlq-receive-count"] == "2"


async def test_a_database_outage_pauses_consuming_and_dead_letters_nothing(bus: Any) -> None:
    workspace = new_id()
    await bus.allow_connections(False)
    for number in range(3):
        data = ClientCreated(client_id=new_id(), client_name=str(number))
        await bus.send(encode(event(data, workspace)).decode())
    await asyncio.sleep(4)
    await bus.allow_connections(True)
    await bus.until(lambda: _has_all(bus, workspace, 3), seconds=40)
    assert await bus.dead_letter() is None


async def _has_all(bus: Any, workspace: Any, count: int) -> bool:
    return len(await bus.notes(workspace)) == count


async def test_a_replay_sends_the_very_events_again_in_order_and_only_those_wanted(bus: Any) -> None:
    first, second = new_id(), new_id()
    for number in range(25):
        data = ClientCreated(client_id=new_id(), client_name=str(number))
        await bus.send(encode(event(data, first if number % 5 else second)).decode())
    await bus.until(lambda: _has_all(bus, first, 20))
    await bus.until(lambda: _has_all(bus, second, 5))
    url = (await bus.sqs.create_queue(QueueName="again"))["QueueUrl"]
    told: list[tuple[int, int]] = []

    async def replay(**options: Any) -> int:
        wanted = Wanted(types=["smartstack.tasks.project_created.v1"], **options)
        return await replay_to_queue(
            bus.runtime.settings, wanted, "again", None, lambda *progress: told.append(progress)
        )

    assert await replay(workspace_id=first) == 20
    assert told == [(20, 20)]
    async with bus.runtime.uow.system() as session:
        logged = (
            await session.execute(
                text("SELECT body FROM event_log WHERE workspace_id = :id ORDER BY id"), {"id": first}
            )
        ).scalars()
    assert [(await bus.take(url) or {})["Body"] for _ in range(20)] == list(logged)
    now = datetime.now(UTC)
    assert await replay(since=now + timedelta(seconds=1)) == 0
    assert await replay(since=now - timedelta(hours=1), until=now + timedelta(seconds=1)) == 25
    assert await replay(until=now - timedelta(hours=1)) == 0


async def test_a_rebuild_reaches_the_copys_handlers_alone_and_once_for_each_name(bus: Any) -> None:
    """The probe keeps its notes as a copy of the clients."""
    workspace = new_id()
    envelope = event(ClientCreated(client_id=new_id(), client_name="Acme"), workspace)
    await bus.send(encode(envelope).decode())
    await bus.until(lambda: _has(bus, workspace, "Acme"))
    url = (await bus.sqs.get_queue_url(QueueName=f"{bus.prefix}-tasks-inbox"))["QueueUrl"]
    for rebuild in (None, None, "notes@a", "notes@a", "others@a", "notes@b"):
        marked = {} if rebuild is None else {"rebuild": {"DataType": "String", "StringValue": rebuild}}
        await bus.sqs.send_message(QueueUrl=url, MessageBody=encode(envelope).decode(), MessageAttributes=marked)
    await bus.until(lambda: _has_all(bus, workspace, 3))
    last = encode(event(ClientCreated(client_id=new_id(), client_name="Last"), workspace)).decode()
    await bus.send(last)
    await bus.until(lambda: _has(bus, workspace, "Last"))
    assert sorted(await bus.notes(workspace)) == ["Acme", "Acme", "Acme", "Last"]
