"""Keeps the parts of the stack running: starts them, waits until they are ready, starts again what dies, stops all."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from smartstack_cli.errors import StackError
from smartstack_cli.local.process import Running
from smartstack_cli.local.program import send

READY_SECONDS = 90.0
_POLL_SECONDS = 0.03
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STABLE_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Part:
    """One long-running part of the stack.

    `start` starts its process, `is_ready` looks whether it serves now. It is asked to stop with `stop_signal` and
    killed after `stop_seconds`.
    """

    name: str
    start: Callable[[], Awaitable[Running]]
    is_ready: Callable[[Running], Awaitable[bool]]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 25.0


class Supervisor:
    """Runs parts. `say` receives one line whenever a part ends unexpectedly or has to be killed.

    While a part runs, `<pids>/<name>.pid` holds its process id.
    """

    def __init__(self, say: Callable[[str], None], pids: Path) -> None:
        pids.mkdir(parents=True, exist_ok=True)
        self._say = say
        self._pids = pids
        self._parts: dict[str, _Supervised] = {}

    async def start(self, *parts: Part) -> None:
        """Start `parts` together and return when all of them are ready.

        Raises StackError when one ends before it was ready, or is not ready in time.
        """
        for part in parts:
            self._parts[part.name] = _Supervised(part, self._say, self._pids / f"{part.name}.pid")
        await asyncio.gather(*(self._parts[part.name].until_ready() for part in parts))

    async def stop(self, names: Sequence[str]) -> None:
        """Stop the parts with these names together, for good."""
        await asyncio.gather(*(self._parts[name].stop() for name in names if name in self._parts))

    def send_signal(self, name: str, message: signal.Signals) -> None:
        """Send a signal that means something else than stop; nothing if the part does not run."""
        if name in self._parts:
            self._parts[name].send_signal(message)

    async def failed(self) -> None:
        """Wait for ever, or until supervising itself fails, which is a defect: raises its exception."""
        await asyncio.gather(*(part.supervision for part in self._parts.values()))


class _Supervised:
    def __init__(self, part: Part, say: Callable[[str], None], pid_file: Path) -> None:
        self._part = part
        self._say = say
        self._pid_file = pid_file
        self._running: Running | None = None
        self._ready = asyncio.Event()
        self.supervision = asyncio.create_task(self._supervise(), name=part.name)

    async def until_ready(self) -> None:
        ready = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait([ready, self.supervision], timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if self.supervision.done():
                await self.supervision
            if not self._ready.is_set():
                raise StackError(f"{self._part.name} is not ready after {READY_SECONDS:.0f} s")
        finally:
            ready.cancel()

    async def stop(self) -> None:
        self.supervision.cancel()
        await asyncio.wait([self.supervision])
        running = self._running
        self._pid_file.unlink(missing_ok=True)
        if running is not None and not await running.stop(self._part.stop_signal, self._part.stop_seconds):
            self._say(f"{self._part.name} did not stop within {self._part.stop_seconds:.0f} s and was killed")

    def send_signal(self, message: signal.Signals) -> None:
        if self._running is not None and not self._running.exited.done():
            send(self._running.pid, message)

    async def _supervise(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            started = time.monotonic()
            reason = await self._run_once()
            if not self._ready.is_set():
                raise StackError(f"{self._part.name} {reason} before it was ready")
            if time.monotonic() - started > _STABLE_SECONDS:
                pause = _FIRST_PAUSE
            self._say(f"{self._part.name} {reason}; starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _run_once(self) -> str:
        """Start it and wait for its end. Returns how it ended, in words."""
        try:
            # Shielded: a stop in this very moment must not lose a process that is being started.
            starting = asyncio.ensure_future(self._part.start())
            self._running = await asyncio.shield(starting)
        except StackError as error:
            return f"did not start ({error})"
        except asyncio.CancelledError:
            self._running = await starting
            raise
        self._pid_file.write_text(str(self._running.pid))
        await self._watch_readiness(self._running)
        status = await asyncio.shield(self._running.exited)
        self._pid_file.unlink(missing_ok=True)
        return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with exit code {status}"

    async def _watch_readiness(self, running: Running) -> None:
        again = self._ready.is_set()
        while not running.exited.done():
            if await self._part.is_ready(running):
                self._ready.set()
                if again:
                    self._say(f"{self._part.name} is ready again")
                return
            await asyncio.sleep(_POLL_SECONDS)
