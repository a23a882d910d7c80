"""Ends what the runner leaves behind when it is killed.

Run as `python -I -S reaper.py`, standard library only: it lives as long as the stack and should weigh little.
Standard input is a pipe that only the runner holds. Lines `+PID SIGNAL` and `-PID` say which processes exist and
how each is asked to stop. At the end of the input whatever is left is asked, and killed when it does not listen.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE_SECONDS = 25.0
_POLL_SECONDS = 0.05


def main() -> None:
    """Follow the runner's list until the runner is gone, then end what is left of it."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # such a signal must not end the reaper before the runner
    end(follow(sys.stdin), PATIENCE_SECONDS)


def follow(lines: Iterable[str]) -> dict[int, int]:
    """The processes that were announced and not taken back, each with its stop signal."""
    alive: dict[int, int] = {}
    for line in lines:
        words = line[1:].split()
        if line.startswith("+"):
            alive[int(words[0])] = int(words[1])
        else:
            alive.pop(int(words[0]), None)
    return alive


def end(processes: dict[int, int], patience: float) -> None:
    """Stop `processes`, each the leader of its group, within `patience` seconds."""
    for pid, stop_signal in processes.items():
        _signal(pid, stop_signal)
    deadline = time.monotonic() + patience
    while any(map(_exists, processes)) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    for pid in filter(_exists, processes):
        _signal(-pid, signal.SIGKILL)


def _exists(pid: int) -> bool:
    """Return whether it still runs. Uncollected dead processes (some containers' first process never collects any)
    do not count."""
    if not _signal(pid, 0):
        return False
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # no /proc here, or gone just now
        return _signal(pid, 0)
    return status.rpartition(")")[2].split()[0] != "Z"


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
