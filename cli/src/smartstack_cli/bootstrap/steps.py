"""Doing a step once: progress lines, a lock between processes, and stamps that say it is done."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from smartstack_cli.bootstrap.project import TOOLS
from smartstack_cli.errors import StackError


def say(message: str) -> None:
    """One line about progress, on standard error."""
    with contextlib.suppress(OSError):  # a terminal that was closed must not keep us from stopping in order
        print(f"smartstack: {message}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step that may take a while, and how long it took."""
    say(f"{title} ...")
    started = time.monotonic()
    yield
    say(f"{title}: done in {time.monotonic() - started:.1f} s")


@contextmanager
def alone(subject: str) -> Iterator[None]:
    """Hold the lock of `subject`, so that two runs never install it concurrently. The kernel frees it at exit."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / f"{subject}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is installing; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Stamp:
    """A file that remembers the fingerprint of what a step was done from."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint

    def is_current(self) -> bool:
        """Return whether the step was done from the very same inputs."""
        try:
            return self._path.read_text() == self._fingerprint
        except OSError:
            return False

    def write(self) -> None:
        """Remember that it is done now."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._fingerprint)

    def clear(self) -> None:
        """Forget it, before the step starts to change things."""
        self._path.unlink(missing_ok=True)


def fingerprint(*parts: str | Path) -> str:
    """A digest of texts and of files' contents (a missing file counts as empty)."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b""
            digest.update(hashlib.sha256(content).digest())
        else:
            digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()


def tree_fingerprint(folder: Path, ignored: Iterable[str]) -> str:
    """A digest of all files below `folder` and their names, leaving out folders and files named in `ignored`."""
    skip = set(ignored)
    parts: list[str | Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - skip)
        for name in sorted(set(files) - skip):
            path = Path(parent, name)
            parts += [str(path.relative_to(folder)), path]
    return fingerprint(*parts)


def run(argv: Sequence[str | Path], cwd: Path, env: Mapping[str, str]) -> None:
    """Run a tool; its output is shown on a terminal, and elsewhere only when it fails.

    Raises StackError with the command when it exits non-zero.
    """
    shown = sys.stderr.isatty()
    output = None if shown else subprocess.PIPE
    result = subprocess.run(argv, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT, check=False)
    if result.returncode != 0:
        if not shown:
            sys.stderr.buffer.write(result.stdout)
            sys.stderr.flush()
        raise StackError(f"failed (exit code {result.returncode}): {' '.join(map(str, argv[:6]))}")
