"""The ai service on a real database, with only the bus recorded."""

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import boto3
import pytest

from smartstack_ai.llm.port import Answer, ModelCall
from smartstack_ai.main import service
from smartstack_ai.suggestions.consumers import engine
from smartstack_ai.values import SourceText
from smartstack_bedrock_proxy.testing import Aws, World, proxy_world
from smartstack_chassis.core.actors import Member
from smartstack_chassis.testing.conformance import OpenSample, Sample
from smartstack_chassis.testing.harness import ServiceHarness, event, service_harness
from smartstack_cli.local.aws import REGION
from smartstack_cli.testing import AwsAccount
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import MessageReceived, MessageSent
from smartstack_contracts.events.gateway import WorkspaceCreated
from smartstack_contracts.values import Channel

SESSION = boto3.Session(region_name=REGION)
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def aws(aws_endpoint_url: str) -> Aws:
    account = f"{random.SystemRandom().randrange(10**11, 10**12)}"
    return Aws(AwsAccount(aws_endpoint_url, REGION, account, "test")).create()


@pytest.fixture(scope="session")
def shared_world(aws: Aws) -> Iterator[World]:
    with proxy_world(aws) as world:
        yield world


@pytest.fixture
def world(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The Bedrock proxy before the stub, and a workspace that was never seen before.

    Engines begin without a pause between attempts, and share one description of Bedrock: reading it takes a while.
    """
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    monkeypatch.setattr("smartstack_ai.llm.bedrock.client.boto3.Session", lambda **_: SESSION)
    return shared_world.afresh()


@pytest.fixture
async def ai(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@dataclass
class Studio:
    """A workspace with one conversation, as the service hears of it."""

    ai: ServiceHarness
    member: Member
    client_id: UUID = field(default_factory=new_id)
    conversation_id: UUID = field(default_factory=new_id)

    @property
    def headers(self) -> dict[str, str]:
        return self.ai.headers(self.member)

    async def announced(self, timezone: str = "Europe/London") -> "Studio":
        created = WorkspaceCreated(workspace_id=self.member.workspace_id, workspace_name="Studio", timezone=timezone)
        await self.ai.deliver(event(created, self.member.workspace_id, subject=self.member.workspace_id))
        return self

    def message(self, body: str, *, sent: bool = False) -> Any:
        kind = MessageSent if sent else MessageReceived
        data = kind(
            message_id=new_id(),
            conversation_id=self.conversation_id,
            client_id=self.client_id,
            channel=Channel.CHAT,
            author_name="Acme",
            body=body,
            created_at=MONDAY,
        )
        return event(data, self.member.workspace_id)

    async def says(self, body: str, *, sent: bool = False) -> None:
        await self.ai.deliver(self.message(body, sent=sent))

    async def suggestions(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.ai.http.get("/api/v1/suggestions", params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
async def unannounced(ai: ServiceHarness) -> Studio:
    """A workspace that the service has not heard of yet."""
    return Studio(ai, ai.member())


@pytest.fixture
async def studio(ai: ServiceHarness) -> Studio:
    return await Studio(ai, ai.member()).announced()


@pytest.fixture
async def stranger(ai: ServiceHarness) -> Studio:
    return await Studio(ai, ai.member()).announced()


class Costly:
    """An engine whose answers cost something."""

    async def answer(self, _: SourceText) -> Answer:
        return Answer([], "bedrock", "1/m", None, ModelCall("bedrock", "m", "1", 1, 1, None, 1, "answered", None))


@pytest.fixture
def open_sample(ai: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> OpenSample:
    """Opens a workspace with a row in every table but the one for messages that wait."""

    async def open_() -> Sample:
        studio = await Studio(ai, ai.member()).announced()
        await studio.says("Please send the invoice by Thursday.")
        [suggestion] = await studio.suggestions()
        url = f"/api/v1/suggestions/{suggestion['id']}/dismiss"
        await ai.http.post(url, headers={**studio.headers, "Idempotency-Key": "sample"})
        with monkeypatch.context() as patched:
            patched.setattr(engine, "engine", Costly())
            await studio.says("Please send the invoice by Thursday.")
        ids = {"client_id": str(studio.client_id), "conversation_id": str(studio.conversation_id)}
        return Sample(ai, studio.member, ids | {"suggestion_id": suggestion["id"]})

    return open_


@pytest.fixture
async def sample(open_sample: OpenSample) -> Sample:
    """One such workspace."""
    return await open_sample()
