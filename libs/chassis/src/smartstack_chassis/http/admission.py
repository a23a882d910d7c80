"""Admission: how many requests a process works on at once, who waits, and who is sent away at once.

A process that takes every request works on all of them slowly and on most of them in vain. So each lane of requests has
a number of slots and a short queue. The newest of the queue gets the next free slot, since its sender waits longest
from now on; who waited too long is sent away, and who finds the queue full does not even enter it. Sending away costs a
few microseconds: no token is checked, no body is parsed, no span begins. While the event loop lags, the slots are a
quarter and nobody waits.

A slot is held until the answer begins. From then on it is transfer, bounded on its own; a stream of events has no bound
here.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smartstack_chassis.core import deadline
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.http.middleware import ASGIApp, Message, Receive, Scope, Send
from smartstack_chassis.http.problems import domain_problem
from smartstack_chassis.http.refusals import NoAnswer, TooSlow, shed
from smartstack_chassis.telemetry.metrics import SHED

logger = logging.getLogger(__name__)

LANE = "requests"
PROBES = ("/health/", "/.well-known/")
TICK_SECONDS = 0.05
# What a cancelled request may still take to roll back before its slot is given to another.
CLEANUP_SECONDS = 5.0
TRANSFER_SECONDS = 30.0
FEWEST_SLOTS = 4
_READING_PER_SLOT = 8
_STREAM = b"text/event-stream"

LaneOf = Callable[[str], str | None]
"""Names the lane of a path; None for what takes no slot."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one lane, and of one request."""

    slots: int
    waiting: int
    waiting_seconds: float
    request_seconds: float
    body_seconds: float
    body_bytes: int
    lag_seconds: float

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Limits":
        """Return the bounds that the settings name."""
        return cls(
            slots=settings.request_slots,
            waiting=settings.requests_waiting,
            waiting_seconds=settings.request_waiting_seconds,
            request_seconds=settings.request_seconds,
            body_seconds=settings.body_seconds,
            body_bytes=settings.max_body_bytes,
            lag_seconds=settings.loop_lag_seconds,
        )


class LoopLag:
    """How late the event loop is: a timer that is due every few milliseconds, as long as there is work."""

    def __init__(self) -> None:
        self._due: float | None = None
        self._last = 0.0
        self._busy = False

    def watch(self) -> None:
        """Count a request: the timer goes on."""
        self._busy = True
        if self._due is None:
            self._arm()

    @property
    def seconds(self) -> float:
        """Return by how much the timer was late, or is by now."""
        overdue = 0.0 if self._due is None else time.monotonic() - self._due
        return max(self._last, overdue)

    def _arm(self) -> None:
        self._due = time.monotonic() + TICK_SECONDS
        asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        assert self._due is not None  # noqa: S101 - set when armed
        self._last, self._due = max(0.0, time.monotonic() - self._due), None
        if self._busy:
            self._busy = False
            self._arm()
        else:
            self._last = 0.0


class Lane:
    """The slots of one kind of request, and the queue before them. Belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._queue: deque[asyncio.Future[bool]] = deque()
        self.busy = 0
        self.reading = 0

    def refuses(self, *, lagging: bool) -> bool:
        """Tell whether a request that comes now is to be sent away."""
        if lagging:
            return self.busy >= max(min(FEWEST_SLOTS, self._limits.slots), self._limits.slots // 4)
        full = len(self._queue) >= self._limits.waiting and self.busy >= self._limits.slots
        return full or self.reading >= self._limits.slots * _READING_PER_SLOT

    async def enter(self) -> bool:
        """Take a slot, waiting for it when need be. Returns False when none became free in time."""
        if self.busy < self._limits.slots:
            self.busy += 1
            return True
        if len(self._queue) >= self._limits.waiting:
            return False
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._queue.append(turn)
        timer = loop.call_later(self._limits.waiting_seconds, self._send_away, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.leave()
            raise
        finally:
            timer.cancel()
            if turn in self._queue:
                self._queue.remove(turn)

    def leave(self) -> None:
        """Give the slot back; the newest of the queue takes it."""
        self.busy -= 1
        while self._queue and self.busy < self._limits.slots:
            turn = self._queue.pop()
            if not turn.done():
                self.busy += 1
                turn.set_result(True)

    @staticmethod
    def _send_away(turn: asyncio.Future[bool]) -> None:
        if not turn.done():
            turn.set_result(False)


class Admission:
    """Lets requests in by lane, each with a deadline; answers 503 with Retry-After to those that it does not let in.

    With `from_outside` the caller's word about a deadline is not taken. An answer that has not begun by the deadline is
    a 504; a body that has not arrived in time a 408.
    """

    def __init__(
        self, app: ASGIApp, limits: Limits, *, lane_of: LaneOf | None = None, from_outside: bool = False
    ) -> None:
        self._app = app
        self._limits = limits
        self._lane_of = lane_of or _one_lane
        self._from_outside = from_outside
        self._lanes: dict[str, Lane] = {}
        self._lag = LoopLag()
        self._left_behind: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        name = None if scope["type"] != "http" or scope["path"].startswith(PROBES) else self._lane_of(scope["path"])
        if name is None:
            await self._app(scope, receive, send)
            return
        lane = self._lanes.get(name) or self._lanes.setdefault(name, Lane(self._limits))
        self._lag.watch()
        lagging = self._lag.seconds > self._limits.lag_seconds
        if lane.refuses(lagging=lagging):
            await self._refuse(send, name, "lag" if lagging else "full")
            return
        seconds = self._limits.request_seconds
        if not self._from_outside and (left := deadline.received(scope["headers"])) is not None:
            seconds = min(seconds, left)
        lane.reading += 1
        try:
            held = await self._body(scope, receive)
        except TimeoutError:
            await domain_problem(TooSlow("body_too_slow", "The body did not arrive in time."))(scope, receive, send)
            return
        finally:
            lane.reading -= 1
        if held is None:
            return
        with deadline.opened(seconds):
            if not await lane.enter():
                await self._refuse(send, name, "waited")
            elif not deadline.remaining():
                lane.leave()
                await self._refuse(send, name, "expired")
            else:
                await self._run(lane, scope, held, send)

    async def _body(self, scope: Scope, receive: Receive) -> Receive | None:
        """Return what replays the body: a slow sender holds no slot. None when the client left.

        A body over the limit is not read to its end; what is behind refuses it. Raises TimeoutError.
        """
        if not _has_body(scope, self._limits.body_bytes):
            return receive
        messages: deque[Message] = deque()
        size = 0
        async with asyncio.timeout(self._limits.body_seconds):
            while size <= self._limits.body_bytes:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                messages.append(message)
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    break

        async def replay() -> Message:
            return messages.popleft() if messages else await receive()

        return replay

    async def _run(self, lane: Lane, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(lane, send)
        task = asyncio.create_task(self._serve(scope, receive, answer.send))
        task.add_done_callback(answer.release)
        try:
            await asyncio.wait((task,), timeout=deadline.remaining())
            if answer.begun and not task.done():
                await asyncio.wait((task,), timeout=None if answer.streams else TRANSFER_SECONDS)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done():
            task.result()
            return
        answer.closed = True
        self._leave_behind(task, answer)
        if not answer.begun:
            logger.warning("%s %s was not answered in time", scope["method"], scope["path"])
            await domain_problem(NoAnswer.to(scope["method"]))(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def _leave_behind(self, task: "asyncio.Task[None]", answer: "_Answer") -> None:
        """Cancel what nobody waits for. Rolling back may take as long as a stopped database: the answer does not."""
        self._left_behind.add(task)
        task.add_done_callback(self._ended)
        task.cancel()
        asyncio.get_running_loop().call_later(CLEANUP_SECONDS, answer.release)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._left_behind.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.info("a request that was given up ended with %r", error)

    async def _refuse(self, send: Send, lane: str, reason: str) -> None:
        SHED.add(1, {"smartstack.lane": lane, "smartstack.reason": reason})
        start, body = shed()
        await send(start)
        await send(body)


class _Answer:
    """Watches one answer: its slot is free when it begins; once closed, nothing more is sent."""

    def __init__(self, lane: Lane, send: Send) -> None:
        self._lane: Lane | None = lane
        self._send = send
        self.begun = False
        self.streams = False
        self.closed = False

    async def send(self, message: Message) -> None:
        if self.closed:
            return
        if message["type"] == "http.response.start":
            self.begun = True
            kinds = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
            self.streams = any(kind.startswith(_STREAM) for kind in kinds)
            self.release()
        await self._send(message)

    def release(self, _: Any = None) -> None:
        if self._lane is not None:
            self._lane.leave()
            self._lane = None


def _one_lane(_: str) -> str:
    return LANE


def _has_body(scope: Scope, most: int) -> bool:
    """Tell whether there is a body to wait for; one that is declared too large is refused unread."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return True
        if name == b"content-length" and value.isdigit():
            return 0 < int(value) <= most
    return False
