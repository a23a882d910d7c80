"""The moment until which an answer is of use. It goes along with a request, and bounds whatever the request waits for.

The gateway sends what is left of it to a service in the header `X-Request-Deadline-Ms`: whole milliseconds from the
moment of sending, so that no two clocks have to agree. Services never get this header from a client.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

HEADER = "X-Request-Deadline-Ms"
_RAW_HEADER = HEADER.lower().encode()
_MAX_DIGITS = 9

_moment: ContextVar[float | None] = ContextVar("request_deadline", default=None)


def remaining() -> float | None:
    """Return the seconds that are left, 0 when there are none, or None when nothing waits for an answer."""
    moment = _moment.get()
    return None if moment is None else max(0.0, moment - time.monotonic())


@contextmanager
def narrowed(seconds: float) -> Iterator[float]:
    """Let the deadline be at most `seconds` from now inside the block; yields the seconds that are left."""
    left = remaining()
    with opened(seconds if left is None else min(left, seconds)) as allowed:
        yield allowed


@contextmanager
def opened(seconds: float) -> Iterator[float]:
    """Let the deadline be `seconds` from now inside the block, whatever held outside of it.

    A request on a connection that is kept open may run in what was the context of the one before.
    """
    before = _moment.set(time.monotonic() + seconds)
    try:
        yield seconds
    finally:
        _moment.reset(before)


class within:  # noqa: N801 - reads as the statement that it is, as asyncio.timeout does
    """Run the block within `seconds` and the deadline that already holds. Raises TimeoutError.

    A class, since each request to a service passes here: a generator would cost several times as much.
    """

    __slots__ = ("_before", "_seconds", "_timeout")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def __aenter__(self) -> None:
        left = remaining()
        allowed = self._seconds if left is None else min(left, self._seconds)
        self._before = _moment.set(time.monotonic() + allowed)
        self._timeout = asyncio.timeout(allowed)
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        _moment.reset(self._before)
        await self._timeout.__aexit__(kind, error, stack)


def received(headers: Iterable[tuple[bytes, bytes]]) -> float | None:
    """Return the seconds that the caller still waits, or None when it does not say."""
    for name, value in headers:
        if name == _RAW_HEADER and value.isdigit() and len(value) <= _MAX_DIGITS:
            return int(value) / 1000
    return None


def sent() -> dict[str, str]:
    """Return the header for a request that is about to be sent; nothing without a deadline."""
    left = remaining()
    return {} if left is None else {HEADER: str(int(left * 1000))}
