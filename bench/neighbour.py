"""What one workspace at its limits costs another: the quiet one's p99 with the abuser, divided by that without.

Starts the product with the limits it has in use and plays two workspaces over the public API: a quiet one, whose owner
reads lists and whose client writes now and then, and, in the second half, one whose client sends 20 kB messages and
whose owner reads as fast as each is allowed to. The goal is a ratio of 1.5 or less.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import uuid4

import httpx

from bench.slice import ASKING, SETTLE_SECONDS, Live, call, start, stop

HOSTILE = ("The logo, the page and the footer by 3 Dec, could you fix it before Friday; it is broken. " * 250)[:20_000]
READ = ("/tasks", "/conversations", "/suggestions", "/clients")
PAUSE_SECONDS = 0.1
WARM_UP_ROUNDS = 8
# A client may write every three seconds once its burst is spent.
SECONDS_PER_MESSAGE = 3.2
ABUSERS = 4


def sign_up(url: str) -> tuple[httpx.Client, httpx.Client, str]:
    """Return the owner of a new workspace, its client in the portal, and the owner's token."""
    owner = httpx.Client(base_url=f"{url}/api/v1", timeout=30)
    client = httpx.Client(base_url=f"{url}/api/v1", timeout=30)
    account = {"email": f"{uuid4().hex}@example.com", "password": "correct horse battery"}
    token: str = call(owner, "POST", "/auth/signup", json={**account, "name": "O", "workspace_name": "S"})[
        "access_token"
    ]
    owner.headers["Authorization"] = f"Bearer {token}"
    made = call(owner, "POST", "/clients", json={"name": "Acme"})
    link = call(owner, "POST", f"/clients/{made['id']}/share-links", json={})
    portal = call(client, "POST", "/portal/session", json={"token": link["token"]})
    client.headers["Authorization"] = f"Bearer {portal['access_token']}"
    return owner, client, token


def abuse(url: str, loud: str, visitor: str, connection: Connection) -> None:
    """Send without a pause until `connection` ends; send back how many requests there were, and how many refused.

    A process of its own with the lowest priority: what a load generator costs is not what an abuser costs.
    """
    os.nice(19)
    stopping, statuses = threading.Event(), list[int]()
    threads = [
        threading.Thread(target=flood, args=(url, token, stopping, statuses), kwargs={"portal": token == visitor})
        for token in [visitor, loud] * (ABUSERS // 2)
    ]
    for thread in threads:
        thread.start()
    connection.recv()
    stopping.set()
    for thread in threads:
        thread.join()
    connection.send((len(statuses), statuses.count(429)))


def flood(url: str, token: str, stopping: threading.Event, statuses: list[int], *, portal: bool) -> None:
    """Send until `stopping`; keep the statuses."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=30, headers={"Authorization": token}) as http:
        while not stopping.is_set():
            if portal:
                headers = {"Idempotency-Key": uuid4().hex}
                answer = http.post("/portal/messages", json={"body": HOSTILE}, headers=headers)
            else:
                answer = http.get("/suggestions")
            statuses.append(answer.status_code)


def measure(owner: httpx.Client, client: httpx.Client, live: Live, rounds: int) -> dict[str, list[float]]:
    """Return milliseconds of each request of the quiet workspace, and from its messages to their suggestions."""
    took: dict[str, list[float]] = {path: [] for path in (*READ, "message -> suggestion")}
    next_message = time.perf_counter()
    for _ in range(rounds):
        for path in READ:
            began = time.perf_counter()
            call(owner, "GET", path)
            took[path].append((time.perf_counter() - began) * 1000)
        if (began := time.perf_counter()) >= next_message:
            next_message = began + SECONDS_PER_MESSAGE
            message = call(client, "POST", "/portal/messages", json={"body": ASKING})
            seen = live.wait_for("suggestion_created", message_id=message["id"])
            took["message -> suggestion"].append((seen - began) * 1000)
        time.sleep(PAUSE_SECONDS)
    return took


def p99(values: list[float]) -> float:
    """Return the 99th percentile; of few values, the largest."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]


def compare(url: str, rounds: int) -> None:
    """Measure without and with the abuser, and print both."""
    owner, client, token = sign_up(url)
    loud, visitor, _ = sign_up(url)
    live = Live(url, token)
    measure(owner, client, live, WARM_UP_ROUNDS)
    without = measure(owner, client, live, rounds)
    ours, theirs = get_context("spawn").Pipe()
    abuser = get_context("spawn").Process(
        target=abuse, args=(url, loud.headers["Authorization"], visitor.headers["Authorization"], theirs)
    )
    abuser.start()
    try:
        with_abuser = measure(owner, client, live, rounds)
    finally:
        ours.send("stop")
        sent, refused = ours.recv()
        abuser.join()
    for name, values in without.items():
        alone, beside = p99(values), p99(with_abuser[name])
        print(f"{name}: p99 {alone:.0f} ms alone, {beside:.0f} ms beside the abuser, ratio {beside / alone:.2f}")
    print(f"the abuser: {sent} requests, {refused} refused with 429")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--port", type=int, default=8766)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, _ = start(options.port, Path(folder) / "data", {})
        try:
            time.sleep(SETTLE_SECONDS)
            compare(f"http://127.0.0.1:{options.port}", options.rounds)
        finally:
            stop(process)
    print(f"machine: {os.cpu_count()} cores, {sys.platform}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
