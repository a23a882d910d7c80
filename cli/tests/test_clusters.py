"""A database outside of its data folder: it follows a folder that moves, and is never shared nor deleted unasked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smartstack_cli.errors import StackError
from smartstack_cli.local import clusters, orphans
from smartstack_cli.local.clusters import NOTE, Marker, locate, mark, read_marker, remove_abandoned, remove_under


@pytest.fixture(autouse=True)
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of clusters, for this test alone."""
    monkeypatch.setattr(clusters, "SYSTEM_HOME", tmp_path / "system")
    return tmp_path / "system"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a database."""
    folder = tmp_path / "home"
    (folder / "aws").mkdir(parents=True)
    make(folder)
    return folder


def make(folder: Path, marker: Marker | None = None) -> Path:
    directory = locate(folder, apart=True)
    directory.mkdir(parents=True)
    (directory / "PG_VERSION").write_text("18\n")
    mark(directory, marker or Marker(home=str(folder)))
    return directory


def copy(folder: Path, target: Path) -> Path:
    target.mkdir()
    (target / "aws").mkdir()
    (target / NOTE).write_text((folder / NOTE).read_text())
    return target


def test_a_moved_folder_keeps_its_database(home: Path, tmp_path: Path) -> None:
    directory = locate(home, apart=True)
    moved = home.rename(tmp_path / "moved")
    remove_abandoned()
    assert locate(moved, apart=True) == directory
    marker = read_marker(directory)
    assert marker is not None
    assert marker.home == str(moved)
    assert (directory / "PG_VERSION").exists()


def test_a_copied_folder_is_refused_with_a_remedy_and_the_original_is_not(home: Path, tmp_path: Path) -> None:
    other = copy(home, tmp_path / "copy")
    with pytest.raises(StackError, match=r"copy of .*/home.* ./smartstack backup FILE and ./smartstack restore FILE"):
        locate(other, apart=True)
    assert locate(home, apart=True).exists()


def test_a_database_that_earlier_versions_made_is_known_by_their_note(home: Path, tmp_path: Path) -> None:
    directory = locate(home, apart=True)
    (directory / clusters.MARKER).unlink()
    directory.with_suffix(".home").write_text(str(home))
    with pytest.raises(StackError, match="is a copy of"):
        locate(copy(home, tmp_path / "copy"), apart=True)
    moved = home.rename(tmp_path / "moved")
    assert locate(moved, apart=True) == directory


def test_a_copy_does_not_take_over_a_database_that_is_in_use(home: Path, tmp_path: Path) -> None:
    directory = locate(home, apart=True)
    other = copy(home, tmp_path / "copy")
    home.rename(tmp_path / "moved")
    with Serving(directory), pytest.raises(StackError, match="another folder is using right now"):
        locate(other, apart=True)


def test_a_folder_without_its_database_does_not_begin_an_empty_one(home: Path) -> None:
    clusters.remove(locate(home, apart=True))
    with pytest.raises(StackError, match="is not on this machine"):
        locate(home, apart=True)


def test_a_durable_database_is_never_deleted_unasked(home: Path) -> None:
    directory = locate(home, apart=True)
    for path in home.iterdir():
        path.rmdir() if path.is_dir() else path.unlink()
    home.rmdir()
    remove_abandoned()
    assert directory.exists()


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_throwaway_goes_when_its_maker_has_ended_and_not_before(tmp_path: Path) -> None:
    folder = tmp_path / "test"
    folder.mkdir()
    directory = make(folder, Marker.of_throwaway(folder))
    remove_abandoned()
    assert directory.exists(), "its maker runs"
    mark(directory, Marker(home=str(folder), throwaway=True, owner=ended_process(), owner_started="1"))
    (directory / "postmaster.pid").touch()
    remove_abandoned()
    assert directory.exists(), "it may be served"
    (directory / "postmaster.pid").unlink()
    remove_abandoned()
    assert not directory.exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="there is no /proc")
def test_a_process_that_got_the_makers_number_is_not_the_maker(tmp_path: Path) -> None:
    assert Marker(home=str(tmp_path), throwaway=True, owner=os.getpid(), owner_started="1").is_abandoned()


def test_who_made_folders_removes_their_databases(home: Path, tmp_path: Path) -> None:
    directory = locate(home, apart=True)
    (tmp_path / "other").mkdir()
    remove_under(tmp_path / "other")
    assert directory.exists()
    remove_under(home)
    assert not directory.exists()


class Serving:
    """A process that looks like a server on a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-c", "import sys; sys.stdin.read()", "-D", str(self._directory)]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE)
        (self._directory / "postmaster.pid").write_text(pid_file(self.process.pid))
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def pid_file(pid: int, segment: int = 0) -> str:
    return f"{pid}\n/data\n1700000000\n5432\n\n127.0.0.1\n  1234 {segment}\nready   \n"


linux = pytest.mark.skipif(not Path("/proc/sysvipc/shm").exists(), reason="there is no /proc/sysvipc/shm")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "cluster").mkdir()
    return tmp_path / "cluster"


@linux
def test_a_pid_file_with_the_number_of_another_program_does_not_stop_a_start(directory: Path) -> None:
    (directory / "postmaster.pid").write_text(pid_file(os.getpid()))
    orphans.release(directory)
    assert not (directory / "postmaster.pid").exists()


@linux
def test_a_pid_file_with_the_number_of_a_dead_process_that_nobody_collected_does_not_either(directory: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "", "-D", str(directory)])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    (directory / "postmaster.pid").write_text(pid_file(process.pid))
    orphans.release(directory)
    assert not (directory / "postmaster.pid").exists()
    process.wait()


@linux
def test_a_server_that_still_runs_is_waited_for(directory: Path) -> None:
    with Serving(directory) as server:
        with pytest.raises(StackError, match=f"process {server.pid} or its children still use the database"):
            orphans.release(directory, seconds=0.1)
        assert (directory / "postmaster.pid").exists()
    orphans.release(directory)


def test_helpers_of_a_killed_server_are_waited_for(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = directory / "shm"
    memory.write_text("key shmid perms size cpid lpid nattch\n0 77 600 56 1 1 2\n")
    monkeypatch.setattr(orphans, "_SHARED_MEMORY", memory)
    (directory / "postmaster.pid").write_text(pid_file(ended_process(), segment=77))
    with pytest.raises(StackError, match="or its children"):
        orphans.release(directory, seconds=0.1)
    memory.write_text("key shmid perms size cpid lpid nattch\n0 77 600 56 1 1 0\n")
    orphans.release(directory)
    assert (directory / "postmaster.pid").exists() != Path("/proc").exists()
