"""Warm start, idle memory, and how long it takes from a client's message to a suggestion, and from a click to a task.

Starts the product on a new data folder, waits for it to settle, and plays one client and one member over the public
API. Times are taken at the edge: from sending the request to the event on the live stream that the screen would show.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Queue
from typing import Any
from uuid import uuid4

import httpx

ROOT = Path(__file__).parents[1]
ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
SETTLE_SECONDS = 10


# The client of this measurement writes faster than a person, and is not to be refused.
UNLIMITED = {
    "SMARTSTACK_PORTAL_BURST": "1000000",
    "SMARTSTACK_PORTAL_BURST_BYTES": "1000000000",
    "SMARTSTACK_PORTAL_WORKSPACE_BURST": "1000000",
}


def start(port: int, data: Path, extra: Mapping[str, str] = UNLIMITED) -> tuple[subprocess.Popen[str], float]:
    """Run `./smartstack up`; return the process and the seconds until it was ready."""
    began = time.perf_counter()
    process = subprocess.Popen(
        ["./smartstack", "up", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, **extra},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("SmartStack is ready"):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, time.perf_counter() - began
    raise SystemExit("the stack did not start")


def stop(process: subprocess.Popen[str]) -> None:
    """Stop as Ctrl-C does."""
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)


def memory(session: int) -> dict[str, float]:
    """Return MiB of proportional set size per process under the runner `session` (Linux)."""
    found: dict[str, float] = {}
    for pid in descendants(session):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            name = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:60]
        except OSError:
            continue
        pss = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
        found[f"{pid} {name}"] = pss / 1024
    return found


def descendants(root: int) -> Iterator[int]:
    """Yield `root` and every process below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += parents.get(pid, [])


class Live:
    """The member's live stream: each event with the moment it arrived."""

    def __init__(self, url: str, token: str) -> None:
        self.events: Queue[tuple[float, str, dict[str, Any]]] = Queue()
        self.open = threading.Event()
        threading.Thread(target=self._read, args=(url, token), daemon=True).start()
        self.open.wait(10)

    def _read(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.stream("GET", f"{url}/api/v1/live", headers=headers, timeout=None) as stream:  # noqa: S113
            self.open.set()
            kind = ""
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    self.events.put((time.perf_counter(), kind, json.loads(line.removeprefix("data:"))))

    def wait_for(self, kind: str, **ids: str) -> float:
        """Return when the event of this kind with these ids arrived."""
        while True:
            moment, got, event = self.events.get(timeout=30)
            if got == kind and all(event["data"].get(name) == value for name, value in ids.items()):
                return moment


def call(http: httpx.Client, method: str, path: str, **options: Any) -> Any:
    """Return the decoded answer; fail on anything but success."""
    answer = http.request(method, path, headers={"Idempotency-Key": uuid4().hex}, **options)
    answer.raise_for_status()
    return answer.json()


def flow(url: str, count: int) -> dict[str, list[float]]:
    """Return milliseconds per step, one entry per message."""
    owner = httpx.Client(base_url=f"{url}/api/v1", timeout=10)
    client = httpx.Client(base_url=f"{url}/api/v1", timeout=10)
    body = {
        "email": f"{uuid4().hex}@example.com",
        "password": "correct horse battery",
        "name": "O",
        "workspace_name": "S",
    }
    token = call(owner, "POST", "/auth/signup", json=body)["access_token"]
    owner.headers["Authorization"] = f"Bearer {token}"
    acme = call(owner, "POST", "/clients", json={"name": "Acme"})
    link = call(owner, "POST", f"/clients/{acme['id']}/share-links", json={})
    portal = call(client, "POST", "/portal/session", json={"token": link["token"]})
    client.headers["Authorization"] = f"Bearer {portal['access_token']}"
    live = Live(url, token)
    took: dict[str, list[float]] = {"message -> on screen": [], "message -> suggestion": [], "accept -> task": []}
    took["message -> suggestion -> task"] = []
    for _ in range(count):
        began = time.perf_counter()
        message = call(client, "POST", "/portal/messages", json={"body": ASKING})
        seen = live.wait_for("message_received", message_id=message["id"]) - began
        suggested = live.wait_for("suggestion_created", message_id=message["id"]) - began
        items = call(owner, "GET", "/suggestions", params={"status": "pending", "limit": 2})["items"]
        clicked = time.perf_counter()
        task = call(owner, "POST", f"/suggestions/{items[0]['id']}/accept", json={})
        made = live.wait_for("task_created", task_id=task["task_id"]) - clicked
        for name, value in zip(took, (seen, suggested, made, suggested + made), strict=True):
            took[name].append(value * 1000)
        time.sleep(0.05)  # a person's messages do not come back to back; also stays under the rate limit
    return took


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        process, first = start(options.port, data)
        stop(process)
        process, warm = start(options.port, data)
        print(f"ready: {first:.1f} s with a new data folder, {warm:.1f} s again")
        try:
            time.sleep(SETTLE_SECONDS)
            if sys.platform == "linux":
                used = memory(process.pid)
                for name, size in sorted(used.items(), key=lambda item: -item[1]):
                    print(f"  {size:7.1f} MiB  {name}")
                print(f"idle memory: {sum(used.values()):.0f} MiB PSS in {len(used)} processes")
            for name, values in flow(f"http://127.0.0.1:{options.port}", options.messages).items():
                cuts = statistics.quantiles(values, n=100)
                print(f"{name}: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms over {len(values)}")
        finally:
            stop(process)
    print(f"machine: {os.cpu_count()} cores, {sys.platform}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
