"""The description and start of a child process of the local stack."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
# Loaded here, before any fork: loading a library between fork and exec can deadlock.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Program:
    """One child process: what to run, as whom, and how it is asked to stop.

    `user` is a numeric user and group id to run as, or None for our own.
    """

    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments that subprocess.Popen and asyncio's subprocesses both take.

        Each child leads a session of its own: Ctrl-C in the terminal reaches only the runner, which then
        stops the children in order.
        """
        options: dict[str, Any] = {
            "cwd": self.cwd,
            "env": dict(self.env),
            "start_new_session": True,
            "preexec_fn": dies_with_parent(self.stop_signal),
        }
        if self.user is not None:
            options |= {"user": self.user, "group": self.user, "extra_groups": []}
        return options

    def start(self, log: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        """Start it with both outputs going to `log`. Call from the main thread (see dies_with_parent)."""
        return subprocess.Popen(
            self.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **self.popen_options(),
        )


def dies_with_parent(signal_number: signal.Signals) -> Callable[[], None] | None:
    """A preexec hook that has Linux send `signal_number` to the child when the thread that started it ends.

    Returns None where the kernel has no such thing (macOS): there the reaper alone ends orphans.
    """
    libc = _LIBC
    if libc is None:
        return None
    parent = os.getpid()

    def hook() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != parent:  # it died before the request was in place
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def stop(process: "subprocess.Popen[bytes]", signal_number: signal.Signals, seconds: float) -> None:
    """Ask `process` to stop, and kill its whole group when it has not within `seconds`."""
    if process.poll() is None:
        process.send_signal(signal_number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            process.wait()


def kill_group(leader: int) -> None:
    """SIGKILL for the process group led by `leader`; nothing if it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def send(pid: int, signal_number: signal.Signals) -> None:
    """Signal a process; nothing if it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal_number)
