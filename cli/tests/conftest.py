"""Helpers for the tests of the local stack: real processes, awaited without sleeping blindly."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from smartstack_chassis.auth.tokens import Signer, StaticKeys
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.testing.harness import event, test_key
from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.dead_letters.desk import Desk
from smartstack_cli.dead_letters.place import Aws, Place
from smartstack_cli.local.running import Guardian, Launcher
from smartstack_cli.ops.app import open_ops
from smartstack_cli.ops.parts import OpsParts
from smartstack_cli.ops.settings import OpsSettings
from smartstack_cli.ops.store import FILE, Store
from smartstack_cli.testing import AwsAccount
from smartstack_contracts import encode, new_id
from smartstack_contracts.events.comms import ClientCreated
from smartstack_contracts.topology import topology

sys.path.insert(0, str(ROOT / "cli" / "emulator"))  # it is not installed here: it lives in another environment


async def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
def until() -> Callable[..., object]:
    """`await until(condition)`: return as soon as it holds, fail after 20 s (or `seconds`)."""
    return _until


def _is_alive(pid: int) -> bool:
    """Whether it runs: the dead whom nobody has collected yet do not count."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def is_alive() -> Callable[[int], bool]:
    """`is_alive(pid)`."""
    return _is_alive


@pytest.fixture
async def launcher(tmp_path: Path) -> AsyncIterator[Launcher]:
    made = Launcher(await Guardian.start([]), tmp_path)
    yield made
    made.close()


@dataclass
class Queues:
    """The topology's queues and the audit's bucket in an account of their own, and a desk before them."""

    place: Place
    sqs: Any
    s3: Any
    desk: Desk

    async def url(self, name: str) -> str:
        return str((await self.sqs.get_queue_url(QueueName=self.place.queue(name)))["QueueUrl"])

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
        told = {"type": envelope.type, "workspaceid": str(workspace_id), "dlq_reason": "it broke"}
        await self.put(encode(envelope).decode(), **told | attributes)
        return str(envelope.id)

    async def take_all(self, name: str) -> list[dict[str, Any]]:
        """Take every message that can be had now."""
        await asyncio.gather(*self.desk._returning.values())
        url, found = await self.url(name), list[dict[str, Any]]()
        while True:
            answer = await self.sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=300
            )
            if not answer.get("Messages"):
                return found
            found += answer["Messages"]


@pytest.fixture
async def queues(aws_account: AwsAccount) -> AsyncIterator[Queues]:
    """See Queues."""
    place = Place(
        # Bucket names are shared by all accounts.
        prefix=f"test-{aws_account.access_key}",
        patience=0,
        region=aws_account.region,
        endpoint_url=aws_account.endpoint_url,
        access_key=aws_account.access_key,
        secret=aws_account.secret,
    )
    aws, desk = Aws(place), Desk(place, most=1000)
    sqs, s3 = await aws.client("sqs"), await aws.client("s3")
    for inbox, item in topology()["queues"].items():
        for name in (inbox, item["dead_letter_queue"]):
            await sqs.create_queue(QueueName=place.queue(name))
    where = {"LocationConstraint": aws_account.region}
    await s3.create_bucket(Bucket=place.audit_bucket(""), CreateBucketConfiguration=where)
    yield Queues(place, sqs, s3, desk)
    await desk.close()
    await aws.close()


@dataclass
class RunningOps:
    """An ops process's application over HTTP, and what is behind it."""

    http: httpx.AsyncClient
    parts: OpsParts
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
        await self.parts.traces.add(request)
        return trace_id.hex


@pytest.fixture
def make_ops(tmp_path: Path) -> Callable[..., Any]:
    """Runs it, every time on the same folder; `place` says where its queues are."""

    @asynccontextmanager
    async def make(place: Place | None = None, **more: Any) -> AsyncIterator[RunningOps]:
        key = test_key()
        settings = OpsSettings(
            ops_data=tmp_path / "ops",
            resource_prefix=place.prefix if place else "nowhere",
            AWS_ENDPOINT_URL=(place and place.endpoint_url) or "http://127.0.0.1:9",
            AWS_ACCESS_KEY_ID=(place and place.access_key) or "none",
            **more,
        )
        async with open_ops(settings, StaticKeys({str(key.kid): key})) as running:
            transport = httpx.ASGITransport(running.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4318") as http:
                path = settings.ops_data / FILE
                yield RunningOps(http, running.parts, running.parts.traces._store, path, Signer(key))

    return make


@pytest.fixture
async def ops(make_ops: Callable[..., Any]) -> AsyncIterator[RunningOps]:
    """An ops process without queues."""
    async with make_ops() as running:
        yield running
