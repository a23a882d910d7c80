"""Nothing is lost and nothing waits when a consumer stops."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faststream_sqs import Queue, SendBatch, SQSBroker, SQSMessage

MakeBroker = Callable[..., SQSBroker]

BUSY = 400
APP = """
import asyncio
from faststream import FastStream
from faststream_sqs import Queue, SQSBroker

broker = SQSBroker(region="eu-west-1", endpoint_url="{endpoint}", aws_access_key_id="{account}",
                   aws_secret_access_key="test", wait_time=1, log_level=10)
app = FastStream(broker)

@broker.subscriber(Queue("{name}", visibility=600), max_workers=20)
async def handle(number: int) -> None:
    print(f"began {{number}}\\n", end="", flush=True)
    await asyncio.sleep(0.05)
    print(f"ended {{number}}\\n", end="", flush=True)
"""


async def test_stopping_waits_for_handlers_and_flushes_their_deletes(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker()
    started: list[Any] = []
    finished: list[Any] = []

    @broker.subscriber(name, ack_linger=30)
    async def handle(body: Any) -> None:
        started.append(body)
        await asyncio.sleep(0.5)
        finished.append(body)

    await broker.start()
    await broker.publish_batch(*range(5), queue=name)
    await eventually(lambda: len(started) == 5)
    await broker.stop()
    assert sorted(finished) == list(range(5))
    assert await inspect.is_empty(name)


async def test_a_handler_that_does_not_end_is_cancelled_and_its_message_returned(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(graceful_timeout=0.2)
    started = asyncio.Event()

    @broker.subscriber(Queue(name, visibility=600))
    async def handle() -> None:
        started.set()
        await asyncio.sleep(60)

    await broker.start()
    await broker.publish("x", name)
    await started.wait()
    await broker.stop()
    assert await inspect.counts(name) == (1, 0)


async def test_what_was_received_but_not_started_is_returned(make_broker: MakeBroker, name: str, inspect: Any) -> None:
    broker = make_broker(wait_time=1)
    subscriber = broker.subscriber(Queue(name, visibility=600))

    @subscriber
    async def handle() -> None:
        raise AssertionError("must not run")

    await broker.start()
    await asyncio.sleep(0.1)
    subscriber.pause()
    await broker.publish_batch("a", "b", queue=name)
    await asyncio.sleep(0.3)
    await broker.stop()
    assert await inspect.counts(name) == (2, 0)


async def test_a_message_sent_just_after_a_stop_reaches_the_next_consumer_at_once(
    make_broker: MakeBroker, name: str, eventually: Any
) -> None:
    counts: list[int] = []
    first, second = make_broker(wait_time=2), make_broker()
    for broker in (first, second):

        @broker.subscriber(Queue(name, visibility=600))
        async def handle(message: SQSMessage) -> None:
            counts.append(message.receive_count)

    await first.start()
    await asyncio.sleep(0.2)
    await first.stop()
    await second.start()
    await second.publish("x", name)
    await eventually(lambda: counts == [1])
    await second.stop()


async def test_a_broker_starts_again_after_a_stop(make_broker: MakeBroker, name: str, eventually: Any) -> None:
    broker = make_broker()
    handled: list[Any] = []

    @broker.subscriber(name)
    async def handle(body: Any) -> None:
        handled.append(body)

    for round_ in range(2):
        await broker.start()
        await broker.publish(round_, name)
        await eventually(lambda expected=round_ + 1: len(handled) == expected)
        await broker.stop()
    assert handled == [0, 1]
    assert not await broker.ping()


async def test_sends_that_wait_for_company_leave_before_the_end(
    make_broker: MakeBroker, name: str, inspect: Any, eventually: Any
) -> None:
    broker = make_broker(send=SendBatch(linger=3600))
    await broker.start()
    sends = [asyncio.create_task(broker.publish(i, name)) for i in range(5)]
    sender = broker.config.producer._sender
    await eventually(lambda: sum(map(len, sender._waiting.values())) == 5)
    await broker.stop()
    assert len({await send for send in sends}) == 5
    assert await inspect.counts(name) == (5, 0)


async def test_stopping_twice_or_before_the_start_does_nothing(make_broker: MakeBroker) -> None:
    broker = make_broker()
    await broker.stop()
    await broker.start()
    await asyncio.gather(broker.stop(), broker.stop())


async def test_a_process_that_is_asked_to_stop_under_load_finishes_what_it_began_and_holds_nothing_back(
    make_broker: MakeBroker, name: str, tmp_path: Path, endpoint: str, account: str, inspect: Any, eventually: Any
) -> None:
    (tmp_path / "busy_app.py").write_text(APP.format(endpoint=endpoint, account=account, name=name))
    told = tmp_path / "told"

    def numbers(word: str) -> list[int]:
        *lines, _unfinished = told.read_text().split("\n")
        return sorted(int(line.split()[1]) for line in lines if line.startswith(word))

    async def run_until(enough: int) -> None:
        """Run a process until that many are done in all, and ask it to stop."""
        with told.open("a") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "faststream", "run", "busy_app:app"),
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
                stdout=output,
            )
        try:
            await eventually(lambda: len(numbers("ended")) >= enough, within=60)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async with make_broker() as broker:
        for start in range(0, BUSY, 100):
            await broker.publish_batch(*range(start, start + 100), queue=name)
        await run_until(BUSY // 4)
        assert numbers("began") == numbers("ended")
        assert len(numbers("ended")) < BUSY
        assert await inspect.counts(name) == (BUSY - len(numbers("ended")), 0)
        await run_until(BUSY)
    assert numbers("ended") == list(range(BUSY))
    assert await inspect.is_empty(name)
