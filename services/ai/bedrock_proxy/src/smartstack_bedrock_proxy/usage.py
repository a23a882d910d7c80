"""What a call used, and what that costs in millionths of a dollar: a price per million tokens is millionths a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

Prices = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Usage:
    """Billed tokens. `cache_written` is billed at up to twice the price of input, `cache_read` at no more than once."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_written: int = 0

    @classmethod
    def of(cls, usage: Mapping[str, Any]) -> "Usage":
        """Read Bedrock's `usage`; raises KeyError, TypeError or ValueError when it is not one."""
        read, written = usage.get("cacheReadInputTokens") or 0, usage.get("cacheWriteInputTokens") or 0
        return cls(int(usage["inputTokens"]), int(usage["outputTokens"]), int(read), int(written))

    @property
    def as_input(self) -> int:
        """Return the input tokens by weight of their price; never less than billed."""
        return self.input + self.cache_read + 2 * self.cache_written


def cost(usage: Usage, prices: Prices) -> int:
    """Return the cost in millionths of a dollar, rounded up."""
    exact = usage.as_input * prices[0] + usage.output * prices[1]
    return int(exact.to_integral_value(rounding=ROUND_CEILING))


def dollars(millionths: int) -> str:
    """Return an amount in dollars, as decimal text."""
    return f"{Decimal(millionths).scaleb(-6):f}"
