"""CPU per published message: faststream-sqs, aiobotocore by hand, Celery, taskiq, dramatiq; SQS and SNS, single and
batched. The ratio is to the loop by hand that does the same."""

import argparse

from bench.brokers.environment import Emulator
from bench.brokers.runs import Candidate, machine, measure, table, work


def candidates(count: int) -> list[tuple[Candidate, str]]:
    """What is measured, and the name of its baseline; batches get more messages, since they take less time."""
    more = count * 4
    rows: list[tuple[Candidate, str]] = []
    for service in ("sqs", "sns"):
        name = service.upper()
        single, batch = f"{name}: by hand", f"{name}, batches: by hand"
        rows += [
            (Candidate(single, "loop.py", service, count), single),
            (Candidate(f"{name}: ours, `fast`", "ours.py", f"{service} fast", count), single),
            (Candidate(f"{name}: ours, `fast`, traces", "ours.py", f"{service} fast traces", count), single),
            (Candidate(f"{name}: ours, `botocore`", "ours.py", f"{service} botocore", count), single),
            (Candidate(f"{name}: ours, `SendBatch`", "ours.py", f"{service} fast linger", more), single),
            (Candidate(batch, "loop.py", f"{service} batch", more), batch),
            (Candidate(f"{name}, batches: ours, `fast`", "ours.py", f"{service} fast batch", more), batch),
            (Candidate(f"{name}, batches: ours, `botocore`", "ours.py", f"{service} botocore batch", more), batch),
        ]
    for framework in ("taskiq", "dramatiq", "celery"):
        rows.append((Candidate(f"SQS: {framework}", f"{framework}_app.py", "", count), "SQS: by hand"))
    return rows


def run(candidate: Candidate, server: Emulator, queue: str) -> dict[str, float]:
    """Publishes to a queue, or to a topic nobody has subscribed to."""
    return work(candidate, server, queue, "publish", candidate.variant)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="messages per run")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    rows = candidates(arguments.count)
    chosen = [candidate for candidate, _ in rows]
    by_name = {candidate.name: candidate for candidate in chosen}
    measure(chosen, run, arguments.rounds)
    print(machine())
    print(table(chosen, [by_name[baseline] for _, baseline in rows]))


if __name__ == "__main__":
    main()
