"""What is left of the product's peak under two, five and ten times as many requests, and how soon it is back.

Starts the product on a new data folder and creates tasks over the public API, as many people, in an open loop (see
support/open_loop.py). Goodput is what was answered 201 within two and a half seconds. The peak is measured again before
and after each overload, since the speed of a shared machine drifts: what is printed is the ratio to the mean of both.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bench.slice import start, stop

PEOPLE = 24
PATIENCE_SECONDS = 2.5
STEPS = (20, 40, 60, 80, 100, 130, 160, 200, 250)


def sign_up(url: str) -> str:
    """Return the access token of a new person."""
    body = {"email": f"{uuid4().hex}@example.com", "password": "correct horse battery", "name": "O"}
    answer = httpx.post(f"{url}/api/v1/auth/signup", json=body | {"workspace_name": "S"}, timeout=10)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def load(port: int, tokens: list[str], rate: float, seconds: float) -> dict[str, Any]:
    """Send at `rate` for `seconds`; return what became of it."""
    orders = {"host": "127.0.0.1", "port": port, "tokens": tokens, "rate": rate, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("support") / "open_loop.py")],
        input=json.dumps(orders | {"patience": PATIENCE_SECONDS}),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def peak(port: int, tokens: list[str], seconds: float) -> float:
    """Return the rate, of rising ones, with the highest goodput."""
    best, best_rate = 0.0, 0.0
    for rate in STEPS:
        found = load(port, tokens, rate, seconds)
        goodput = found["good"] / seconds
        print(f"offered {rate}/s: goodput {goodput:.0f}/s, slowest {found['slowest']:.2f} s, {found['statuses']}")
        if goodput < best * 0.9 or (goodput < rate * 0.7 and goodput < best * 1.05):
            break
        if goodput > best:
            best, best_rate = goodput, rate
    return best_rate


def at_peak(port: int, tokens: list[str], rate: float, seconds: float) -> float:
    """Return the goodput at the rate at which the peak was found."""
    return float(load(port, tokens, rate, seconds)["good"]) / seconds


def recovery(port: int, tokens: list[str], rate: float) -> float:
    """Return the seconds until a second in which nine of ten requests at a moderate rate succeed has begun."""
    began = time.perf_counter()
    while True:
        at = time.perf_counter() - began
        if load(port, tokens, rate, 1)["good"] >= 0.9 * rate or at > 60:
            return at


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, _ = start(options.port, Path(folder) / "data")
        try:
            tokens = [sign_up(f"http://127.0.0.1:{options.port}") for _ in range(PEOPLE)]
            load(options.port, tokens, 10, 3)
            rate = peak(options.port, tokens, options.seconds)
            before = at_peak(options.port, tokens, rate, options.seconds)
            for times in (2, 5, 10):
                found = load(options.port, tokens, before * times, options.seconds)
                back = recovery(options.port, tokens, before / 2)
                after = at_peak(options.port, tokens, rate, options.seconds)
                share = found["good"] / options.seconds / ((before + after) / 2)
                print(
                    f"{times}x: goodput {share:.0%} of the peak ({before:.0f}/s before, {after:.0f}/s after), "
                    f"slowest answer {found['slowest']:.2f} s, back after {back:.1f} s, "
                    f"{found['statuses']}, malformed {found['malformed']}"
                )
                before = after
        finally:
            stop(process)
    return 0


if __name__ == "__main__":
    sys.exit(main())
