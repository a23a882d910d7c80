"""The server restarts in the middle of everything: nothing is lost, nothing is stuck, nothing spins."""

import asyncio
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from faststream_sqs import Queue, SQSBroker, TransportError
from smartstack_cli.local import aws
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.program import stop

MakeBroker = Callable[..., SQSBroker]

VISIBILITY = 2
# Longer than a delete is tried again.
AWAY_SECONDS = 7.0
RESTARTS = 2
MESSAGES = 400


class Server:
    """An emulator as a process of its own that keeps its state over a restart."""

    def __init__(self, home: Path) -> None:
        self._port = free_port()
        self._log = home / "aws.log"
        self._program = aws.program(self._port, home)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = aws.url(self._port)

    async def start(self) -> None:
        """Returns when it answers."""
        with self._log.open("ab") as output:
            self._process = self._program.start(output)
        await asyncio.to_thread(aws.wait_until_ready, self._process, self._port, self._log)

    async def stop(self) -> None:
        """Stops it; it saves what it holds."""
        if self._process is not None:
            await asyncio.to_thread(stop, self._process, self._program.stop_signal, 10)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server that may be restarted."""
    running = Server(tmp_path)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def endpoint(server: Server) -> str:
    """The server that restarts, for brokers and for those who look at it."""
    return server.url


async def test_a_server_that_restarts_under_load_loses_nothing_and_leaves_nothing_stuck(
    make_broker: MakeBroker, name: str, server: Server, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(wait_time=1)
    handled: Counter[int] = Counter()

    @broker.subscriber(Queue(name, visibility=VISIBILITY), topics=[f"{name}-t"], max_workers=20)
    async def handle(number: int) -> None:
        await asyncio.sleep(0.02)
        handled[number] += 1

    sent, enough = 0, asyncio.Event()

    async def send() -> None:
        nonlocal sent
        # As long as the server restarts, however fast the machine is.
        while not enough.is_set():
            number = sent
            sent += 1
            destination = {"topic": f"{name}-t"} if number % 2 else {"queue": name}
            while True:
                try:
                    await broker.publish(number, **destination)
                    break
                except TransportError:
                    await asyncio.sleep(0.05)

    async with broker:
        await broker.start()
        sending = asyncio.create_task(send())
        for restart in range(RESTARTS):
            await eventually(lambda first=MESSAGES // 4 * (restart + 1): len(handled) >= first)
            await server.stop()
            await asyncio.sleep(0.3)
            await server.start()
        await eventually(lambda: len(handled) >= MESSAGES)
        enough.set()
        await sending
        await eventually(lambda: len(handled) == sent)
        await eventually(lambda: inspect.is_empty(name), within=VISIBILITY + 5)
    assert sorted(handled) == list(range(sent))
    # Twice is what a lost answer may cost: of a publish, of a receive, of a delete.
    assert handled.total() - sent <= RESTARTS * 40


@pytest.mark.parametrize("ends", ["while it is away", "when it is back"])
async def test_a_message_in_hand_while_the_server_restarts_is_not_stuck(
    make_broker: MakeBroker, name: str, server: Server, inspect: Any, eventually: Any, ends: str
) -> None:
    broker = make_broker()
    began, go_on = asyncio.Event(), asyncio.Event()

    @broker.subscriber(Queue(name, visibility=VISIBILITY))
    async def handle() -> None:
        began.set()
        await go_on.wait()

    async with broker:
        await broker.start()
        await broker.publish("x", name)
        await began.wait()
        await server.stop()
        if ends == "while it is away":
            go_on.set()
            await asyncio.sleep(AWAY_SECONDS)
        await server.start()
        go_on.set()
        await eventually(lambda: inspect.is_empty(name), within=VISIBILITY + 5)


async def test_while_the_server_is_away_nothing_spins_and_when_it_is_back_consuming_goes_on(
    make_broker: MakeBroker, name: str, server: Server, eventually: Any
) -> None:
    broker = make_broker()
    handled: list[Any] = []

    @broker.subscriber(name, max_workers=50)
    async def handle(body: Any) -> None:
        handled.append(body)

    async with broker:
        await broker.start()
        await broker.publish("before", name)
        await eventually(lambda: handled == ["before"])
        await server.stop()
        used = time.process_time()
        await asyncio.sleep(2)
        used = time.process_time() - used
        await server.start()
        await broker.publish("after", name)
        await eventually(lambda: handled == ["before", "after"])
    assert used < 0.5
