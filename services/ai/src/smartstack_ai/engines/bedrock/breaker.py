"""Rests from a model that is in trouble: waiting for it again and again would only make every suggestion late."""

import time
from collections.abc import Callable

from smartstack_ai.engines.port import FallbackReason

FAILURES = 5
REST_SECONDS = 30.0
_TROUBLE: frozenset[FallbackReason] = frozenset({"throttled", "timeout", "unavailable"})


class Breaker:
    """After five failures in a row nobody is asked for half a minute; then one message tries."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures = 0
        self._rests_until = 0.0
        self._reason: FallbackReason | None = None

    def resting(self) -> FallbackReason | None:
        """Return why nobody is asked now; None when the caller may ask, and then says what came of it."""
        if self._failures < FAILURES:
            return None
        if self._now() < self._rests_until:
            return self._reason
        # This one tries; the others go on resting until it is back.
        self._rests_until = self._now() + REST_SECONDS
        return None

    def note(self, reason: FallbackReason | None) -> None:
        """Take in how a call ended; None is an answer. A refusal is one too: somebody is there."""
        if reason not in _TROUBLE:
            self._failures = 0
            return
        self._failures += 1
        self._reason = reason
        self._rests_until = self._now() + REST_SECONDS
