import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.core.errors import TooMany
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.testing.harness import event
from smartstack_contracts import LIVE, EventData, new_id
from smartstack_contracts.events.comms import ClientCreated, MessageReceived
from smartstack_contracts.events.tasks import TaskCreated
from smartstack_contracts.topology import consumed
from smartstack_contracts.values import Channel, Priority, TaskSource, TaskStatus
from smartstack_gateway.live.api import EventStream
from smartstack_gateway.live.consumers import register
from smartstack_gateway.live.domain import LiveEvent
from smartstack_gateway.live.feed import QUEUED, LiveFeed, StreamLimits
from smartstack_gateway.main import compose
from smartstack_gateway.retention.commands import delete_expired
from smartstack_gateway.testing import Gateway, MakeGateway, SignedUp


def message(client: UUID | None = None) -> MessageReceived:
    return MessageReceived(
        message_id=new_id(),
        conversation_id=new_id(),
        client_id=client or new_id(),
        channel=Channel.CHAT,
        author_name="Acme",
        body="A secret of Acme's",
        created_at=datetime.now(UTC),
    )


@asynccontextmanager
async def stream(gateway: Gateway, headers: dict[str, str], last_id: str | None = None) -> AsyncIterator[Any]:
    """Open the stream; yields a function that returns the next event (or raises when none comes)."""
    headers = headers if last_id is None else {**headers, "Last-Event-ID": last_id}
    async with gateway.http.get(gateway.url + "/api/v1/live", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "text/event-stream"

        async def following(seconds: float = 5) -> dict[str, Any] | str | None:
            async with asyncio.timeout(seconds):
                lines = []
                while line := (await answer.content.readline()).decode().rstrip("\n"):
                    lines.append(line)
            if not lines:
                return None
            if lines[0].startswith(":"):
                return lines[0]
            fields = dict(entry.split(": ", 1) for entry in lines)
            return {**fields, "data": json.loads(fields["data"])} if "data" in fields else fields

        assert await following() == {"retry": "1000"}
        yield following


async def deliver(gateway: Gateway, workspace: Any, data: EventData, **options: Any) -> None:
    await gateway.harness.deliver(event(data, UUID(str(workspace)), **options))


@pytest.fixture
def workspace(sam: SignedUp) -> UUID:
    return UUID(sam.body["workspace"]["id"])


def test_the_gateway_handles_exactly_what_its_queues_bring() -> None:
    handlers = compose().handlers
    assert handlers is not None
    assert handlers.types == {model.type() for model in consumed("gateway")}


def test_every_live_event_is_recorded_for_open_pages() -> None:
    registered = EventHandlers("gateway")
    register(registered, lambda: None)
    assert all("on_live_event" in registered.names(model.type()) for model in LIVE)


async def test_a_commit_here_wakes_the_streams_without_waiting_for_the_sweep(
    make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartstack_gateway.live.feed.SWEEP_SECONDS", 60)
    async with make_gateway() as gateway:
        member = await gateway.sign_up()
        async with stream(gateway, member.headers) as following:
            await deliver(gateway, member.body["workspace"]["id"], message())
            assert (await following())["event"] == "message_received"


async def test_an_event_shows_up_once_with_the_ids_of_what_to_read(
    gateway: Gateway, sam: SignedUp, workspace: UUID
) -> None:
    async with stream(gateway, sam.headers) as following:
        first, subject = message(), new_id()
        await deliver(gateway, workspace, first, subject=subject)
        seen = await following()
        assert seen["event"] == "message_received"
        assert seen["data"]["type"] == "message_received"
        assert seen["data"]["subject"] == str(subject)
        assert seen["data"]["data"] == {
            "client_id": str(first.client_id),
            "conversation_id": str(first.conversation_id),
            "message_id": str(first.message_id),
        }
        assert datetime.fromisoformat(seen["data"]["time"])
        await deliver(gateway, workspace, ClientCreated(client_id=new_id(), client_name="Next"))
        assert (await following())["event"] == "client_created"


async def test_a_task_names_the_message_that_it_came_from(gateway: Gateway, sam: SignedUp, workspace: UUID) -> None:
    source = TaskSource(suggestion_id=new_id(), conversation_id=new_id(), message_id=new_id())
    task = TaskCreated(
        task_id=new_id(),
        title="x",
        status=TaskStatus.OPEN,
        priority=Priority.NORMAL,
        due_at=None,
        client_id=None,
        project_id=None,
        source=source,
        completed_at=None,
    )
    async with stream(gateway, sam.headers) as following:
        await deliver(gateway, workspace, task)
        assert (await following())["data"]["data"] == {
            **{key: str(value) for key, value in source},
            "task_id": str(task.task_id),
        }


async def test_what_was_missed_is_brought_by_the_last_id(gateway: Gateway, sam: SignedUp, workspace: UUID) -> None:
    async with stream(gateway, sam.headers) as following:
        await deliver(gateway, workspace, message())
        last = (await following())["id"]
    missed = [message(), message()]
    for each in missed:
        await deliver(gateway, workspace, each)
    async with stream(gateway, sam.headers, last) as following:
        seen = {last}
        brought = [(await unseen(following, seen))["data"]["data"]["message_id"] for _ in missed]
        assert brought == [str(each.message_id) for each in missed]
        await deliver(gateway, workspace, ClientCreated(client_id=new_id(), client_name="Live again"))
        assert (await unseen(following, seen))["event"] == "client_created"


async def unseen(following: Any, seen: set[str]) -> Any:
    """Return the next event that is new: where a replay meets live events, some are repeated."""
    while (received := await following())["id"] in seen:
        pass
    seen.add(received["id"])
    return received


async def test_an_event_names_its_trace_live_and_replayed(gateway: Gateway, sam: SignedUp, workspace: UUID) -> None:
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"
    traced = event(message(), workspace).model_copy(update={"traceparent": traceparent})
    async with stream(gateway, sam.headers) as following:
        await deliver(gateway, workspace, message())
        first = await following()
        assert "traceparent" not in first["data"]
        await gateway.harness.deliver(traced)
        live = await following()
    assert live["data"]["traceparent"] == traceparent
    async with stream(gateway, sam.headers, first["id"]) as following:
        assert await unseen(following, {first["id"]}) == live


async def test_a_last_id_that_is_forgotten_or_foreign_resets_the_page(
    gateway: Gateway, sam: SignedUp, workspace: UUID
) -> None:
    other = await gateway.sign_up()
    async with stream(gateway, sam.headers) as following:
        await deliver(gateway, workspace, message())
        foreign = (await following())["id"]
    for last in (foreign, "999999999"):
        async with stream(gateway, other.headers, last) as following:
            assert (await following())["event"] == "reset"


async def test_a_last_id_that_is_none_is_422(gateway: Gateway, sam: SignedUp) -> None:
    for last in ("x", "-1", "9" * 30):
        headers = {**sam.headers, "Last-Event-ID": last}
        assert (await gateway.get("/api/v1/live", headers=headers))[0] == 422


async def test_a_transaction_that_commits_late_is_neither_missed_live_nor_in_a_replay(
    gateway: Gateway, sam: SignedUp, workspace: UUID
) -> None:
    insert = (
        "INSERT INTO gateway.live_events (workspace_id, type, subject, time, data) "
        "VALUES ($1, 'message_sent', $2, now(), '{}')"
    )
    late = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        async with stream(gateway, sam.headers) as following:
            async with late.transaction():
                await late.execute(insert, workspace, new_id())
                await deliver(gateway, workspace, message())
                last = (await following())["id"]
            live = await following()
    finally:
        await late.close()
    async with stream(gateway, sam.headers, last) as following:
        assert await following() == live
    assert live["event"] == "message_sent"
    assert int(live["id"]) < int(last)


async def test_rows_of_a_sibling_process_are_found_by_the_sweep(
    gateway: Gateway, sam: SignedUp, workspace: UUID
) -> None:
    sibling = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        async with stream(gateway, sam.headers) as following:
            for kind in ("task_created", "task_updated"):
                await sibling.execute(
                    "INSERT INTO gateway.live_events (workspace_id, type, subject, time, data) "
                    "VALUES ($1, $2, $3, now(), '{}')",
                    workspace,
                    kind,
                    new_id(),
                )
                assert (await following())["event"] == kind
    finally:
        await sibling.close()


async def test_another_workspace_hears_nothing(gateway: Gateway, sam: SignedUp, workspace: UUID) -> None:
    other = await gateway.sign_up()
    async with stream(gateway, other.headers) as following:
        await deliver(gateway, workspace, message())
        await deliver(gateway, other.body["workspace"]["id"], ClientCreated(client_id=new_id(), client_name="Own"))
        assert (await following())["event"] == "client_created"


async def test_a_client_hears_of_its_own_messages_alone_live_and_replayed(gateway: Gateway) -> None:
    client = PortalClient(new_id(), new_id(), new_id())
    others = (ClientCreated(client_id=client.client_id, client_name="Acme"), message())
    async with stream(gateway, gateway.harness.headers(client)) as following:
        await deliver(gateway, client.workspace_id, message(client.client_id))
        last = (await following())["id"]
        for each in (*others, message(client.client_id)):
            await deliver(gateway, client.workspace_id, each)
        live = await following()
    async with stream(gateway, gateway.harness.headers(client), last) as following:
        assert await following() == live
    assert live["data"]["data"]["client_id"] == str(client.client_id)


async def test_a_quiet_stream_has_a_heartbeat(make_gateway: MakeGateway) -> None:
    async with make_gateway(live_heartbeat_seconds=0.1) as gateway:
        member = await gateway.sign_up()
        async with stream(gateway, member.headers) as following:
            assert [await following(), await following()] == [": heartbeat"] * 2


async def test_the_stream_ends_with_its_token(gateway: Gateway) -> None:
    short = replace(gateway.harness.signer, lifetime_seconds=1)
    token = short.member(Member(new_id(), new_id(), new_id(), "owner"))
    async with stream(gateway, {"Authorization": f"Bearer {token}"}) as following:
        # No heartbeat is due before the token ends.
        assert await following(10) in (None, ": heartbeat")
        assert await following(1) is None


async def test_logging_out_ends_the_stream_at_once(gateway: Gateway, sam: SignedUp) -> None:
    async with stream(gateway, sam.headers) as following:
        await gateway.log_out(sam.cookie)
        while await following() is not None:
            pass


async def test_stopping_ends_the_streams_at_once(make_gateway: MakeGateway) -> None:
    async with make_gateway() as gateway:
        member = await gateway.sign_up()
        async with stream(gateway, member.headers) as following:
            gateway.harness.runtime.stopping.set()
            while await following() is not None:
                pass


async def test_a_new_connection_over_the_limit_closes_the_oldest_one(make_gateway: MakeGateway) -> None:
    async with make_gateway(live_connections=2) as gateway:
        member, other = await gateway.sign_up(), await gateway.sign_up()
        async with (
            stream(gateway, member.headers) as oldest,
            stream(gateway, other.headers) as others,
            stream(gateway, member.headers),
            stream(gateway, member.headers) as newest,
        ):
            while await oldest() is not None:
                pass
            for following in (newest, others):
                with pytest.raises(TimeoutError):
                    await following(0.1)


async def test_one_visitor_of_a_share_link_leaves_streams_to_others(make_gateway: MakeGateway) -> None:
    async with make_gateway(portal_connections_per_address=2, trusted_proxies=1) as gateway:
        client = gateway.harness.headers(PortalClient(new_id(), new_id(), new_id()))
        greedy, other = ({**client, "X-Forwarded-For": address} for address in ("10.0.0.1", "10.0.0.2"))
        async with stream(gateway, greedy), stream(gateway, greedy):
            status, body, headers = await gateway.get("/api/v1/live", headers=greedy)
            assert (status, body["code"], headers["Retry-After"]) == (429, "too_many_streams", "5")
            async with stream(gateway, other):
                pass


def test_connections_that_do_not_close_are_bounded_too() -> None:
    feed, member = LiveFeed(), Member(new_id(), new_id(), new_id(), "owner")
    with ExitStack() as stack:
        held = [stack.enter_context(feed.subscribe(member, StreamLimits(2))) for _ in range(4)]
        assert [each.closed for each in held] == [True, True, False, False]
        with pytest.raises(TooMany):
            stack.enter_context(feed.subscribe(member, StreamLimits(2)))
    with feed.subscribe(member, StreamLimits(2)) as subscription:
        assert not subscription.closed


async def test_a_reader_that_falls_behind_is_cut_off() -> None:
    feed, member = LiveFeed(), Member(new_id(), new_id(), new_id(), "owner")
    with feed.subscribe(member, StreamLimits(1)) as subscription:
        for number in range(QUEUED + 1):
            subscription.push(LiveEvent(number, member.workspace_id, "x", new_id(), datetime.now(UTC), {}))
        assert subscription.closed
        assert await subscription.next(0) is None


@pytest.mark.parametrize("sent_before_it_stops_taking", [0, 1])
async def test_a_reader_that_takes_nothing_loses_its_place(
    monkeypatch: pytest.MonkeyPatch, sent_before_it_stops_taking: int
) -> None:
    monkeypatch.setattr("smartstack_gateway.live.api.SEND_SECONDS", 0.05)
    feed, member, sent = LiveFeed(), Member(new_id(), new_id(), new_id(), "owner"), []

    async def frames() -> AsyncGenerator[bytes, None]:
        while True:
            yield b": heartbeat\n\n"

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(part: Any) -> None:
        if len(sent) >= sent_before_it_stops_taking:
            await asyncio.Event().wait()
        sent.append(part)

    with ExitStack() as stack:
        stack.enter_context(feed.subscribe(member, StreamLimits(1)))
        response = EventStream(frames(), stack.pop_all())
    async with asyncio.timeout(5):
        await response({"type": "http"}, receive, send)
    with feed.subscribe(member, StreamLimits(1)):
        pass


async def test_no_token_no_stream(gateway: Gateway) -> None:
    assert (await gateway.get("/api/v1/live"))[0] == 401


async def test_old_events_are_removed(gateway: Gateway, sam: SignedUp, workspace: UUID) -> None:
    await deliver(gateway, workspace, message())
    await delete_expired(gateway.harness.uow, timedelta(hours=1))
    admin = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        count = "SELECT count(*) FROM gateway.live_events WHERE workspace_id = $1"
        assert await admin.fetchval(count, workspace) == 1
        await admin.execute("UPDATE gateway.live_events SET written_at = now() - interval '61 minutes'")
        await delete_expired(gateway.harness.uow, timedelta(hours=1))
        assert await admin.fetchval(count, workspace) == 0
    finally:
        await admin.close()


async def test_messages_themselves_are_not_copied(gateway: Gateway, sam: SignedUp, workspace: UUID) -> None:
    await deliver(gateway, workspace, message())
    admin = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        rows = await admin.fetch("SELECT l::text FROM gateway.live_events l")
    finally:
        await admin.close()
    assert rows
    assert not [row for row in rows if "secret" in row[0]]
