"""Waits for what an earlier run of a database left behind.

A killed server leaves its pid file. PostgreSQL refuses to start while a process has that number, even another program
or a dead one that was not collected. Its own helpers outlive it for a moment: a new server next to them would destroy
the data. The pid file's lines are described in src/include/utils/pidfile.h.
"""

import os
import time
from pathlib import Path

from smartstack_cli.errors import StackError

_FILE = "postmaster.pid"
_SHARED_MEMORY = Path("/proc/sysvipc/shm")
_POLL_SECONDS = 0.02


def release(directory: Path, seconds: float = 30.0) -> None:
    """Return when nothing of an earlier run uses the cluster in `directory`: its server stops when its runner dies.

    A stale pid file is removed, where /proc shows that it is stale; elsewhere PostgreSQL judges it. Raises StackError
    when the cluster stays in use.
    """
    deadline = time.monotonic() + seconds
    while True:
        pid, segment = _read(directory)
        if pid is None:
            return
        serving = _serves(pid, directory)
        if not serving and not _is_attached(segment):
            _remove_stale(directory, pid)
            return
        if time.monotonic() > deadline:
            raise StackError(f"process {pid} or its children still use the database in {directory}: end them")
        time.sleep(_POLL_SECONDS)


def is_served(directory: Path) -> bool:
    """Return whether a server runs on the cluster now; never where there is no /proc."""
    pid, _ = _read(directory)
    return pid is not None and _serves(pid, directory)


def _read(directory: Path) -> tuple[int | None, str]:
    """The process id and the shared memory's id; (None, "") without a pid file that says so."""
    try:
        lines = (directory / _FILE).read_text().splitlines()
        return int(lines[0]), lines[6].split()[1] if len(lines) > 6 else ""
    except (OSError, ValueError, IndexError):
        return None, ""


def _serves(pid: int, directory: Path) -> bool:
    """Return whether this process is a server on the cluster: another program may have got its number since."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, IndexError):
        return False
    return status != "Z" and os.fsencode(directory) in words


def _is_attached(segment: str) -> bool:
    """Return whether a process holds the shared memory of the earlier server: field 7 of proc(5)'s sysvipc/shm."""
    try:
        rows = [line.split() for line in _SHARED_MEMORY.read_text().splitlines()[1:]]
    except OSError:
        return False
    return any(row[1] == segment and int(row[6]) > 0 for row in rows)


def _remove_stale(directory: Path, pid: int) -> None:
    if Path("/proc").exists() and _SHARED_MEMORY.exists() and _read(directory)[0] == pid:
        (directory / _FILE).unlink(missing_ok=True)
