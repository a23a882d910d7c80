"""What a worker process spends per message: its own CPU time, and the emulator's beside it.

Every worker takes its settings from the environment (see `runs.py`) and prints one line of JSON.
"""

import json
import os
import time
from pathlib import Path

from pydantic import BaseModel

ENDPOINT = os.environ["BENCH_ENDPOINT"]
QUEUE = os.environ["BENCH_QUEUE"]
COUNT = int(os.environ["BENCH_COUNT"])
REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "000000000000", "aws_secret_access_key": "test"}
AWS = {"region_name": REGION, "endpoint_url": ENDPOINT, **KEYS}

_EMULATOR = Path("/proc") / os.environ["BENCH_EMULATOR_PID"] / "stat"
_WARM_UP = 0.1
"""Part of the messages that is not counted: imports, connections and first calls are not what is compared."""


class Line(BaseModel):
    """A line of an order."""

    sku: str
    quantity: int


class Order(BaseModel):
    """What is sent: about 200 bytes of JSON."""

    id: str
    customer: str
    lines: list[Line]
    total: float
    note: str


ORDER = Order(
    id="0190f3c2-7d1c-7b7e-9c55-3d9a4f0c1b2e",
    customer="Ada Lovelace",
    lines=[Line(sku="wireframes", quantity=1), Line(sku="logo", quantity=2)],
    total=1250.5,
    note="Please send the invoice by Thursday.",
)


class Meter:
    """Counts messages; at the last one it prints the result and ends the process, whatever still runs in it."""

    def __init__(self) -> None:
        self._done = 0
        self._began: tuple[float, float, float] | None = None
        self._begin_at = int(COUNT * _WARM_UP)
        self._counted_from = 0

    def hit(self, count: int = 1) -> None:
        """So many more messages are done."""
        self._done += count
        if self._began is None and self._done >= self._begin_at:
            self._began = _clocks()
            self._counted_from = self._done
        if self._done >= COUNT:
            self._finish()

    def _finish(self) -> None:
        ended = _clocks()
        assert self._began is not None
        wall, cpu, emulator = (after - before for after, before in zip(ended, self._began, strict=True))
        messages = self._done - self._counted_from
        result = {
            "cpu_us": cpu / messages * 1e6,
            "per_second": messages / wall,
            "emulator_us": emulator / messages * 1e6,
            "emulator_load": emulator / wall,
        }
        print(json.dumps(result), flush=True)
        os._exit(0)


def _clocks() -> tuple[float, float, float]:
    """Seconds: the wall's, this process's CPU (all threads), the emulator's CPU."""
    fields = _EMULATOR.read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.perf_counter(), time.process_time(), ticks / os.sysconf("SC_CLK_TCK")
