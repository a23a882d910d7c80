"""Stops asking a model that fails: each further wait would only delay a suggestion."""

import time
from collections.abc import Callable

from smartstack_ai.llm.port import FallbackReason

FAILURES = 5
OPEN_SECONDS = 30.0
_TROUBLE: frozenset[FallbackReason] = frozenset({"throttled", "timeout", "unavailable"})


class Breaker:
    """Opens for half a minute after five failures in a row; then one message tries."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures = 0
        self._open_until = 0.0
        self._reason: FallbackReason | None = None

    def open(self) -> FallbackReason | None:
        """Return the reason while the breaker is open; None when the caller may ask, and then records the outcome."""
        if self._failures < FAILURES:
            return None
        if self._now() < self._open_until:
            return self._reason
        # This caller tries; the breaker stays open for the others until it returns.
        self._open_until = self._now() + OPEN_SECONDS
        return None

    def record(self, reason: FallbackReason | None) -> None:
        """Record how a call ended; None is an answer. A refusal counts as one: the model is reachable."""
        if reason not in _TROUBLE:
            self._failures = 0
            return
        self._failures += 1
        self._reason = reason
        self._open_until = self._now() + OPEN_SECONDS
