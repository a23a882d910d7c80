"""One stack per data folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartstack_cli.bootstrap.steps import say
from smartstack_cli.errors import StackError
from smartstack_cli.local.clusters import is_running


@contextmanager
def claim(folder: Path, url: str) -> Iterator[int]:
    """Hold the data folder for this process; yields the lock's file descriptor.

    A process that inherits the descriptor keeps the lock: the reaper does, so that after a `kill -9` the next run waits
    until nothing of this one is left. Raises StackError when another runner is alive there.
    """
    open_folder(folder)
    descriptor = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def open_folder(folder: Path) -> None:
    """Make the data folder, or close it to everybody else. Raises StackError when it cannot be one."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except (FileExistsError, NotADirectoryError):
        raise StackError(f"{folder} is not a folder; choose another with --data") from None
    except OSError as error:
        raise StackError(f"{folder} cannot be used ({error.strerror}); choose another with --data") from None


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = json.loads(os.pread(descriptor, 4096, 0) or b'{"pid": 0, "url": "starting"}')
        if holder["pid"] == 0 or is_running(holder["pid"]):
            raise StackError(
                f"already running on {folder}: {holder['url']} (process {holder['pid']}); "
                "choose another folder with --data"
            ) from None
        say("waiting for the processes of a run that was killed to end")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
