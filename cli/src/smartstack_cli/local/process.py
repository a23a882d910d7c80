"""Child processes as the runner sees them: started, known to the reaper, awaited."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartstack_cli.errors import StackError
from smartstack_cli.local import reaper
from smartstack_cli.local.program import Program, kill_group, send
from smartstack_cli.local.zygote import Job


@dataclass(frozen=True)
class Running:
    """A process that leads its own group. `exited` gives its exit code, or minus the signal that ended it."""

    pid: int
    exited: "asyncio.Future[int]"

    async def stop(self, stop_signal: signal.Signals, seconds: float) -> bool:
        """Ask it to stop and kill its group when it has not within `seconds`. True when it went by itself."""
        if not self.exited.done():
            send(self.pid, stop_signal)
            await asyncio.wait([self.exited], timeout=seconds)
        in_time = self.exited.done()
        kill_group(self.pid)
        await asyncio.wait([self.exited])
        return in_time


class Reaper:
    """Our end of the reaper's pipe (see reaper.py). Add every process immediately after its start."""

    def __init__(self, pipe: asyncio.StreamWriter) -> None:
        self._pipe = pipe

    @classmethod
    async def start(cls, keep_open: Sequence[int]) -> "Reaper":
        """Start it. It keeps the file descriptors `keep_open` open until nothing is left running."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", reaper.__file__),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=keep_open,
        )
        assert process.stdin is not None  # noqa: S101 (asked for above)
        return cls(process.stdin)

    def watch(self, running: Running, stop_signal: signal.Signals) -> Running:
        """End `running` when we are gone; forget it when it has ended by itself."""
        self._pipe.write(f"+{running.pid} {int(stop_signal)}\n".encode())
        running.exited.add_done_callback(lambda _: self._pipe.write(f"-{running.pid}\n".encode()))
        return running

    def close(self) -> None:
        """Let it go: it ends whatever is left now."""
        self._pipe.close()


class Launcher:
    """Starts programs, and Python modules as forks of the zygote. `logs` is the folder of their log files."""

    def __init__(self, reaper: Reaper, logs: Path) -> None:
        self._guardian = reaper
        self._logs = logs
        self._tasks: set[asyncio.Future[int]] = set()
        self._zygote: _ZygoteClient | None = None

    def log(self, name: str) -> Path:
        """The log file of the process called `name`."""
        return self._logs / f"{name}.log"

    async def program(self, program: Program, *, pass_fds: Sequence[int] = ()) -> Running:
        """Start a program, its output going to its log file."""
        with self.log(program.name).open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *program.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=pass_fds,
                **program.popen_options(),
            )
        exited = asyncio.ensure_future(process.wait())
        self._tasks.add(exited)
        return self._guardian.watch(Running(process.pid, exited), program.stop_signal)

    async def start_zygote(self, program: Program, modules: Sequence[str]) -> Running:
        """Start the process that forks modules. `program` gives its name and environment; see zygote.py."""
        near, far = socket.socketpair()
        with far:
            argv = [sys.executable, "-m", "smartstack_cli.local.zygote", str(far.fileno()), *modules]
            described = Program(name=program.name, argv=argv, cwd=program.cwd, env=program.env)
            running = await self.program(described, pass_fds=[far.fileno()])
        if self._zygote is not None:
            self._zygote.close()
        self._zygote = await _ZygoteClient.connect(near)
        return running

    def zygote_is_ready(self) -> bool:
        """Return whether the zygote has imported its modules."""
        return self._zygote is not None and self._zygote.ready.is_set()

    async def module(self, job: Job) -> Running:
        """Run a module in a fork of the zygote. Raises StackError when the zygote is gone."""
        if self._zygote is None:
            raise StackError("the process that services are forked from is not running")
        return self._guardian.watch(await self._zygote.fork(job), signal.SIGTERM)

    def close(self) -> None:
        """Let everything go: the reaper ends whatever is left now."""
        if self._zygote is not None:
            self._zygote.close()
        self._guardian.close()


class _ZygoteClient:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.ready = asyncio.Event()
        self._writer = writer
        self._forking: list[asyncio.Future[Running]] = []
        self._running: dict[int, Running] = {}
        self._listening = asyncio.create_task(self._listen(reader))

    @classmethod
    async def connect(cls, control: socket.socket) -> "_ZygoteClient":
        return cls(*await asyncio.open_connection(sock=control))

    async def fork(self, job: Job) -> Running:
        if self._listening.done():
            raise StackError("the process that services are forked from has ended")
        answer = asyncio.get_running_loop().create_future()
        self._forking.append(answer)
        request = {"module": job.module, "arguments": job.arguments, "env": job.env, "log": str(job.log)}
        self._writer.write(json.dumps(request).encode() + b"\n")
        running: Running = await answer
        return running

    def close(self) -> None:
        self._listening.cancel()
        self._writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            self._handle(json.loads(line))
        # The zygote is gone and cannot report the ends of its forks: end them.
        for answer in self._forking:
            answer.set_exception(StackError("the process that services are forked from has ended"))
        for running in self._running.values():
            kill_group(running.pid)
            running.exited.set_result(-signal.SIGKILL)

    def _handle(self, message: dict[str, Any]) -> None:
        if "status" in message:
            self._running.pop(message["pid"]).exited.set_result(message["status"])
        elif "pid" in message:
            running = Running(message["pid"], asyncio.get_running_loop().create_future())
            self._running[running.pid] = running
            self._forking.pop(0).set_result(running)
        else:
            self.ready.set()
