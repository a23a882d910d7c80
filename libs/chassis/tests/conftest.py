"""A tiny service on a real database, to show what the chassis promises to all of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import pytest
from aiobotocore.session import get_session
from fastapi import APIRouter
from fastapi.responses import Response
from opentelemetry import context, metrics, trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel, Field
from sqlalchemy import text

from smartstack_chassis.auth.revocations import store_revocations
from smartstack_chassis.auth.tokens import Signer, StaticKeys
from smartstack_chassis.core.actors import ServiceActor
from smartstack_chassis.core.errors import Conflict, Unavailable
from smartstack_chassis.events.bus import SqsMessaging
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey
from smartstack_chassis.http.inputs import Input, Storable
from smartstack_chassis.http.preconditions import ExpectedVersion
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.process.service import Service
from smartstack_chassis.telemetry import baggage, logs
from smartstack_chassis.testing.harness import (
    ServiceHarness,
    TestDatabase,
    create_database,
    drop_database,
    service_harness,
    test_key,
)
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_contracts.events.tasks import ProjectCreated

PREFIX = "probe"
router = APIRouter()
handlers = EventHandlers("tasks")


class NewNote(Input):
    title: Annotated[str, Field(min_length=1, max_length=50), Storable]


class Note(BaseModel):
    id: UUID
    title: str


async def write_note(transaction: Transaction, title: str) -> Note:
    note = Note(id=new_id(), title=title)
    await transaction.session.execute(
        text("INSERT INTO notes (id, workspace_id, title) VALUES (:id, :workspace, :title)"),
        {"id": note.id, "workspace": transaction.workspace_id, "title": title},
    )
    transaction.emit(
        ProjectCreated(project_id=note.id, project_name=title, client_id=None), subject=note.id, sequence=1
    )
    return note


@router.post("/notes", response_model=Note)
async def create_note(body: NewNote, member: CurrentMember, idempotent: OncePerKey) -> Response:
    return await idempotent.run(member, write_note, body.title, respond=Note)


@router.get("/notes")
async def list_notes(member: CurrentMember, uow: Uow) -> list[str]:
    async with uow.begin(member) as transaction:
        rows = await transaction.session.execute(text("SELECT title FROM notes ORDER BY id"))
        return [row.title for row in rows]


@router.put("/notes/version")
async def put_version(version: ExpectedVersion) -> int:
    return version


@router.post("/explode")
async def explode() -> None:
    raise RuntimeError("a secret in a traceback")


@handlers.on(ClientCreated, copy="notes")
async def on_client_created(transaction: Transaction, event: Envelope[ClientCreated]) -> None:
    if event.data.client_name == "refuse":
        raise Conflict("refused", "This can never be.")
    if event.data.client_name == "later":
        raise Unavailable("later", "Try again.")
    await write_note(transaction, event.data.client_name)


@handlers.on(ClientUpdated, SuggestionAccepted)
async def on_what_the_topology_also_sends(transaction: Transaction, event: Envelope[ClientUpdated]) -> None:
    """Every subscribed type needs a handler; the probe does nothing with these."""


# The probe takes the name and the topology of a real service: names are part of the contract.
# The topology says that the tasks service hears of it; no test here sends it, and the probe has no table for it.
store_revocations(handlers)


async def nothing_revoked(session: Any, since: Any) -> tuple[UUID, ...]:
    """Return no revoked session."""
    return ()


service = Service(
    name="tasks",
    root=Path(__file__).parent / "probe",
    routers=[router],
    handlers=handlers,
    description="A probe.",
    revocations=nothing_revoked,
)


@pytest.fixture(autouse=True)
def outside_of_any_work() -> None:
    """A delivery has a task of its own in a process; in a test, what it set would last into the tests that follow."""
    context.attach(Context())
    logs.log_event(None)


@pytest.fixture
async def probe(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """Every span that ends in this process."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    made = InMemorySpanExporter()
    provider.add_span_processor(baggage.span_processor())
    provider.add_span_processor(SimpleSpanProcessor(made))
    return made


@pytest.fixture(scope="session")
def metrics_reader() -> InMemoryMetricReader:
    """Every metric of this process."""
    made = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([made]))
    return made


@pytest.fixture
def probe_service() -> Service:
    return service


@dataclass
class Bus:
    """A service on the bus, and the AWS clients to look at it from outside."""

    runtime: Runtime
    database: TestDatabase
    signer: Signer
    sns: Any
    sqs: Any
    prefix: str = PREFIX

    @staticmethod
    async def until(look: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
        async with asyncio.timeout(seconds):
            while not (found := await look()):
                await asyncio.sleep(0.05)
            return found

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
        if not allowed:
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await admin.close()


@asynccontextmanager
async def on_the_bus(service: Service, admin_url: str, account: Any, **settings: Any) -> AsyncIterator[Bus]:
    """Run a service, with a database of its own, on the bus of this account."""
    database = await create_database(admin_url, service)
    made = service.settings(database_url=database.app_url, resource_prefix=PREFIX, **settings)  # type: ignore[arg-type]
    key = test_key()
    runtime = Runtime.create(service, made, SqsMessaging, StaticKeys({str(key.kid): key}))
    session = get_session()
    where = {"region_name": account.region, "endpoint_url": account.endpoint_url}
    async with (
        session.create_client("sns", **where) as sns,
        session.create_client("sqs", **where) as sqs,
        runtime.running(),
    ):
        yield Bus(runtime, database, Signer(key), sns, sqs)
    await drop_database(admin_url, database)


@pytest.fixture
def account(aws_account: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An AWS account that the services of this process find in their environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws_account.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws_account.secret)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_account.endpoint_url)
    monkeypatch.setenv("AWS_REGION", aws_account.region)
    return aws_account


@pytest.fixture
def join_the_bus(postgres_admin_url: str, account: Any) -> Callable[..., Any]:
    """Run one more service: `async with join_the_bus(service, role="http") as bus`."""
    return lambda service, **settings: on_the_bus(service, postgres_admin_url, account, **settings)


@pytest.fixture
async def bus(probe_service: Service, join_the_bus: Callable[..., Any]) -> AsyncIterator[Bus]:
    """The probe on the bus."""
    async with join_the_bus(probe_service) as running:
        yield running
