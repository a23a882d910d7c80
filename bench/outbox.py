"""What the outbox costs those who write, how fast it drains, and how long a fact takes from COMMIT to its handler.

Services of its own on new databases and the emulator. Each figure stands beside a baseline of the same run, since
absolute figures say more about the machine than about the outbox.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from joserfc.jwk import OKPKey
from sqlalchemy import text

from smartstack_chassis.auth.tokens import Signer, StaticKeys
from smartstack_chassis.core.actors import Member
from smartstack_chassis.events.bus import SqsMessaging
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.outbox import OutboxMessage, OutboxRelay
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_chassis.process.app import build_app
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import RecordingBus, create_database, drop_database, test_key
from smartstack_cli.local.aws import REGION
from smartstack_cli.local.shared_server import shared
from smartstack_comms.main import service as comms
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.comms import ClientCreated
from smartstack_contracts.events.gateway import WorkspaceCreated
from smartstack_gateway.main import service as gateway

PUBLISH_SECONDS = 0.020
EVENTS = 20_000
WRITERS = 8
# Short and many, in turns: a busy neighbour then disturbs both sides alike.
ROUNDS = 40
ROUND_SECONDS = 0.4
LATENCY_EVENTS = 400
PREFIX = "bench"
_ROW = text(
    "INSERT INTO clients (id, workspace_id, name, notes, version, created_at, updated_at) "
    "VALUES (:id, :workspace, 'Acme', '', 1, now(), now())"
)


Write = Callable[[], Awaitable[None]]


def transaction_writer(uow: UnitOfWork, member: Member) -> Write:
    """Return the least that a command can do: one row, and the fact of it."""

    async def write() -> None:
        async with uow.begin(member) as transaction:
            client_id = new_id()
            await transaction.session.execute(_ROW, {"id": client_id, "workspace": member.workspace_id})
            transaction.emit(ClientCreated(client_id=client_id, client_name="Acme"), subject=client_id, sequence=1)

    return write


def request_writer(runtime: Runtime, token: str) -> Write:
    """Return a whole request, POST /clients, without a network around it."""
    app = build_app(comms, runtime)
    body = b'{"name": "Acme", "notes": ""}'
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/clients",
        "raw_path": b"/api/v1/clients",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 201) == 201, message

    async def write() -> None:
        await app(dict(scope), receive, send)

    return write


async def write_for(write: Write, seconds: float = ROUND_SECONDS) -> tuple[float, float]:
    """Let some writers write as fast as they can; return writes/s and this process's CPU per write in µs."""
    until, done = time.perf_counter() + seconds, 0

    async def writer() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await write()
            done += 1

    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return done / (time.perf_counter() - began), (time.process_time() - used) / done * 1e6


async def cost_to_writers(write: Write) -> str:
    """Write without the fact and with it, in turns; return what it costs: medians, of the rounds' ratios too."""
    rounds = []
    for _ in range(ROUNDS):
        with patch.object(Transaction, "emit", lambda *_, **__: None):
            without = await write_for(write)
        rounds.append((*without, *await write_for(write)))
    rate, cpu, rate_with, cpu_with = (statistics.median(column) for column in zip(*rounds, strict=True))
    fewer = statistics.median(1 - each[2] / each[0] for each in rounds)
    more = statistics.median(each[3] / each[1] - 1 for each in rounds)
    return (
        f"without an event {rate:6.0f}/s {cpu:6.0f} µs CPU   with one {rate_with:6.0f}/s {cpu_with:6.0f} µs   "
        f"cost {fewer:.1%} of the writes, {more:.1%} more CPU"
    )


async def slow_broker(messages: Sequence[OutboxMessage]) -> Sequence[bool]:
    """Publish as SNS does from afar: ten a request, requests at once, 20 ms each."""
    await asyncio.sleep(PUBLISH_SECONDS)
    return [True] * len(messages)


async def drain_rate(uow: UnitOfWork, claim: int) -> float:
    """Fill the outbox and return the events/s at which one relay empties it."""
    count = EVENTS if claim > 10 else EVENTS // 40
    member = Member(new_id(), new_id(), new_id(), "owner")
    for _ in range(count // 500):
        async with uow.begin(member) as transaction:
            for _ in range(500):
                data = ClientCreated(client_id=new_id(), client_name="Acme")
                transaction.emit(data, subject=data.client_id, sequence=1)
    relay = OutboxRelay(uow, slow_broker, claim=claim)
    began = time.perf_counter()
    await relay.drain()
    return count / (time.perf_counter() - began)


async def latencies(publisher: Runtime, heard: dict[str, asyncio.Future[float]]) -> list[float]:
    """Return the ms from COMMIT in one service to the handler's COMMIT in another, at some 50 events/s."""
    member, found = Member(new_id(), new_id(), new_id(), "owner"), []
    for _ in range(LATENCY_EVENTS):
        name = new_id().hex
        arrival = heard[name] = asyncio.get_running_loop().create_future()
        async with publisher.uow.begin(member) as transaction:
            data = WorkspaceCreated(workspace_id=member.workspace_id, workspace_name=name, timezone="UTC")
            transaction.emit(data, subject=member.workspace_id, sequence=1)
        committed = time.perf_counter()
        found.append((await asyncio.wait_for(arrival, 30) - committed) * 1000)
        await asyncio.sleep(0.01)
    return sorted(found)


def services(heard: dict[str, asyncio.Future[float]]) -> tuple[Service, Service]:
    """Return a publisher and a consumer; a name that the consumer handled is looked up in `heard` at its commit."""
    handlers = EventHandlers("comms")

    @handlers.on(WorkspaceCreated)
    async def on_workspace_created(transaction: Transaction, event: Envelope[WorkspaceCreated]) -> None:
        arrival = heard[event.data.workspace_name]

        def committed() -> None:
            if not arrival.done():
                arrival.set_result(time.perf_counter())

        transaction.after_commit(committed)

    return (
        Service(name="gateway", root=gateway.root, routers=[]),
        Service(name="comms", root=comms.root, routers=[], handlers=handlers),
    )


@asynccontextmanager
async def running(
    admin_url: str, service: Service, factory: Callable[..., Any], key: OKPKey | None = None
) -> AsyncIterator[Runtime]:
    """Run a service on a new database."""
    database = await create_database(admin_url, service)
    settings = service.settings(database_url=database.app_url, resource_prefix=PREFIX)  # type: ignore[arg-type]
    runtime = Runtime.create(service, settings, factory, StaticKeys({str(key.kid): key} if key else {}))
    try:
        # With a key there is only writing to do; no relay may take what the measured one is to drain.
        async with nullcontext() if key else runtime.running():
            yield runtime
    finally:
        await runtime.engine.dispose()
        await drop_database(admin_url, database)


async def measure(admin_url: str) -> None:
    """Print the table."""
    heard: dict[str, asyncio.Future[float]] = {}
    key = test_key()
    publisher, consumer = services(heard)
    async with running(admin_url, comms, lambda *_: RecordingBus(), key) as runtime:
        runtime.uow.after_commit = lambda: None
        member = Member(new_id(), new_id(), new_id(), "owner")
        token = Signer(key).member(member)
        costs = {
            "one row": await cost_to_writers(transaction_writer(runtime.uow, member)),
            "POST /clients": await cost_to_writers(request_writer(runtime, token)),
        }
        await runtime.relay.drain()
        slow = await drain_rate(runtime.uow, 10)
        fast = await drain_rate(runtime.uow, 500)
    async with running(admin_url, publisher, SqsMessaging) as one, running(admin_url, consumer, SqsMessaging):
        await asyncio.sleep(1)
        found = await latencies(one, heard)
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for what, cost in costs.items():
        print(f"{what:13} {cost}")
    print(f"drain/s, 20 ms a publish: claim 10 {slow:8.0f}   claim 500 {fast:8.0f}   ratio {fast / slow:.1f}")
    print(f"COMMIT -> handled elsewhere: p50 {p50:.1f} ms   p99 {p99:.1f} ms")


def main() -> None:
    """Start the servers and measure."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with (
        TemporaryDirectory() as folder,
        shared("postgres", Path(folder) / "postgres") as admin_url,
        shared("aws", Path(folder) / "aws") as aws_url,
    ):
        os.environ |= {
            "AWS_ENDPOINT_URL": aws_url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "0" * 12,
            "AWS_SECRET_ACCESS_KEY": "bench",
        }
        asyncio.run(measure(admin_url))


if __name__ == "__main__":
    main()
