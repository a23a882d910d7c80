"""What a request costs: ours through the gateway, and the same in FastAPI's full-stack template, in turns.

Lists of 20 tasks (items there), one task, a new task. Everybody is signed in, every token is checked. Each side runs in
one process per service, uvicorn with uvloop and httptools, on the same Postgres server, with nothing recorded. CPU is
user and system time per request (Linux); Postgres's is that of the whole server, connections that ended included. The
ratio compares all Python processes of a round with the template's of the same round; figures are medians of the rounds.

    ./smartstack bench http [--seconds 4] [--rounds 5] [--connections 16] [--rows 1000] [--template SOURCE]
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.support.load import Ask, CpuOf, Run, load
from bench.support.ours import NEW_TASK, SERVICES, ours, servers
from bench.support.processes import cpu_of
from bench.support.template import NEW_ITEM, RELEASE, SOURCE, template

PAGE = 20
GOAL = 0.5
SIDES = ("ours", "template")


@dataclass
class Operation:
    """One kind of request, asked on both sides."""

    name: str
    asks: dict[str, Ask]
    runs: dict[str, list[Run]] = field(default_factory=lambda: {side: [] for side in SIDES})

    def ratio(self, *, postgres: bool) -> float:
        """Return what ours costs for each unit that the template costs, with or without Postgres."""
        extra = ("postgres",) if postgres else ()
        pairs = zip(self.runs["ours"], self.runs["template"], strict=True)
        return statistics.median(
            mine.cost(*SERVICES, *extra) / theirs.cost("template", *extra) for mine, theirs in pairs
        )

    def cost(self, side: str, process: str) -> float:
        """Return the median cost of a process in milliseconds per request."""
        return statistics.median(run.cost(process) for run in self.runs[side])


def measure(operations: list[Operation], cpu: Mapping[str, CpuOf], asked: argparse.Namespace) -> None:
    """Run every operation in turns; the first round warms up and does not count."""
    for operation in operations:
        for number in range(asked.rounds + 1):
            for side in SIDES:
                run = asyncio.run(load(operation.asks[side], asked.seconds, asked.connections, cpu[side]))
                if number:
                    operation.runs[side].append(run)


def report(operations: list[Operation]) -> None:
    """Print the table."""
    columns = ["gateway", "tasks", "postgres", "template", "its postgres", "Python", "all", "requests/s"]
    print("CPU ms per request".ljust(20) + "".join(column.rjust(13) for column in columns))
    for operation in operations:
        costs = [operation.cost("ours", name) for name in ("gateway", "tasks", "postgres")]
        costs += [operation.cost("template", name) for name in ("template", "postgres")]
        ratios = [operation.ratio(postgres=False), operation.ratio(postgres=True)]
        rates = "/".join(f"{statistics.median(run.rate for run in operation.runs[side]):.0f}" for side in SIDES)
        cells = [f"{value:.2f}" for value in (*costs, *ratios)] + [rates]
        print(operation.name.ljust(20) + "".join(cell.rjust(13) for cell in cells))
    print(f"Python, all: ours / template {RELEASE}, without and with Postgres; the goal is {GOAL} or less")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--template", default=SOURCE, metavar="SOURCE", help="where git clones the template from")
    asked = parser.parse_args()
    with (
        servers() as (postgres, aws),
        template(postgres, asked.template, asked.rows) as theirs,
        ours(postgres, aws, asked.rows) as mine,
    ):
        operations = [
            Operation(name, {"ours": mine.ask(*our_words), "template": theirs.ask(*their_words)})
            for name, our_words, their_words in (
                ("list 20", ("GET", f"/tasks?limit={PAGE}"), ("GET", f"/items/?limit={PAGE}")),
                ("get one", ("GET", f"/tasks/{mine.task_id}"), ("GET", f"/items/{theirs.item_id}")),
                ("create", ("POST", "/tasks", NEW_TASK), ("POST", "/items/", NEW_ITEM)),
            )
        ]
        cpu = {"ours": cpu_of(mine.pids, postgres), "template": cpu_of({"template": theirs.pid}, postgres)}
        measure(operations, cpu, asked)
        report(operations)
    return 0


if __name__ == "__main__":
    sys.exit(main())
