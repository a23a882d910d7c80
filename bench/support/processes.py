"""Processes under measurement: how they start, and how much CPU they have used (Linux, /proc)."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx

TICK = os.sysconf("SC_CLK_TCK")
_READY_SECONDS = 120
_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 11, 12, 13, 14


def cpu_seconds(pid: int) -> float:
    """Return the user and system time that a process has used."""
    fields = _stat(pid)
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / TICK


class Postgres:
    """A server and everything that it has forked, ended connections included."""

    def __init__(self, url: str, postmaster: int) -> None:
        self.url = url
        self._postmaster = postmaster

    @classmethod
    async def at(cls, url: str) -> "Postgres":
        """Return the server that answers at `url`, which is on this machine."""
        connection = await asyncpg.connect(url)
        try:
            backend: int = await connection.fetchval("SELECT pg_backend_pid()")
            return cls(url, int(_stat(backend)[_PARENT]))
        finally:
            await connection.close()

    @property
    def address(self) -> str:
        """Return `host:port`."""
        return self.url.rpartition("@")[2].partition("/")[0].removeprefix("postgresql://")

    def cpu_seconds(self) -> float:
        """Return the user and system time that the whole server has used."""
        own = _stat(self._postmaster)
        ticks = sum(int(own[each]) for each in (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM))
        children = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children").read_text().split()
        return ticks / TICK + sum(_cpu_if_alive(int(pid)) for pid in children)


def cpu_of(pids: Mapping[str, int], postgres: Postgres) -> dict[str, Callable[[], float]]:
    """Return what reads the CPU seconds of processes by name, and of `postgres`."""
    return {name: partial(cpu_seconds, pid) for name, pid in pids.items()} | {"postgres": postgres.cpu_seconds}


@contextmanager
def serving(command: Sequence[str], ready: str, variables: Mapping[str, str], cwd: Path | None = None) -> Iterator[int]:
    """Run a server; yield its process id once `ready` answers. Raises SystemExit when it does not start."""
    process = subprocess.Popen(command, env=variables, cwd=cwd)
    try:
        _await_ready(process, ready)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await_ready(process: "subprocess.Popen[bytes]", ready: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(ready).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{process.args!r} did not start")


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on (proc(5): field 3 is the first)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_if_alive(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except OSError:
        return 0.0
