"""Far more requests than can be served: those that are served are served well, the others are refused, and it passes.

The short form of bench/overload.py, which measures.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

GENERATOR = Path(__file__).parents[2] / "bench/support/open_loop.py"
PEOPLE = 12
SECONDS = 4
ENOUGH = 100


def load(url: str, tokens: list[str], rate: float) -> Any:
    """Send at a rate, from a process of its own; return what became of it."""
    host = urlsplit(url)
    orders = {"host": host.hostname, "port": host.port, "tokens": tokens, "rate": rate, "seconds": SECONDS}
    done = subprocess.run(
        [sys.executable, str(GENERATOR)],
        input=json.dumps(orders | {"patience": 20}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_flood_is_refused_in_part_and_leaves_nothing_behind(stack: Any, wait_until: Any) -> None:
    people = [stack.client() for _ in range(PEOPLE)]
    tokens = [person.sign_up()["access_token"] for person in people]
    # More than a small machine can do shows what it can; what that is depends on what else it does.
    peak = max(load(stack.url, tokens, ENOUGH)["good"] / SECONDS, 10)
    for times in (2, 5):
        found = load(stack.url, tokens, peak * times)
        goodput = found["good"] / SECONDS
        print(f"{times}x: {goodput:.0f}/s of {peak:.0f}/s, {found['statuses']}, slowest {found['slowest']:.2f} s")  # noqa: T201
        assert found["good"] > 0
        assert found["malformed"] == []
        assert set(found["statuses"]) <= {"201", "429", "503", "504", "not sent"}, found
        assert people[0].call("POST", "/tasks", json={"title": "Afterwards"})["title"] == "Afterwards"
    # What was acknowledged is there, once; what was refused is not.
    created = wait_until(lambda: sum(len(person.all("/tasks")) for person in people), "tasks can be listed")
    assert created > 0
