"""Keeps the emulator's state on disk while it runs: ministack itself saves only when it is asked to stop.

A snapshot holds everything and is taken now and then; the journal holds what happened to messages since. A request that
changed a message is answered when its journal entry is on disk, one that changed a queue, topic or subscription when a
snapshot is.
"""

import asyncio
import contextlib
import importlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .durable import Recorder, recover
from .guard import Application, Message, Receive, Scope, Send
from .journal import Journal

_MESSAGES = b"AmazonSQS."


class Durable:
    """ASGI middleware around ministack that saves its state in `folder`, `interval` seconds after a change.

    A save takes longer the more there is to save; then the next one waits ten times as long as it took, so that saving
    never takes more than a tenth of the time.
    """

    def __init__(
        self, application: Application, folder: Path, interval: float, journal: Journal, recorder: Recorder
    ) -> None:
        self._application = application
        self._folder = folder
        self._interval = interval
        self._journal = journal
        self._recorder = recorder
        self._other_requests = 0
        self._server: Any = importlib.import_module("ministack.app")
        self._persistence: Any = importlib.import_module("ministack.core.persistence")
        self._sqs: Any = importlib.import_module("ministack.services.sqs")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        entry = self._journal.watch()

        async def send_when_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                if self._recorder.structure_changed:
                    self.save()
                await self._journal.flushed(entry[0])
            await send(message)

        try:
            await self._application(scope, receive, send_when_safe)
        finally:
            # The journal holds SQS's changes to messages; any other request may change something.
            self._other_requests += not any(
                v.startswith(_MESSAGES) for n, v in scope["headers"] if n == b"x-amz-target"
            )

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        saving: asyncio.Task[None] | None = None

        async def recover_before_serving(message: Message) -> None:
            nonlocal saving
            if message["type"] == "lifespan.startup.complete":
                recover(self._sqs, self._journal)
                self.save()
                saving = asyncio.create_task(self._save_for_ever())
            elif message["type"] == "lifespan.shutdown.complete":
                self.save()  # ministack has saved too, and knows nothing of the journal, which would be applied again
            await send(message)

        try:
            await self._application(scope, receive, recover_before_serving)
        finally:
            if saving is not None:
                saving.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await saving

    async def _save_for_ever(self) -> None:
        saved, pause = self._changes(), self._interval
        while True:
            await asyncio.sleep(pause)
            if saved != self._changes():
                saved, started = self._changes(), time.monotonic()
                self.save()
                pause = max(self._interval, 10 * (time.monotonic() - started))

    def _changes(self) -> tuple[int, int]:
        return self._journal.written, self._other_requests

    def save(self) -> None:
        """Take a snapshot; the journal then starts empty. Raises OSError when the disk is full."""
        former = self._journal.begin()
        states: dict[str, Callable[[], Any]] = self._server._build_persistence_save_dict()
        for name, get_state in states.items():
            state = get_state()
            if state is not None:
                self._write(name, state)
        _sync(self._folder)
        self._recorder.structure_changed = False
        for path in former:
            path.unlink()

    def _write(self, name: str, state: Any) -> None:
        """Write one service's state as ministack's own `save_state` does, but on to the disk, and not in silence."""
        version = self._persistence._state_format_version(name)
        text = json.dumps({"__ministack_format__": version, "payload": state}, default=self._persistence._json_default)
        path = self._folder / f"{name}.json"
        partial = path.with_suffix(".json.tmp")
        with partial.open("w") as file:
            file.write(text)
            file.flush()
            os.fdatasync(file.fileno())
        partial.replace(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
