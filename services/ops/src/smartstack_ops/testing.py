"""Fixtures for tests of dead letters and of the ops process: real queues, a real store, the whole application."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from smartstack_chassis.auth.tokens import Signer, StaticKeys
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.testing.harness import event, test_key
from smartstack_contracts import encode, new_id
from smartstack_contracts.events.comms import ClientCreated
from smartstack_contracts.topology import topology
from smartstack_ops.app import open_ops
from smartstack_ops.dead_letters.environment import Aws, Environment
from smartstack_ops.dead_letters.service import DeadLetters
from smartstack_ops.dependencies import OpsResources
from smartstack_ops.settings import OpsSettings
from smartstack_ops.store import FILE, Store


class Account(Protocol):
    """An account of the AWS emulator."""

    access_key: str
    secret: str
    region: str
    endpoint_url: str


@dataclass
class Queues:
    """The topology's queues and the audit's bucket in an account of their own, and what can be done with them."""

    environment: Environment
    sqs: Any
    s3: Any
    dead_letters: DeadLetters

    async def url(self, name: str) -> str:
        return str((await self.sqs.get_queue_url(QueueName=self.environment.queue(name)))["QueueUrl"])

    async def put(self, body: str, *, queue: str = "tasks-dlq", **attributes: str) -> str:
        """Put a message there; `dlq_reason` stands for dlq-reason. Returns its id."""
        sent = {
            name.replace("_", "-"): {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        }
        answer = await self.sqs.send_message(QueueUrl=await self.url(queue), MessageBody=body, MessageAttributes=sent)
        return str(answer["MessageId"])

    async def put_event(self, workspace_id: UUID, *, name: str = "Acme", **attributes: str) -> str:
        """Put an event that tasks could not handle there; returns the event's id."""
        envelope = event(ClientCreated(client_id=new_id(), client_name=name), workspace_id)
        defaults = {"type": envelope.type, "workspaceid": str(workspace_id), "dlq_reason": "it broke"}
        await self.put(encode(envelope).decode(), **defaults | attributes)
        return str(envelope.id)

    async def take_all(self, name: str) -> list[dict[str, Any]]:
        """Take every message that can be had now."""
        await asyncio.gather(*self.dead_letters._returning.values())
        url, found = await self.url(name), list[dict[str, Any]]()
        while True:
            answer = await self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=300
            )
            if not answer.get("Messages"):
                return found
            found += answer["Messages"]


@pytest.fixture
async def queues(aws_account: Account) -> AsyncIterator[Queues]:
    """See Queues."""
    environment = Environment(
        # Bucket names are shared by all accounts.
        prefix=f"test-{aws_account.access_key}",
        patience=0,
        region=aws_account.region,
        endpoint_url=aws_account.endpoint_url,
        access_key=aws_account.access_key,
        secret=aws_account.secret,
    )
    aws, dead_letters = Aws(environment), DeadLetters(environment, most=1000)
    sqs, s3 = await aws.client("sqs"), await aws.client("s3")
    for inbox, item in topology()["queues"].items():
        for name in (inbox, item["dead_letter_queue"]):
            await sqs.create_queue(QueueName=environment.queue(name))
    where = {"LocationConstraint": aws_account.region}
    await s3.create_bucket(Bucket=environment.audit_bucket(""), CreateBucketConfiguration=where)
    yield Queues(environment, sqs, s3, dead_letters)
    await dead_letters.close()
    await aws.close()


@dataclass
class RunningOps:
    """An ops process's application over HTTP, and what is behind it."""

    http: httpx.AsyncClient
    resources: OpsResources
    store: Store
    path: Path
    signer: Signer

    def headers(self, principal: Member | PortalClient) -> dict[str, str]:
        token = self.signer.member(principal) if isinstance(principal, Member) else self.signer.portal(principal)
        return {"Authorization": f"Bearer {token}"}

    async def keep_trace(self, workspace_id: UUID) -> str:
        """Take in a trace of this workspace, with one span; returns its id."""
        request, trace_id = ExportTraceServiceRequest(), uuid4()
        span = (
            request.resource_spans.add()
            .scope_spans.add()
            .spans.add(trace_id=trace_id.bytes, span_id=b"12345678", start_time_unix_nano=time.time_ns())
        )
        span.attributes.add(key="smartstack.workspace_id").value.string_value = str(workspace_id)
        await self.resources.traces.add(request)
        return trace_id.hex


MakeOps = Callable[..., AbstractAsyncContextManager[RunningOps]]


@pytest.fixture
def make_ops(tmp_path: Path) -> MakeOps:
    """Run it, every time on the same folder; `environment` says where its queues are."""

    @asynccontextmanager
    async def make(environment: Environment | None = None, **more: Any) -> AsyncIterator[RunningOps]:
        key = test_key()
        settings = OpsSettings(
            ops_data=tmp_path / "ops",
            resource_prefix=environment.prefix if environment else "nowhere",
            AWS_ENDPOINT_URL=(environment and environment.endpoint_url) or "http://127.0.0.1:9",
            AWS_ACCESS_KEY_ID=(environment and environment.access_key) or "none",
            **more,
        )
        async with open_ops(settings, StaticKeys({str(key.kid): key})) as running:
            transport = httpx.ASGITransport(running.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4318") as http:
                path = settings.ops_data / FILE
                yield RunningOps(http, running.resources, running.resources.traces._store, path, Signer(key))

    return make


@pytest.fixture
async def ops(make_ops: MakeOps) -> AsyncIterator[RunningOps]:
    """An ops process without queues."""
    async with make_ops() as running:
        yield running
