"""One process that has imported all services, and forks each of them from itself.

Importing takes seconds and tens of megabytes per service; a fork takes milliseconds and shares the memory. Only
imports happen before a fork: no thread and no event loop may exist then, or the fork would inherit their locks.

Run as `python -m smartstack_cli.local.zygote FD MODULE...`. FD is a socket to the runner. It reads one JSON object a
line, {"module", "arguments", "env", "log"}, answers {"pid"} in order, and reports {"pid", "status"} when one ends
(its exit code, or minus the signal). When the socket closes, all children are stopped.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setproctitle import setproctitle

from smartstack_cli.local.program import dies_with_parent
from smartstack_cli.local.reaper import PATIENCE_SECONDS, end

_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Job:
    """A Python module to run as a program, with its own arguments, environment and log file."""

    module: str
    arguments: tuple[str, ...]
    env: dict[str, str]
    log: Path

    def run(self) -> None:
        """Become this program: the rest of the process's life."""
        output = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(self.env)
        sys.argv = [self.module, *self.arguments]
        gc.enable()
        runpy.run_module(self.module, run_name="__main__", alter_sys=True)


class Zygote:
    """The parent's loop. `children` are the process ids of living forks."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: set[int] = set()
        self._received = b""
        self._wake_read, self._wake_write = os.pipe()

    def serve(self) -> Job | None:
        """Fork on request. Returns the job to run in a fork, and None in the parent when it is to end."""
        self._catch_signals()
        self._report({"ready": True})
        while True:
            sources: list[socket.socket | int] = [self._control, self._wake_read]
            readable, _, _ = select.select(sources, [], [])
            if self._wake_read in readable:
                os.read(self._wake_read, 4096)
                self._reap()
            if self._control in readable:
                data = self._control.recv(65536)
                if not data:
                    end(dict.fromkeys(self._children, signal.SIGTERM), PATIENCE_SECONDS)
                    return None
                *lines, self._received = (self._received + data).split(b"\n")
                for line in lines:
                    job = self._fork(json.loads(line))
                    if job is not None:
                        return job

    def _fork(self, request: dict[str, Any]) -> Job | None:
        if threading.active_count() > 1:
            raise RuntimeError(f"importing started threads: {threading.enumerate()}")
        die_with_us = dies_with_parent(signal.SIGTERM)
        # Blocked across the fork: a request to stop that comes before the child listens must wait, not get lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
            self._children.add(pid)
            self._report({"pid": pid})
            return None
        self._become_a_child()
        if die_with_us is not None:
            die_with_us()
        return Job(request["module"], tuple(request["arguments"]), request["env"], Path(request["log"]))

    def _catch_signals(self) -> None:
        for descriptor in (self._wake_read, self._wake_write):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # The end of the socket is the one reason to stop: it comes after everything that the runner asked for.
        for name in _STOPPING:
            signal.signal(name, signal.SIG_IGN)

    def _become_a_child(self) -> None:
        signal.set_wakeup_fd(-1)
        for name in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
        self._control.close()
        os.close(self._wake_read)
        os.close(self._wake_write)
        os.setsid()

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._children.discard(pid)
            self._report({"pid": pid, "status": os.waitstatus_to_exitcode(status)})

    def _report(self, message: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(message).encode() + b"\n")


def main(descriptor: str, *modules: str) -> None:
    """Import `modules`, then serve."""
    setproctitle("smartstack-zygote")  # before the environment changes: it finds the title's place through it
    # Without collections here, and with everything frozen, a fork neither fills holes in the shared pages nor writes
    # to them when it collects: both would make copies of them.
    gc.disable()
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    job = Zygote(socket.socket(fileno=int(descriptor))).serve()
    if job is not None:
        job.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
