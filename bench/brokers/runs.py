"""Runs workers in turn and prints what they need, beside a baseline of the same rounds."""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .environment import PEERS, Emulator, emulator, install

HERE = Path(__file__).parent
_WORKER_SECONDS = 300
_BUSY = 0.9
"""From this load on the emulator, one thread, is what limits the rate."""


@dataclass
class Candidate:
    """Something to measure.

    Args:
        name: in the table.
        script: the worker's file.
        variant: the worker's second argument.
        count: messages per run.
        filled_by: consuming: the publisher and variant whose messages are consumed.
    """

    name: str
    script: str
    variant: str = ""
    count: int = 10_000
    filled_by: tuple[str, str] = ("", "")
    results: list[dict[str, float]] = field(default_factory=list)

    @property
    def python(self) -> Path:
        """Ours and the baseline run in our environment, the others in theirs."""
        return Path(sys.executable) if self.script in {"ours.py", "loop.py"} else PEERS / "bin" / "python"


Run = Callable[[Candidate, Emulator, str], dict[str, float]]


def measure(candidates: Sequence[Candidate], run: Run, rounds: int) -> None:
    """Runs every candidate once per round, in turn, with a new emulator each; a busy neighbour hits all of them."""
    install()
    for number in range(rounds):
        for candidate in candidates:
            with emulator() as server:
                result = run(candidate, server, f"bench-{number}")
            candidate.results.append(result)
            print(f"round {number + 1}: {candidate.name}: {result['cpu_us']:.0f} µs", file=sys.stderr, flush=True)


def work(candidate: Candidate, server: Emulator, queue: str, *arguments: str, count: int = 0) -> dict[str, float]:
    """Runs a worker to its end."""
    env = os.environ | {
        "BENCH_ENDPOINT": server.url,
        "BENCH_EMULATOR_PID": str(server.pid),
        "BENCH_QUEUE": queue,
        "BENCH_COUNT": str(count or candidate.count),
        "PYTHONWARNINGS": "ignore",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    done = subprocess.run(
        [str(candidate.python), str(HERE / candidate.script), *arguments],
        env=env,
        stdout=subprocess.PIPE,
        timeout=_WORKER_SECONDS,
        check=True,
        text=True,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(candidates: Sequence[Candidate], baselines: Sequence[Candidate]) -> str:
    """The medians as a Markdown table, with the ratio to a baseline: the first one, or the candidate's own."""
    lines = [
        "| | CPU µs per message | ratio | messages/s | emulator CPU µs | emulator load |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for candidate, baseline in zip(candidates, baselines, strict=True):
        ratios = [a["cpu_us"] / b["cpu_us"] for a, b in zip(candidate.results, baseline.results, strict=True)]
        load = _median(candidate, "emulator_load")
        mark = " *" if load >= _BUSY else ""
        lines.append(
            f"| {candidate.name} | {_median(candidate, 'cpu_us'):.0f} | {statistics.median(ratios):.2f} "
            f"| {_median(candidate, 'per_second'):.0f}{mark} | {_median(candidate, 'emulator_us'):.0f} | {load:.0%} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """When and where, in a line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs ({model}), Python {platform.python_version()}, "
        f"load {load:.1f} at the end"
    )


def _median(candidate: Candidate, name: str) -> float:
    return statistics.median(result[name] for result in candidate.results)
