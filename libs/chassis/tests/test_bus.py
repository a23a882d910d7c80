"""The bus for real: outbox, SNS, SQS and inbox over HTTP to the emulator, and what an outage does to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from aiobotocore.session import get_session
from sqlalchemy import text

from smartstack_chassis.commands import replay_to_queue
from smartstack_chassis.messaging import SqsMessaging
from smartstack_chassis.replay import Wanted
from smartstack_chassis.runtime import Runtime
from smartstack_chassis.service import Service
from smartstack_chassis.tenancy import ServiceActor
from smartstack_chassis.testing import TestDatabase, create_database, drop_database, event
from smartstack_chassis.tokens import StaticKeys
from smartstack_contracts import encode, new_id
from smartstack_contracts.events.comms import ClientCreated

PREFIX = "probe"


@dataclass
class Bus:
    """A service on the bus, and the AWS clients to look at it from outside."""

    runtime: Runtime
    database: TestDatabase
    sns: Any
    sqs: Any

    async def send(self, body: str, kind: str = ClientCreated.type()) -> None:
        arn = (await self.sns.create_topic(Name=f"{PREFIX}-comms-events"))["TopicArn"]
        attributes = {"type": {"DataType": "String", "StringValue": kind}}
        await self.sns.publish(TopicArn=arn, Message=body, MessageAttributes=attributes)

    async def listen(self) -> Callable[[], Awaitable[dict[str, Any] | None]]:
        """Subscribe to what the service publishes; return a function that takes the next message."""
        url = (await self.sqs.create_queue(QueueName="listener"))["QueueUrl"]
        attributes = await self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = (await self.sns.create_topic(Name=f"{PREFIX}-tasks-events"))["TopicArn"]
        await self.sns.subscribe(
            TopicArn=arn,
            Protocol="sqs",
            Endpoint=attributes["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        return lambda: self.take(url)

    async def take(self, url: str) -> dict[str, Any] | None:
        answer = await self.sqs.receive_message(
            QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"], MaxNumberOfMessages=1
        )
        messages = answer.get("Messages", [])
        return messages[0] if messages else None

    async def dead_letter(self) -> dict[str, Any] | None:
        return await self.take((await self.sqs.get_queue_url(QueueName=f"{PREFIX}-tasks-dlq"))["QueueUrl"])

    async def notes(self, workspace_id: Any) -> list[str]:
        async with self.runtime.uow.begin(ServiceActor(workspace_id, "service:test")) as transaction:
            rows = await transaction.session.execute(text("SELECT title FROM notes"))
            return [row.title for row in rows]

    async def allow_connections(self, allowed: bool) -> None:
        """Take the database away from the service, or give it back."""
        admin = await asyncpg.connect(self.database.admin_dsn, database="postgres")
        name = self.database.name
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await admin.close()


async def until(look: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.05)
        return found


@pytest.fixture
async def bus(
    probe_service: Service, postgres_admin_url: str, aws_account: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bus]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws_account.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws_account.secret)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_account.endpoint_url)
    monkeypatch.setenv("AWS_REGION", aws_account.region)
    database = await create_database(postgres_admin_url, probe_service)
    settings = probe_service.settings(database_url=database.app_url, resource_prefix=PREFIX)  # type: ignore[arg-type]
    runtime = Runtime.create(probe_service, settings, SqsMessaging, StaticKeys({}))
    async with AsyncExitStack() as stack:
        session = get_session()
        clients = [
            await stack.enter_async_context(
                session.create_client(name, region_name=aws_account.region, endpoint_url=aws_account.endpoint_url)
            )
            for name in ("sns", "sqs")
        ]
        await stack.enter_async_context(runtime.running())
        yield Bus(runtime, database, *clients)
    await drop_database(postgres_admin_url, database)


async def test_an_event_comes_in_and_what_it_caused_goes_out_in_the_same_trace(bus: Bus) -> None:
    heard = await bus.listen()
    workspace = new_id()
    message = event(ClientCreated(client_id=new_id(), client_name="Acme"), workspace)
    await bus.send(encode(message).decode())
    answer = await until(heard)
    published = json.loads(answer["Body"])
    assert published["type"] == "smartstack.tasks.project_created.v1"
    assert published["causationid"] == str(message.id)
    assert answer["MessageAttributes"]["type"]["StringValue"] == published["type"]
    assert answer["MessageAttributes"]["workspaceid"]["StringValue"] == str(workspace)
    assert await bus.notes(workspace) == ["Acme"]


async def test_what_the_wire_doubles_happens_once(bus: Bus) -> None:
    workspace = new_id()
    body = encode(event(ClientCreated(client_id=new_id(), client_name="Acme"), workspace)).decode()
    last = encode(event(ClientCreated(client_id=new_id(), client_name="Last"), workspace)).decode()
    for _ in range(5):
        await bus.send(body)
    await bus.send(last)
    await until(lambda: _has(bus, workspace, "Last"))
    assert sorted(await bus.notes(workspace)) == ["Acme", "Last"]


async def _has(bus: Bus, workspace: Any, title: str) -> bool:
    return title in await bus.notes(workspace)


@pytest.mark.parametrize(
    ("body", "reason"), [("{", "undecodable"), ('{"type": "smartstack.comms.client_created.v1"}', "undecodable")]
)
async def test_what_can_never_be_handled_is_dead_lettered_at_once_with_the_reason(
    bus: Bus, body: str, reason: str
) -> None:
    await bus.send(body)
    dead = await until(bus.dead_letter)
    assert dead["Body"] == body
    assert reason in json.dumps(dead["MessageAttributes"])


async def test_a_database_outage_pauses_consuming_and_dead_letters_nothing(bus: Bus) -> None:
    workspace = new_id()
    await bus.allow_connections(False)
    for number in range(3):
        data = ClientCreated(client_id=new_id(), client_name=str(number))
        await bus.send(encode(event(data, workspace)).decode())
    await asyncio.sleep(4)
    await bus.allow_connections(True)
    await until(lambda: _has_all(bus, workspace, 3), seconds=40)
    assert await bus.dead_letter() is None


async def _has_all(bus: Bus, workspace: Any, count: int) -> bool:
    return len(await bus.notes(workspace)) == count


async def test_a_replay_sends_the_very_events_again_in_order_and_only_those_wanted(bus: Bus) -> None:
    first, second = new_id(), new_id()
    for number in range(25):
        data = ClientCreated(client_id=new_id(), client_name=str(number))
        await bus.send(encode(event(data, first if number % 5 else second)).decode())
    await until(lambda: _has_all(bus, first, 20))
    await until(lambda: _has_all(bus, second, 5))
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


async def test_a_rebuild_reaches_the_copys_handlers_alone_and_once_for_each_name(bus: Bus) -> None:
    """The probe keeps its notes as a copy of the clients."""
    workspace = new_id()
    envelope = event(ClientCreated(client_id=new_id(), client_name="Acme"), workspace)
    await bus.send(encode(envelope).decode())
    await until(lambda: _has(bus, workspace, "Acme"))
    url = (await bus.sqs.get_queue_url(QueueName=f"{PREFIX}-tasks-inbox"))["QueueUrl"]
    for rebuild in (None, None, "notes@a", "notes@a", "others@a", "notes@b"):
        marked = {} if rebuild is None else {"rebuild": {"DataType": "String", "StringValue": rebuild}}
        await bus.sqs.send_message(QueueUrl=url, MessageBody=encode(envelope).decode(), MessageAttributes=marked)
    await until(lambda: _has_all(bus, workspace, 3))
    last = encode(event(ClientCreated(client_id=new_id(), client_name="Last"), workspace)).decode()
    await bus.send(last)
    await until(lambda: _has(bus, workspace, "Last"))
    assert sorted(await bus.notes(workspace)) == ["Acme", "Acme", "Acme", "Last"]
