"""The services' logs on the terminal: warnings and worse, each line with the service's name."""

import asyncio
import contextlib
import json
import re
import sys
from pathlib import Path
from typing import Any

_POLL_SECONDS = 0.5
_LARGEST_LOG = 10 * 2**20
_LOUD = {"WARNING", "ERROR", "CRITICAL"}
_WORTH_SHOWING = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback|^\S*(Error|Exception)\b")


class Console:
    """Follows the log files of `names` in the folder `logs`, from their present ends on."""

    def __init__(self, logs: Path, names: list[str]) -> None:
        self._width = max(map(len, names))
        self._files = {name: logs / f"{name}.log" for name in names}
        for path in self._files.values():
            if path.exists() and path.stat().st_size > _LARGEST_LOG:
                path.replace(path.with_suffix(".log.1"))
        self._read = {name: path.stat().st_size if path.exists() else 0 for name, path in self._files.items()}

    async def follow(self) -> None:
        """Print for ever what is worth it."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            self.catch_up()

    def catch_up(self) -> None:
        """Print what came since the last look."""
        for name, path in self._files.items():
            for line in self._new_lines(name, path):
                for shown in _worth_showing(line):
                    with contextlib.suppress(OSError):  # the terminal was closed
                        print(f"{name:>{self._width}} | {shown}", file=sys.stderr, flush=True)

    def _new_lines(self, name: str, path: Path) -> list[str]:
        if not path.exists() or path.stat().st_size <= self._read[name]:
            return []
        with path.open("rb") as file:
            file.seek(self._read[name])
            complete, _, _ = file.read().rpartition(b"\n")
        self._read[name] += len(complete) + 1 if complete else 0
        return complete.decode(errors="replace").splitlines()

    def tail(self, name: str, lines: int) -> str:
        """The last lines of one log, to explain a failed start."""
        path = self._files[name]
        last = path.read_text(errors="replace").splitlines()[-lines:] if path.exists() else []
        return "\n".join(shown for line in last for shown in _as_text(_entry(line)) or [line])


def _worth_showing(line: str) -> list[str]:
    """Return the part of a line for the terminal: nothing, unless it is a warning or worse."""
    entry = _entry(line)
    if entry is None:
        return [line] if _WORTH_SHOWING.search(line) else []
    return _as_text(entry) if entry["level"] in _LOUD else []


def _entry(line: str) -> dict[str, Any] | None:
    """Return a line of a service's log (smartstack_chassis.telemetry.logs), or None for any other line."""
    if not line.startswith("{"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and {"time", "level", "logger", "message"} <= entry.keys() else None


def _as_text(entry: dict[str, Any] | None) -> list[str]:
    if entry is None:
        return []
    # The date is today's, and a trace can be looked up.
    trace = f" trace={entry['trace_id']}" if entry.get("trace_id") else ""
    first = f"{entry['time'][11:23]} {entry['level']} {entry['logger']}: {entry['message']}{trace}"
    return [*first.splitlines(), *entry.get("exception", "").splitlines()]
