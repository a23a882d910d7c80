"""The parts of consuming against a transport that is driven by hand."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faststream_sqs import Backoff, Extend, Lease, LeaseLostError, NetworkError, Queue, SQSRawMessage, ThrottledError
from faststream_sqs.claim_check import ClaimCheck
from faststream_sqs.configs import Connection
from faststream_sqs.subscriber.coalescer import Coalescer
from faststream_sqs.subscriber.dead_letters import REASON, dead_letter_entry
from faststream_sqs.subscriber.intake import Intake, IntakeOptions
from faststream_sqs.subscriber.permits import Permits
from faststream_sqs.subscriber.poller import Pollers
from faststream_sqs.subscriber.settlement import Settlement, SettlementOptions
from faststream_sqs.topology import QueueInfo
from faststream_sqs.wire import MAX_ATTRIBUTES, SQS_MAX_BYTES, string_attribute

INFO = QueueInfo("q", "http://sqs/1/q", "arn:aws:sqs:eu-west-1:1:q", 30, None, {})


def wire(number: int = 0, **parts: Any) -> dict[str, Any]:
    return {"MessageId": f"m{number}", "ReceiptHandle": f"h{number}", "Body": "b"} | parts


def raw(number: int = 0, **parts: Any) -> SQSRawMessage:
    return SQSRawMessage(wire(number, **parts), queue="q", received_at=asyncio.get_event_loop().time())


class FakeTransport:
    """Notes what is asked and answers as told."""

    def __init__(self) -> None:
        self.deleted: list[list[str]] = []
        self.changed: list[list[tuple[str, int]]] = []
        self.received: list[dict[str, Any]] = []
        self.failures: list[Any] = []
        self.answers: list[Any] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def delete_batch(self, queue_url: str, handles: list[str]) -> list[Any]:
        self.deleted.append(list(handles))
        return self._outcome(len(handles))

    async def visibility_batch(self, queue_url: str, changes: list[tuple[str, int]]) -> list[Any]:
        self.changed.append(list(changes))
        await self.gate.wait()
        return self._outcome(len(changes))

    async def receive(self, queue_url: str, **request: Any) -> list[Any]:
        self.received.append(request)
        answer = self.answers.pop(0) if self.answers else []
        if isinstance(answer, Exception):
            raise answer
        return cast("list[Any]", answer)

    def _outcome(self, count: int) -> list[Any]:
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, Exception):
            raise failure
        return failure if failure is not None else [None] * count


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def settlement(transport: FakeTransport, log: list[str]) -> Settlement:
    return make_settlement(transport, log)


def make_settlement(transport: FakeTransport, log: list[str], **options: Any) -> Settlement:
    chosen: dict[str, Any] = {
        "ack_linger": 0.01,
        "extend": Extend(at=0.5),
        "retry": Backoff(8, 1, jitter="none"),
        "on_reject": "dlq",
        "reject_on": (),
        "ack_first": False,
    }
    visibility = options.pop("visibility", 30)
    return Settlement(
        QueueInfo("q", "http://sqs/1/q", "arn", visibility, None, {}),
        SettlementOptions(**(chosen | options)),
        transport=cast("Any", transport),
        claim_check=ClaimCheck(cast("Any", None), None),
        log=log.append,
    )


def soon() -> float:
    return asyncio.get_running_loop().time() + 2


async def test_ten_deletes_leave_at_once_and_fewer_after_the_linger(
    settlement: Settlement, transport: FakeTransport
) -> None:
    for number in range(12):
        settlement.ack(raw(number))
    await asyncio.sleep(0)
    assert [len(batch) for batch in transport.deleted] == [10]
    await asyncio.sleep(0.03)
    assert [len(batch) for batch in transport.deleted] == [10, 2]


async def test_a_message_is_settled_once(settlement: Settlement, transport: FakeTransport) -> None:
    message = raw()
    settlement.ack(message)
    await settlement.nack(message, 5, None)
    settlement.give_back(message)
    await settlement.close(soon())
    assert (transport.deleted, transport.changed) == ([["h0"]], [])


async def test_throttled_deletes_are_tried_again(settlement: Settlement, transport: FakeTransport) -> None:
    transport.failures = [ThrottledError(), [None, ThrottledError()]]
    settlement.ack(raw(1))
    settlement.ack(raw(2))
    await settlement.close(soon())
    assert transport.deleted == [["h1", "h2"], ["h1", "h2"], ["h2"]]


async def test_a_lost_lease_is_not_tried_again(
    settlement: Settlement, transport: FakeTransport, log: list[str]
) -> None:
    transport.failures = [[LeaseLostError("gone")]]
    message = raw()
    settlement.ack(message)
    await settlement.close(soon())
    assert (transport.deleted, message.lease) == ([["h0"]], Lease.LOST)
    assert log


async def test_the_final_flush_ends_with_its_budget(
    settlement: Settlement, transport: FakeTransport, log: list[str]
) -> None:
    transport.gate.clear()
    settlement.give_back(raw())
    await settlement.close(asyncio.get_running_loop().time() + 0.1)
    assert any("in time" in line for line in log)


async def test_an_extension_on_its_way_does_not_overtake_a_return(transport: FakeTransport, log: list[str]) -> None:
    settlement = make_settlement(transport, log, visibility=1, extend=Extend(at=0.05))
    message = raw()
    settlement.hold(message)
    transport.gate.clear()
    await asyncio.sleep(0.1)
    await settlement.nack(message, 7, None)
    await asyncio.sleep(0.05)
    assert transport.changed == [[("h0", 1)]]
    transport.gate.set()
    await settlement.close(soon())
    assert transport.changed == [[("h0", 1)], [("h0", 7)]]


async def test_a_settled_message_is_not_extended_any_more(transport: FakeTransport, log: list[str]) -> None:
    settlement = make_settlement(transport, log, visibility=1, extend=Extend(at=0.1))
    acknowledged, returned = raw(1), raw(2)
    for message in (acknowledged, returned):
        settlement.hold(message)
    settlement.ack(acknowledged)
    await settlement.nack(returned, 9, None)
    await asyncio.sleep(0.2)
    await settlement.close(soon())
    assert transport.changed == [[("h2", 9)]]


async def test_a_lease_that_an_extension_finds_lost_is_not_acknowledged(
    transport: FakeTransport, log: list[str]
) -> None:
    settlement = make_settlement(transport, log, visibility=1, extend=Extend(at=0.05))
    transport.failures = [[LeaseLostError("with another consumer")]]
    message = raw()
    settlement.hold(message)
    await asyncio.sleep(0.1)
    assert message.lease is Lease.LOST
    settlement.ack(message)
    await settlement.close(soon())
    assert transport.deleted == []


async def test_messages_due_together_are_extended_together(transport: FakeTransport, log: list[str]) -> None:
    settlement = make_settlement(transport, log, visibility=1, extend=Extend(at=0.1))
    for number in range(25):
        settlement.hold(raw(number))
    await asyncio.sleep(0.15)
    await settlement.close(soon())
    assert [len(batch) for batch in transport.changed] == [10, 10, 5]


async def test_a_return_never_exceeds_twelve_hours_in_all(settlement: Settlement, transport: FakeTransport) -> None:
    message = raw()
    message.received_at -= 43_000
    await settlement.nack(message, 900, None)
    await settlement.close(soon())
    assert transport.changed[0][0][1] < 200


@settings(max_examples=30)
@given(st.lists(st.integers(min_value=1, max_value=10), max_size=20), st.integers(min_value=1, max_value=12))
async def test_permits_are_never_exceeded_and_all_come_back(wishes: list[int], total: int) -> None:
    permits = Permits(total)

    async def use(wish: int) -> None:
        taken = await permits.reserve(wish)
        assert 1 <= taken <= min(wish, total)
        assert permits.free >= 0
        await asyncio.sleep(0)
        permits.release(taken)

    await asyncio.gather(*(use(wish) for wish in wishes))
    assert permits.free == total


async def test_a_cancelled_waiter_passes_its_permit_on() -> None:
    permits = Permits(1)
    await permits.reserve(1)
    first, second = asyncio.create_task(permits.reserve(1)), asyncio.create_task(permits.reserve(1))
    await asyncio.sleep(0)
    permits.release()
    first.cancel()
    assert await asyncio.wait_for(second, 1) == 1


async def test_a_coalescer_keeps_every_item() -> None:
    sent: list[int] = []

    async def send(items: list[int]) -> None:
        await asyncio.sleep(0)
        sent.extend(items)

    coalescer: Coalescer[int] = Coalescer(send, size=10, linger=60)
    for item in range(57):
        coalescer.add(item)
    assert await coalescer.drain(soon()) == 0
    assert sorted(sent) == list(range(57))


class FakeWork:
    """Polls that answer as told."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = answers
        self.polls = 0
        self.problems: list[str] = []
        self.started = 0

    async def receive(self, count: int, wait_time: int) -> list[Any]:
        self.polls += 1
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if self.answers else []
        if isinstance(answer, Exception):
            raise answer
        return cast("list[Any]", answer)

    def start(self, messages: list[Any]) -> int:
        self.started += len(messages)
        return 0

    async def repair(self) -> None: ...

    def report(self, problem: str, *, fatal: bool) -> None:
        self.problems.append(problem)


async def test_of_pollers_that_find_nothing_together_one_stays() -> None:
    work = FakeWork([[wire()] * 10, [wire()] * 10, [wire()] * 10])
    pollers = Pollers(work, Permits(40), wait_time=0, limit=4)
    pollers.start()
    await asyncio.sleep(0.2)
    assert pollers.count == 1
    work.answers = [[wire()]]
    await asyncio.sleep(1.2)
    assert work.started == 31
    await pollers.stop(soon())


async def test_empty_polls_that_return_at_once_do_not_spin() -> None:
    work = FakeWork([])
    pollers = Pollers(work, Permits(10), wait_time=20, limit=1)
    pollers.start()
    await asyncio.sleep(0.5)
    assert work.polls < 10
    await pollers.stop(soon())


async def test_an_outage_is_reported_when_it_begins_and_when_it_ends() -> None:
    work = FakeWork([NetworkError("no route"), NetworkError("no route"), []])
    pollers = Pollers(work, Permits(10), wait_time=0, limit=1)
    pollers.start()
    await asyncio.sleep(1)
    await pollers.stop(soon())
    assert work.problems == ["cannot receive: no route", "receiving again"]


async def test_a_failure_nobody_expected_does_not_end_the_consumer() -> None:
    work = FakeWork([RuntimeError("a bug"), [wire()]])
    pollers = Pollers(work, Permits(10), wait_time=0, limit=1)
    pollers.start()
    await asyncio.sleep(1.2)
    await pollers.stop(soon())
    assert work.started == 1
    assert "RuntimeError: a bug" in work.problems[0]


@pytest.fixture
def make_intake(transport: FakeTransport) -> Callable[..., Intake]:
    def make(queue: str, handle: Any) -> Intake:
        connection = Connection(
            clients=cast("Any", None),
            transport=cast("Any", transport),
            topology=cast("Any", None),
            claim_check=ClaimCheck(cast("Any", None), None),
        )
        options = SettlementOptions(
            ack_linger=0.01,
            extend=None,
            retry=Backoff(8, 1, jitter="none"),
            on_reject="dlq",
            reject_on=(),
            ack_first=False,
        )
        return Intake(
            connection,
            Queue(queue),
            [],
            INFO,
            IntakeOptions(max_workers=10, wait_time=0, batch_size=10, manual_ack=False, settlement=options),
            handle=handle,
            log=lambda *_: None,
        )

    return make


async def test_after_a_lost_answer_a_fifo_receive_asks_for_the_same_messages(
    make_intake: Callable[..., Intake], transport: FakeTransport
) -> None:
    intake = make_intake("q.fifo", None)
    transport.answers = [NetworkError("cut off"), []]
    with pytest.raises(NetworkError):
        await intake.receive(10, 0)
    await intake.receive(10, 0)
    await intake.receive(10, 0)
    lost, again, fresh = [request["attempt_id"] for request in transport.received]
    assert lost == again != fresh


async def test_a_handler_that_cancels_itself_has_failed(
    make_intake: Callable[..., Intake], transport: FakeTransport
) -> None:
    async def handle(_: Any) -> None:
        raise asyncio.CancelledError

    intake = make_intake("q", handle)
    intake.start([wire()])
    await asyncio.sleep(0.05)
    assert transport.changed == [[("h0", 8)]]
    assert intake.busy == 0


@given(st.dictionaries(st.sampled_from([f"a{i}" for i in range(12)]), st.text(min_size=1), max_size=10), st.text())
def test_a_dead_letter_keeps_the_senders_attributes_within_the_limits(attributes: dict[str, str], reason: str) -> None:
    message = SQSRawMessage(
        wire(MessageAttributes={name: string_attribute(value) for name, value in attributes.items()}), queue="q"
    )
    entry = dead_letter_entry(message, reason, fifo=False)
    assert len(entry.attributes) <= MAX_ATTRIBUTES
    assert all(entry.attributes[name]["StringValue"] == value for name, value in attributes.items())
    assert all(attribute["StringValue"] for attribute in entry.attributes.values())


def test_a_reason_is_cut_to_what_fits() -> None:
    message = SQSRawMessage(wire(Body="x" * (SQS_MAX_BYTES - 100)), queue="q")
    entry = dead_letter_entry(message, "é" * 5000, fifo=False)
    assert entry.size <= SQS_MAX_BYTES
    assert entry.attributes[REASON]["StringValue"].startswith("é")
