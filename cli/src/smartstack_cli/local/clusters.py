"""The map between data folders and their databases.

Most users keep it inside the folder. PostgreSQL refuses to run as root, so root keeps it out of reach of others:
`/var/lib/smartstack/clusters/<random id>`. The folder then notes the id in `postgres.location`, and the cluster notes
the folder in `smartstack.json`. A folder that was moved still names its cluster, and the cluster follows it. A folder
that was copied names a cluster that another folder names too: it is refused. Only its maker deletes a cluster.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from smartstack_cli.errors import StackError
from smartstack_cli.local.orphans import is_served

SYSTEM_HOME = Path("/var/lib/smartstack")
NOTE = "postgres.location"
MARKER = "smartstack.json"
_OWNER = ".home"  # next to the cluster: the note of earlier versions about the folder
_REMEDY = "make another installation with ./smartstack backup FILE and ./smartstack restore FILE --data FOLDER"


@dataclass(frozen=True, kw_only=True)
class Marker:
    """The notes in a cluster: its folder, and for a test's throwaway the process that made it."""

    home: str
    throwaway: bool = False
    owner: int = 0
    owner_started: str = ""

    @classmethod
    def of_throwaway(cls, home: Path) -> "Marker":
        """Return the marker of a cluster that this process makes and removes."""
        return cls(home=str(home), throwaway=True, owner=os.getpid(), owner_started=_started(os.getpid()))

    def is_abandoned(self) -> bool:
        """Return whether it is a throwaway whose maker has ended. Process ids repeat, so starts count too."""
        alive = _started(self.owner) if Path("/proc").exists() else is_running(self.owner)
        return self.throwaway and (not alive or alive != (self.owner_started or alive))


def locate(home: Path, *, apart: bool) -> Path:
    """Return the directory of the database of the folder `home`; with `apart` outside of it.

    A new folder gets a new one. Raises StackError when the folder is a copy, or its database is on another machine.
    """
    if not apart:
        return home / "postgres"
    note = home / NOTE
    if not note.exists():
        directory = SYSTEM_HOME / "clusters" / secrets.token_hex(8)
        note.write_text(str(directory))
        return directory
    directory = Path(note.read_text().strip())
    if not directory.exists() and _was_used(home):
        raise StackError(f"the database of {home} is not on this machine ({directory} is missing): {_REMEDY}")
    if (directory / "PG_VERSION").exists():
        _follow(directory, home)
    return directory


def mark(directory: Path, marker: Marker) -> None:
    """Write the marker of a cluster, whole or not at all. Root gives it to the cluster's user."""
    partial = directory / f"{MARKER}.partial"
    partial.write_text(json.dumps(asdict(marker)))
    owner = directory.stat()
    if os.geteuid() == 0:
        os.chown(partial, owner.st_uid, owner.st_gid)
    partial.rename(directory / MARKER)


def read_marker(directory: Path) -> Marker | None:
    """Return the marker, or None where there is none that can be read."""
    try:
        return Marker(**json.loads((directory / MARKER).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def remove(directory: Path) -> None:
    """Delete a cluster for good. Its server must be stopped."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.with_suffix(_OWNER).unlink(missing_ok=True)


def remove_under(folder: Path) -> None:
    """Delete the clusters of all folders in `folder`: for who made them there, at the end of tests."""
    for home in folder.rglob(NOTE):
        directory = Path(home.read_text().strip())
        if directory.parent == SYSTEM_HOME / "clusters":
            remove(directory)


def remove_abandoned() -> None:
    """Delete the throwaways of tests that were killed: marked as such, and their maker has ended."""
    clusters = SYSTEM_HOME / "clusters"
    clusters.mkdir(parents=True, exist_ok=True)
    with exclusive(SYSTEM_HOME / "clusters.lock"):
        for directory in clusters.iterdir():
            marker = read_marker(directory)
            if marker is not None and marker.is_abandoned() and not (directory / "postmaster.pid").exists():
                remove(directory)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file, waiting for it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _follow(directory: Path, home: Path) -> None:
    """Note the folder that a cluster is used from. Raises StackError when another folder uses it as well."""
    marker = read_marker(directory) or Marker(home=_noted_by_earlier_versions(directory) or str(home))
    other = Path(marker.home)
    if other != home and _names(other, directory):
        raise StackError(f"{home} is a copy of {other}, and both name one database: {_REMEDY}")
    if other != home and is_served(directory):
        raise StackError(f"{home} names a database that another folder is using right now: {_REMEDY}")
    if not marker.throwaway:
        mark(directory, Marker(home=str(home)))


def _names(home: Path, directory: Path) -> bool:
    with contextlib.suppress(OSError):
        return Path((home / NOTE).read_text().strip()) == directory
    return False


def _noted_by_earlier_versions(directory: Path) -> str | None:
    with contextlib.suppress(OSError):
        return directory.with_suffix(_OWNER).read_text()
    return None


def _was_used(home: Path) -> bool:
    """Return whether the stack has run on this folder before and left the emulator's state."""
    return (home / "aws").exists()


def is_running(pid: int) -> bool:
    """Return whether a process with this number exists, of whatever user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """Return the start of a process in ticks since boot (proc(5), field 22), or nothing without it or /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
