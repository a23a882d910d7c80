"""`./smartstack backup FILE`: a data folder as one file, while the stack runs and is written to, or when it is stopped.

The database is copied by pg_basebackup: all services of one moment. An event of that moment is in an outbox or in an
event log, and its effect is there or not; the stack replays logged events at its start. A file is written before
the row that names it and deleted after it. So the objects are copied before the database, and those that came
meanwhile after it: no row names a file that is missing.

Not in it: logs, traces, and what belongs to one run (ports, process ids).
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from smartstack_cli import __version__
from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.steps import say
from smartstack_cli.errors import StackError
from smartstack_cli.local import archive, postgres
from smartstack_cli.local import run_state as current
from smartstack_cli.local.data_lock import claim
from smartstack_cli.local.layout import DATABASE, SERVICES
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.secrets import FILE as SECRETS
from smartstack_cli.local.secrets import open_vault

# The emulator saves its state every second, and later when a save takes long.
_SNAPSHOT_SECONDS = 3.0
_POLL_SECONDS = 0.05
_COPIES = 20
EMULATOR = "aws"
_OBJECTS = Path(EMULATOR) / "s3"


def backup(arguments: Arguments) -> int:
    """Write the file; returns the exit code. Raises StackError when there is nothing to back up or no room for it."""
    data, target = arguments.data.resolve(), arguments.file.absolute()
    if not (data / SECRETS).exists():
        raise StackError(f"{data} is not a data folder of SmartStack; choose another with --data")
    if target.is_dir() or not target.parent.is_dir():
        raise StackError(f"{target} cannot be written: name a file in a folder that exists")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        content = Path(folder)
        with _database(data) as (url, runs):
            _copy(data / _OBJECTS, content / _OBJECTS)
            _copy_database(url, content / "database")
            copied = time.time()
            revisions = asyncio.run(_revisions(url))
            if runs:
                _wait_for_snapshot(data / EMULATOR, copied)
            _copy_queues(data / EMULATOR, content / EMULATOR)
            shutil.copyfile(data / SECRETS, content / SECRETS)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        archive.write(target, content, version=__version__, made_at=made_at, revisions=revisions)
    say(f"backed up {data} to {target} ({target.stat().st_size / 2**20:.1f} MB); it holds secrets: keep it safe")
    return 0


@contextmanager
def _database(data: Path) -> Iterator[tuple[str, bool]]:
    """The URL of the running database and True, or of one that runs for this alone and False."""
    try:
        layout = current.read(data)
    except StackError:
        with claim(data, "a backup"):
            cluster = postgres.prepare(data, open_vault(data, [])["postgres"])
            cluster.release()
            with _log() as log, postgres.serving(cluster, free_port(), log) as url:
                yield url, False
        return
    login = f"{postgres.SUPERUSER}:{layout.secrets['postgres']}"
    yield f"postgresql://{login}@127.0.0.1:{layout.ports['postgres']}/postgres", True


@contextmanager
def _log() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "postgres.log"


def _copy_database(url: str, folder: Path) -> None:
    place = urlsplit(url)
    argv = [str(postgres.binary("pg_basebackup")), "-D", str(folder), "-Ft", "-X", "stream", "--checkpoint=fast"]
    argv += ["--no-sync", "--no-password", "-h", str(place.hostname), "-p", str(place.port), "-U", str(place.username)]
    env = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PGPASSWORD": place.password or ""}
    done = subprocess.run(argv, env=env, capture_output=True, check=False)
    if done.returncode != 0:
        raise StackError(f"the database could not be copied: {done.stderr.decode(errors='replace').strip()}")


async def _revisions(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url, database=DATABASE, timeout=5)
    try:
        return {
            service: str(await connection.fetchval(f'SELECT version_num FROM "{service}".alembic_version'))  # noqa: S608
            for service in SERVICES
        }
    except asyncpg.UndefinedTableError:
        raise StackError("the database is not complete yet: start the stack once with ./smartstack up") from None
    finally:
        await connection.close()


def _wait_for_snapshot(folder: Path, moment: float) -> None:
    """Until the emulator has saved its state after `moment`; it saves nothing while nothing changes."""
    deadline = moment + _SNAPSHOT_SECONDS
    while time.time() < deadline:
        if any(path.stat().st_mtime > moment for path in (folder / "state").glob("*.json")):
            return
        time.sleep(_POLL_SECONDS)


def _copy(source: Path, target: Path) -> None:
    """Copy what is not there yet or was changed. What disappears meanwhile was deleted, or a partial file."""
    for path in [*source.rglob("*")] if source.exists() else []:
        copy = target / path.relative_to(source)
        try:
            if path.is_symlink() or not path.is_file() or path.suffix == ".tmp" or _is_same(path, copy):
                continue
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        except FileNotFoundError:
            continue


def _copy_queues(source: Path, target: Path) -> None:
    """Copy the emulator's state between two of its snapshots: one takes the place of journals while it is written."""
    for _ in range(_COPIES):
        before = _journals(source)
        _copy(source, target)
        if _journals(source) == before:
            break
    else:
        raise StackError("the queues change too fast to be copied: try again when there is less to do")
    for name in _journals(target) - before:
        (target / "state" / name).unlink()


def _journals(folder: Path) -> set[str]:
    return {path.name for path in (folder / "state").glob("journal-*.jsonl")}


def _is_same(path: Path, copy: Path) -> bool:
    if not copy.exists():
        return False
    one, other = path.stat(), copy.stat()
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
