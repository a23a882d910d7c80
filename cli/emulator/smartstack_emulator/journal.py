"""The journal: what happened to messages since the last snapshot, one JSON object a line, appended before the answer.

A line is {"queue": [account, region, name], "op": …} with, by `op`: `add` and its `message`; `receive` and its `id`,
`handle`, `visible_at`, `count`; `delete` and its `id`; `purge`. Applying a line twice changes nothing.
"""

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

Entry = dict[str, Any]

_PATTERN = "journal-*.jsonl"
_recorded: ContextVar[list[int] | None] = ContextVar("recorded", default=None)


class Journal:
    """Append-only files in `folder`; each snapshot starts a new file and removes the former ones.

    An entry reaches the kernel immediately, so the death of this process loses nothing. `flushed` waits until it is on
    disk too, which many entries share.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._former = sorted(folder.glob(_PATTERN))
        self._number = int(self._former[-1].stem.partition("-")[2]) if self._former else 0
        self._descriptor = self._open_next()
        self._written = 0
        self._on_disk = 0
        self._flushing: asyncio.Task[None] | None = None

    @property
    def written(self) -> int:
        """Return the number of entries written since the start."""
        return self._written

    def entries(self) -> Iterator[Entry]:
        """Return the entries from before this start, oldest first. An incomplete last line is left out."""
        for path in self._former:
            for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
                try:
                    if not line.endswith(b"\n"):
                        raise ValueError("cut off")
                    entry: Entry = json.loads(line)
                except ValueError:
                    logger.warning("%s, line %d is not readable and is left out", path.name, number)
                    continue
                yield entry

    def write(self, entry: Entry) -> None:
        """Append an entry. Raises OSError when the disk takes no more."""
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        if os.write(self._descriptor, line) != len(line):
            raise OSError("the journal's disk is full")
        self._written += 1
        recorded = _recorded.get()
        if recorded is not None:
            recorded[0] = self._written

    @staticmethod
    def watch() -> list[int]:
        """Return a cell that holds the number of the last entry that this request has written, 0 without one."""
        cell = [0]
        _recorded.set(cell)
        return cell

    async def flushed(self, number: int) -> None:
        """Return when the entry with this number is on disk. Raises OSError when it cannot be."""
        while self._on_disk < number:
            if self._flushing is None or self._flushing.done():
                self._flushing = asyncio.create_task(self._flush())
            await asyncio.shield(self._flushing)

    async def _flush(self) -> None:
        upto, descriptor = self._written, os.dup(self._descriptor)  # the file may be replaced meanwhile
        try:
            await asyncio.to_thread(os.fdatasync, descriptor)
        finally:
            os.close(descriptor)
        self._on_disk = max(self._on_disk, upto)

    def begin(self) -> list[Path]:
        """Start a new file. Returns the former ones, which a snapshot taken now makes superfluous."""
        former = sorted(self._folder.glob(_PATTERN))
        os.fdatasync(self._descriptor)
        self._on_disk = self._written
        os.close(self._descriptor)
        self._descriptor = self._open_next()
        return former

    def _open_next(self) -> int:
        self._number += 1
        path = self._folder / f"journal-{self._number:08d}.jsonl"
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
