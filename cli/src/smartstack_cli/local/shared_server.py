"""Keeps one server for all test processes of a run: started by the first, stopped after the last.

Every user of a shared folder holds a shared lock on its `users` file; the kernel frees it however a process
ends. The keeper waits for the exclusive lock, which it gets when no user is left, and then stops the server.

Run as `python -m smartstack_cli.local.shared_server KIND FOLDER`; it prints the server's URL as its only line.
"""

import contextlib
import fcntl
import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from smartstack_cli.errors import StackError
from smartstack_cli.local import aws, postgres
from smartstack_cli.local.ports import free_port


def _container(server: str) -> AbstractContextManager[str]:
    # Imported when asked for: it is slow to import, and of no use without Docker.
    containers = importlib.import_module("smartstack_cli.local.containers")
    started: AbstractContextManager[str] = getattr(containers, server)()
    return started


KINDS: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "postgres": lambda folder: postgres.throwaway(folder, free_port()),
    "aws": lambda folder: aws.throwaway(folder / "aws.log", free_port()),
    "postgres-container": lambda _: _container("postgres"),
    "aws-container": lambda _: _container("aws"),
}


@contextmanager
def shared(kind: str, folder: Path) -> Iterator[str]:
    """The URL of the server of `kind` that everybody who names the same `folder` shares.

    Raises StackError when it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    address = folder / "url"
    with (folder / "users").open("w") as users, (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is stopping the server of earlier users
        if not address.exists():
            address.write_text(_start_keeper(kind, folder))
        fcntl.flock(starting, fcntl.LOCK_UN)
        yield address.read_text()


def _start_keeper(kind: str, folder: Path) -> str:
    log = folder / "keeper.log"
    with log.open("ab") as errors:
        keeper = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, kind, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C is for the tests; the server must outlive their teardown
        )
    assert keeper.stdout is not None  # noqa: S101 (asked for above)
    with keeper.stdout:
        url = keeper.stdout.readline().decode().strip()
    if not url:
        raise StackError(f"the {kind} server for the tests did not start:\n{log.read_text()}")
    return url


def keep(kind: str, folder: Path) -> None:
    """Run the server until no process uses `folder`."""
    address = folder / "url"
    with (folder / "users").open("w") as users, contextlib.ExitStack() as cleanup:
        url = cleanup.enter_context(KINDS[kind](folder))
        print(url, flush=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a reader waits for the pipe's end
        fcntl.flock(users, fcntl.LOCK_EX)
        address.unlink(missing_ok=True)


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
