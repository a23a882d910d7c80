"""Saves the emulator's state while it runs: ministack itself saves only when it is asked to stop."""

import asyncio
import contextlib
import importlib
import time
from typing import Any

from .guard import Application, Receive, Scope, Send


class Snapshots:
    """ASGI middleware that saves all state every `interval` seconds in which requests were served.

    A save takes longer the more there is to save; then the next one waits ten times as long as it took, so
    that saving never takes more than a tenth of the time.
    """

    def __init__(self, application: Application, interval: float) -> None:
        self._application = application
        self._interval = interval
        self._requests = 0
        self._task: asyncio.Task[None] | None = None
        self._server: Any = importlib.import_module("ministack.app")
        self._persistence: Any = importlib.import_module("ministack.core.persistence")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._task = asyncio.create_task(self._save_for_ever())
            try:
                await self._application(scope, receive, send)
            finally:
                self._task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._task
            return
        try:
            await self._application(scope, receive, send)
        finally:
            self._requests += 1

    async def _save_for_ever(self) -> None:
        saved, pause = self._requests, self._interval
        while True:
            await asyncio.sleep(pause)
            if saved != self._requests:
                saved, started = self._requests, time.monotonic()
                self._persistence.save_all(self._server._build_persistence_save_dict())
                pause = max(self._interval, 10 * (time.monotonic() - started))
