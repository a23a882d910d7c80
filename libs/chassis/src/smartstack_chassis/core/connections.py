"""The bounds that the connections of one process keep to, and how many are open; protocol.py applies them."""

from collections import Counter
from dataclasses import dataclass, field

# Above the bound so many more connections get an answer that says so; what comes on top of them is cut off.
_ANSWERED = 64


@dataclass
class ConnectionLimits:
    """The bounds of one process, and what is open now. `per_address` 0 means no bound on one address."""

    connections: int = 2000
    per_address: int = 0
    head_bytes: int = 32 * 1024
    target_bytes: int = 8 * 1024
    fields: int = 100
    head_seconds: float = 10.0
    open: int = 0
    by_address: Counter[str] = field(default_factory=Counter)

    def is_over(self, address: str) -> bool:
        """Return whether more connections are open than allowed, here or from this address."""
        return self.open > self.connections or bool(self.per_address and self.by_address[address] > self.per_address)

    def is_far_over(self, address: str) -> bool:
        """Return whether too many connections are open even for a refusal."""
        most = self.per_address + _ANSWERED
        return self.open > self.connections + _ANSWERED or bool(self.per_address and self.by_address[address] > most)
