"""Counters of throttles, and the rate at which they decay."""

from dataclasses import dataclass

from smartstack_gateway.values import digest


@dataclass(frozen=True, slots=True)
class Throttle:
    """A kind of counter. Times in seconds; one failure is forgotten every `forgets`, the delay ends at `longest`.

    Under steady attack the delay settles at `forgets`, so that it lets 86400 / `forgets` attempts a day through.
    """

    kind: str
    free: int
    forgets: float
    first: float = 1.0
    longest: float = 900.0

    def of(self, subject: str) -> "Counter":
        """Return the counter of an account, a device or a network."""
        return Counter(digest(f"{self.kind}\n{subject}"), self)


@dataclass(frozen=True, slots=True)
class Counter:
    """One row. The subject is kept as a digest: the table holds no addresses."""

    key: bytes
    throttle: Throttle
