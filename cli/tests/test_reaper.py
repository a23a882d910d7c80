import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from smartstack_cli.local import reaper

RUNNER = """
import asyncio, sys
from pathlib import Path
from smartstack_cli.local.program import Program
from smartstack_cli.local.process import Reaper, Launcher
sys.modules["smartstack_cli.local.program"]._LIBC = None  # as on a kernel without PDEATHSIG

async def main(folder):
    launcher = Launcher(await Reaper.start([]), folder)
    code = "import time; print('up', flush=True); time.sleep(600)"
    running = await launcher.program(Program(name="child", argv=[sys.executable, "-c", code], cwd=folder))
    print(running.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main(Path(sys.argv[1])))
"""


def test_killing_the_runner_leaves_no_orphan_even_without_help_of_the_kernel(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", RUNNER, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as runner:
        assert runner.stdout is not None
        child = psutil.Process(int(runner.stdout.readline()))
        guards = [process for process in psutil.Process(runner.pid).children() if process.pid != child.pid]
        runner.kill()
    gone, alive = psutil.wait_procs([child, *guards], timeout=20)
    assert alive == []
    assert len(gone) == 2


def test_what_was_taken_back_is_left_alone() -> None:
    lines = ["+100 15\n", "+200 2\n", "-100\n"]
    assert reaper.follow(lines) == {200: signal.SIGINT}


@pytest.mark.parametrize("deaf", [False, True])
def test_a_process_is_asked_first_and_killed_when_it_does_not_listen(deaf: bool) -> None:
    code = "import signal, time; signal.signal(15, signal.{}); print(flush=True); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", code.format("SIG_IGN" if deaf else "SIG_DFL")],
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        reaper.end({child.pid: signal.SIGTERM}, patience=0.3)
        assert child.wait(10) == (-signal.SIGKILL if deaf else -signal.SIGTERM)


def test_a_process_that_is_gone_already_is_no_error() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    reaper.end({child.pid: signal.SIGTERM}, patience=0.1)
