"""Patches of ministack, one function each. Written for the version that the launcher asserts.

Every patch first checks that what it replaces is there, so that another version fails at start rather than
silently running unpatched.
"""

import asyncio
import importlib
import re
import signal
import time
import types
from typing import Any, Protocol

from .guard import Application

Queue = dict[str, Any]
Message = dict[str, Any]

_LARGEST_BATCH = 10
_RECEIPT_HANDLE = re.compile(r"[0-9a-f-]{36}")


class Observer(Protocol):
    """Receives the changes of messages."""

    def received(self, queue: Queue, message: Message) -> None:
        """Note that a message was handed out."""

    def deleted(self, queue: Queue, message: Message) -> None:
        """Note that a message was acknowledged."""


class Unobserved:
    """Notes nothing: for an emulator that forgets everything at its end."""

    def received(self, queue: Queue, message: Message) -> None:
        """Do nothing."""

    def deleted(self, queue: Queue, message: Message) -> None:
        """Do nothing."""


def apply(observer: Observer) -> None:
    """Apply every patch. Raises AttributeError or LookupError when ministack is not as expected."""
    sqs = importlib.import_module("ministack.services.sqs")
    concurrency = importlib.import_module("ministack.core.concurrency")
    doorbell = Doorbell()
    wake_long_polls(sqs, concurrency.esm_wake, doorbell)
    end_long_polls_on_sigusr1(sqs, doorbell)
    receive_without_scanning_the_queue(sqs, observer)
    delete_twice_succeeds(sqs, observer)


def application() -> Application:
    """Ministack's ASGI application."""
    server: Any = importlib.import_module("ministack.app")
    serve: Application = server.app
    return serve


class Closing(Exception):  # noqa: N818 (news, not an error)
    """Wakes sleepers at the doorbell: there is nothing left to wait for."""


class Doorbell:
    """Lets coroutines of one event loop sleep until something is put into any queue."""

    def __init__(self) -> None:
        self._closed = False
        self._waiting: set[asyncio.Future[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        """Wake all sleepers. May be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or sooner when the bell rings. Raises Closing once it is closed."""
        self._loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = self._loop.create_future()
        self._waiting.add(woken)
        try:
            await asyncio.wait([woken], timeout=seconds)
        finally:
            self._waiting.discard(woken)
        if self._closed:
            raise Closing

    def close(self) -> None:
        """End all sleeps, now and from now on."""
        self._closed = True
        self.ring()

    def _wake(self) -> None:
        for woken in self._waiting:
            if not woken.done():
                woken.set_result(None)


def wake_long_polls(sqs: Any, enqueued: Any, doorbell: Doorbell) -> None:
    """End a long poll when a message arrives, instead of at the next 100 ms tick.

    Every producer in ministack sets the event `enqueued`; SQS receives sleep through `sqs.asyncio`.
    """
    set_event = enqueued.set

    def set_and_ring() -> None:
        set_event()
        doorbell.ring()

    enqueued.set = set_and_ring
    sqs.asyncio = types.SimpleNamespace(iscoroutine=sqs.asyncio.iscoroutine, sleep=doorbell.sleep)


def end_long_polls_on_sigusr1(sqs: Any, doorbell: Doorbell) -> None:
    """At SIGUSR1 answer all long polls with what there is: nothing.

    A consumer rightly waits for its last poll before it stops (the answer may hold a message); when the whole stack
    stops, that wait of up to 20 seconds is for nothing.
    """
    receive = sqs._HANDLERS["ReceiveMessage"]

    async def receive_unless_closing(data: dict[str, Any], url: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = await receive(data, url)
        except Closing:
            return {}
        return answer

    sqs._HANDLERS["ReceiveMessage"] = receive_unless_closing
    signal.signal(signal.SIGUSR1, lambda *_: doorbell.close())


def receive_without_scanning_the_queue(sqs: Any, observer: Observer) -> None:
    """Make the cost of a receive depend on the batch and on what is in flight, not on the queue's depth."""
    collect, sweep, expire = sqs._collect_msgs, sqs._dlq_sweep, sqs._expire_retained

    def collect_first(queue: Queue, most: int, visibility: int) -> list[Message]:
        if queue["is_fifo"]:
            messages: list[Message] = collect(queue, most, visibility)
            for message in messages:
                observer.received(queue, message)
            return messages
        now = time.time()
        ready = _ready(sqs, queue, now, most)
        for message in ready:
            message["receipt_handle"] = sqs.new_uuid()
            message["visible_at"] = now + visibility
            message["receive_count"] += 1
            if message["first_receive_at"] is None:
                message["first_receive_at"] = now
            observer.received(queue, message)
        return ready

    def sweep_when_due(queue: Queue) -> None:
        # Only the messages that the next receive could return matter now; those behind them wait their turn.
        if any(m["receive_count"] for m in _ready(sqs, queue, time.time(), _LARGEST_BATCH)):
            sweep(queue)

    def expire_when_due(queue: Queue) -> None:
        # Messages stand in the order of their arrival: while the first is fresh, all are.
        if not queue["messages"] or expired(queue, queue["messages"][0]):
            expire(queue)

    def expired(queue: Queue, message: Message) -> bool:
        retention = float(queue["attributes"].get("MessageRetentionPeriod", "345600"))
        arrived = float(message.get("enqueued_at") or message.get("sent_at") or 0)
        return arrived + retention <= time.time()

    sqs._collect_msgs, sqs._dlq_sweep, sqs._expire_retained = collect_first, sweep_when_due, expire_when_due


def _ready(sqs: Any, queue: Queue, now: float, most: int) -> list[Message]:
    found: list[Message] = []
    for message in queue["messages"]:
        sqs._ensure_msg_fields(message)
        if message["visible_at"] <= now:
            found.append(message)
            if len(found) == most:
                break
    return found


def delete_twice_succeeds(sqs: Any, observer: Observer) -> None:
    """Deleting an already deleted message succeeds, as on AWS; only a malformed receipt handle is refused.

    Source: the SQS API reference for DeleteMessage (the action is idempotent).
    """
    for action in ("DeleteMessage", "DeleteMessageBatch"):
        if action not in sqs._HANDLERS:
            raise LookupError(f"ministack has no {action}")

    def delete(data: dict[str, Any], url: str) -> dict[str, Any]:
        queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
        if not _remove(queue, data.get("ReceiptHandle", ""), observer):
            raise sqs._Err("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        return {}

    def delete_batch(data: dict[str, Any], url: str) -> dict[str, Any]:
        queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
        entries = data.get("Entries", [])
        sqs._validate_batch_entries(entries, "DeleteMessageBatchRequestEntry")
        answer: dict[str, Any] = {"Successful": [], "Failed": []}
        for entry in entries:
            if _remove(queue, entry.get("ReceiptHandle", ""), observer):
                answer["Successful"].append({"Id": entry["Id"]})
            else:
                failure = {"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid", "SenderFault": True}
                answer["Failed"].append(failure | {"Message": "The input receipt handle is invalid."})
        return answer

    sqs._HANDLERS |= {"DeleteMessage": delete, "DeleteMessageBatch": delete_batch}


def _remove(queue: Queue, receipt_handle: str, observer: Observer) -> bool:
    """Remove the message if it is there; False when the handle is malformed."""
    if not _RECEIPT_HANDLE.fullmatch(receipt_handle):
        return False
    for index, message in enumerate(queue["messages"]):
        if message["receipt_handle"] == receipt_handle:
            del queue["messages"][index]
            observer.deleted(queue, message)
            break
    return True
