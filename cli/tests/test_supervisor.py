"""Parts are real processes here: forks of a zygote that run tiny modules, killed for real."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from smartstack_cli.errors import StackError
from smartstack_cli.local.process import Launcher, Running
from smartstack_cli.local.program import Program
from smartstack_cli.local.supervisor import Part, Supervisor
from smartstack_cli.local.zygote import Job

Until = Callable[..., Awaitable[None]]
Alive = Callable[[int], bool]

STAND_IN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(3) if sys.argv[1] == "polite" else None)
print("started", os.environ["NAME"], os.getpid(), "HOME" in os.environ, flush=True)
open(os.environ["READY"], "w").close()
while True:
    time.sleep(0.05)
"""


@pytest.fixture
async def zygote(launcher: Launcher, tmp_path: Path, until: Until) -> Running:
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    (tmp_path / "quick.py").write_text("import sys; print('quick'); sys.exit(int(sys.argv[1]))")
    (tmp_path / "unique.py").write_text("import uuid_utils, random; print(uuid_utils.uuid7(), random.random())")
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    running = await launcher.start_zygote(Program(name="zygote", argv=(), cwd=tmp_path, env=env), ["uuid_utils"])
    await until(launcher.zygote_is_ready)
    return running


def stand_in(launcher: Launcher, folder: Path, name: str, manners: str = "polite") -> Part:
    ready = folder / f"{name}.ready"
    environment = {"NAME": name, "READY": str(ready)}

    async def start() -> Running:
        ready.unlink(missing_ok=True)
        return await launcher.module(Job("stand_in", (manners,), environment, launcher.log(name)))

    async def is_ready(_: Running) -> bool:
        return ready.exists()

    return Part(name=name, start=start, is_ready=is_ready, stop_seconds=1)


def pids(launcher: Launcher, name: str) -> list[int]:
    log = launcher.log(name)
    lines = log.read_text().splitlines() if log.exists() else []
    return [int(line.split()[2]) for line in lines if line.startswith("started")]


async def test_a_part_that_is_killed_is_started_again(
    launcher: Launcher, zygote: Running, tmp_path: Path, until: Until, is_alive: Alive
) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, tmp_path)
    await supervisor.start(stand_in(launcher, tmp_path, "a"), stand_in(launcher, tmp_path, "b"))
    os.kill(pids(launcher, "a")[0], signal.SIGKILL)
    await until(lambda: len(pids(launcher, "a")) == 2 and "a is ready again" in said)
    assert said[0].startswith("a was killed by SIGKILL; starting it again in 0.2 s")
    assert len(pids(launcher, "b")) == 1
    assert int((tmp_path / "a.pid").read_text()) == pids(launcher, "a")[1]
    await supervisor.stop(["a", "b"])
    assert not any(is_alive(pid) for name in "ab" for pid in pids(launcher, name))


async def test_a_part_that_does_not_listen_is_killed_in_time(
    launcher: Launcher, zygote: Running, tmp_path: Path, is_alive: Alive
) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, tmp_path)
    await supervisor.start(stand_in(launcher, tmp_path, "deaf", "rude"))
    await asyncio.wait_for(supervisor.stop(["deaf"]), 5)
    assert said == ["deaf did not stop within 1 s and was killed"]
    assert not is_alive(pids(launcher, "deaf")[0])


async def test_a_part_that_ends_before_it_is_ready_fails_the_start(
    launcher: Launcher, zygote: Running, tmp_path: Path
) -> None:
    async def start() -> Running:
        return await launcher.module(Job("quick", ("4",), {}, launcher.log("quick")))

    async def never(_: Running) -> bool:
        return False

    with pytest.raises(StackError, match="quick ended with exit code 4 before it was ready"):
        await Supervisor(pytest.fail, tmp_path).start(Part(name="quick", start=start, is_ready=never))


async def test_stopping_in_the_middle_of_a_start_leaves_no_process(
    launcher: Launcher, zygote: Running, tmp_path: Path
) -> None:
    supervisor = Supervisor(pytest.fail, tmp_path)
    starting = asyncio.create_task(supervisor.start(stand_in(launcher, tmp_path, "early")))
    await asyncio.sleep(0)
    starting.cancel()
    await supervisor.stop(["early"])
    assert psutil.Process(zygote.pid).children() == []


async def test_when_the_zygote_dies_its_forks_end_and_come_back(
    launcher: Launcher, tmp_path: Path, until: Until, is_alive: Alive
) -> None:
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    env = os.environ | {"PYTHONPATH": str(tmp_path)}

    async def start() -> Running:
        return await launcher.start_zygote(Program(name="zygote", argv=(), cwd=tmp_path, env=env), [])

    async def is_ready(_: Running) -> bool:
        return launcher.zygote_is_ready()

    said: list[str] = []
    supervisor = Supervisor(said.append, tmp_path)
    zygote = Part(name="zygote", start=start, is_ready=is_ready, stop_signal=signal.SIGKILL)
    await supervisor.start(zygote)
    await supervisor.start(stand_in(launcher, tmp_path, "a"))
    parent = psutil.Process(pids(launcher, "a")[0]).ppid()
    os.kill(parent, signal.SIGKILL)
    await until(lambda: len(pids(launcher, "a")) == 2)
    assert not is_alive(pids(launcher, "a")[0])
    await supervisor.stop(["a"])
    await supervisor.stop(["zygote"])


async def test_a_fork_has_its_own_environment_arguments_and_log(
    launcher: Launcher, zygote: Running, until: Until
) -> None:
    running = await launcher.module(Job("quick", ("7",), {"ONLY": "this"}, launcher.log("quick")))
    assert await running.exited == 7
    assert launcher.log("quick").read_text() == "quick\n"


async def test_forks_do_not_repeat_one_anothers_random_numbers(launcher: Launcher, zygote: Running) -> None:
    for number in range(4):
        job = Job("unique", (), {}, launcher.log("unique"))
        assert await (await launcher.module(job)).exited == 0, number
    lines = launcher.log("unique").read_text().splitlines()
    assert len({line.split()[0][-12:] for line in lines}) == 4
    assert len({line.split()[1] for line in lines}) == 4
