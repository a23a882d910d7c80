"""What the gateway adds to a request: the tasks service asked directly and through the gateway, in turns.

Both run as processes of their own on a real database; a token is checked on both ways. Throughput is what this machine
gives with client, gateway, service and database on it; CPU is user and system time of a process per request (Linux).

    ./smartstack bench gateway_hop [--seconds 4] [--rounds 3] [--connections 16]
"""

import argparse
import asyncio
import sys

from bench.support.load import Run, load
from bench.support.ours import SERVICES, running
from bench.support.processes import cpu_of

ROWS = 20


def report(name: str, direct: list[Run], through: list[Run]) -> None:
    """Print the best round of both ways (what else the machine does can only slow one down), and their ratio."""
    print(f"{name}")
    best: list[float] = []
    for way, runs in (("direct", direct), ("through the gateway", through)):
        run = max(runs, key=lambda each: each.rate)
        best.append(run.rate)
        cost = {process: min(each.cost(process) for each in runs) for process in SERVICES}
        cpu = ", ".join(f"{process} {milliseconds:.2f} ms" for process, milliseconds in cost.items())
        latency = f"p50 {run.percentile(0.5):5.1f} ms   p99 {run.percentile(0.99):6.1f} ms"
        print(f"  {way:20} {run.rate:7.0f}/s   {latency}   CPU per request: {cpu}")
    print(f"  ratio of throughput  {best[1] / best[0]:7.2f}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    asked = parser.parse_args()
    with running(ROWS) as (mine, postgres):
        cpu = cpu_of(mine.pids, postgres)
        for name, path in (("list 20 tasks", f"/tasks?limit={ROWS}"), ("get one task", f"/tasks/{mine.task_id}")):
            runs: dict[str, list[Run]] = {way: [] for way in SERVICES}
            for way in SERVICES * (asked.rounds + 1):
                ask = mine.ask("GET", path, via=way)
                runs[way].append(asyncio.run(load(ask, asked.seconds, asked.connections, cpu)))
            # The first round warms up.
            report(name, runs["tasks"][1:], runs["gateway"][1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
