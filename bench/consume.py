"""CPU per consumed message: faststream-sqs, a loop written by hand over aiobotocore, Celery, taskiq, dramatiq.

All consume the same order of about 200 bytes, each in its own message format, from fauxqs in memory, and parse it
with pydantic.
"""

import argparse

from bench.brokers.environment import Emulator
from bench.brokers.runs import Candidate, machine, measure, table, work

LOOP = "loop by hand, five pollers (aiobotocore)"
OURS = ("ours.py", "fast")
TRACED = ("ours.py", "fast traces")


def candidates(count: int) -> list[Candidate]:
    """What is measured; the frameworks get fewer messages, since they take ten times as long."""
    fewer = max(count // 5, 100)
    return [
        Candidate(LOOP, "loop.py", "", count, OURS),
        Candidate("ours, `fast`", "ours.py", "fast", count, OURS),
        Candidate("ours, `fast`, batches", "ours.py", "fast batch", count, OURS),
        Candidate("ours, `fast`, OpenTelemetry traces", "ours.py", "fast traces", count, TRACED),
        Candidate("ours, `fast`, OpenTelemetry traces and metrics", "ours.py", "fast traces metrics", count, TRACED),
        Candidate("ours, `botocore`", "ours.py", "botocore", count, OURS),
        Candidate("taskiq-aio-sqs", "taskiq_app.py", "", fewer, ("taskiq_app.py", "")),
        Candidate("dramatiq-sqs", "dramatiq_app.py", "", fewer, ("dramatiq_app.py", "")),
        Candidate("Celery, SQS, solo", "celery_app.py", "", fewer, ("celery_app.py", "")),
    ]


def run(candidate: Candidate, server: Emulator, queue: str) -> dict[str, float]:
    """Fills a queue, then consumes it."""
    script, variant = candidate.filled_by
    publisher = Candidate("", script)
    # FastStream marks what a traced batch brings, and links it instead of continuing its trace: not the usual message
    fill = f"{variant} batch" if variant == "fast" else variant
    # a few more than are consumed: the last polls of a consumer must not find an empty queue
    work(publisher, server, queue, "publish", fill, count=candidate.count + 100)
    return work(candidate, server, queue, "consume", candidate.variant)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="messages per run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="candidates whose name contains this, and the baseline")
    arguments = parser.parse_args()
    chosen = [c for c in candidates(arguments.count) if c.name == LOOP or arguments.only in c.name]
    measure(chosen, run, arguments.rounds)
    print(machine())
    print(table(chosen, [chosen[0]] * len(chosen)))


if __name__ == "__main__":
    main()
