import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from smartstack_cli.local import postgres
from smartstack_cli.local.ports import free_port


@contextmanager
def serving(cluster: postgres.Cluster, log: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    port = free_port()
    with log.open("ab") as output:
        server = cluster.program(port).start(output)
    try:
        deadline = time.monotonic() + 20
        while not cluster.accepts_connections(server.pid):
            assert time.monotonic() < deadline
            assert server.poll() is None, log.read_text()
            time.sleep(0.01)
        yield cluster.url(port), server
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()


async def test_durable_data_survives_a_kill_of_the_server(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path, "secret")
    try:
        with serving(cluster, tmp_path / "log") as (url, server):
            connection = await asyncpg.connect(url)
            await connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
            assert await connection.fetchval("SHOW fsync") == "on"
            server.kill()
            server.wait()
        with serving(postgres.prepare(tmp_path, "secret"), tmp_path / "log") as (url, _):
            connection = await asyncpg.connect(url)
            assert await connection.fetchval("SELECT value FROM kept") == 7
            await connection.close()
    finally:
        cluster.remove()


async def test_a_durable_server_asks_for_the_password(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path, "secret")
    try:
        with serving(cluster, tmp_path / "log") as (url, _):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(url.replace("secret", "guess"))
            connection = await asyncpg.connect(url)
            assert (await connection.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname='postgres'")).startswith(
                "SCRAM-SHA-256"
            )
            await connection.close()
    finally:
        cluster.remove()


async def test_a_throwaway_server_does_not_wait_for_the_disk_and_leaves_nothing(tmp_path: Path) -> None:
    with postgres.throwaway(tmp_path, free_port()) as url:
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SHOW fsync") == "off"
        assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
        directory = await connection.fetchval("SHOW data_directory")
        await connection.close()
    assert not os.path.exists(directory)  # noqa: ASYNC240, PTH110 (one look, in a test)


def test_the_server_never_runs_as_root(tmp_path: Path) -> None:
    cluster = postgres.prepare(tmp_path, None)
    try:
        with serving(cluster, tmp_path / "log") as (_, server):
            owner = Path(f"/proc/{server.pid}").stat().st_uid if Path("/proc").exists() else os.geteuid()
            assert owner != 0
            assert (owner == os.geteuid()) or os.geteuid() == 0
    finally:
        cluster.remove()


def test_two_data_folders_never_share_a_cluster(tmp_path: Path) -> None:
    one, other = (postgres.prepare(tmp_path / name, None) for name in ("one", "other"))
    try:
        assert one.directory != other.directory
        assert postgres.prepare(tmp_path / "one", None).directory == one.directory
    finally:
        one.remove()
        other.remove()
