"""Helpers for the tests of the local stack: real processes, awaited without sleeping blindly."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.local.process import Launcher, Reaper
from smartstack_ops.testing import queues

__all__ = ["queues"]

sys.path.insert(0, str(ROOT / "cli" / "emulator"))  # it is not installed here: it lives in another environment


async def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
def until() -> Callable[..., object]:
    """`await until(condition)`: return as soon as it holds, fail after 20 s (or `seconds`)."""
    return _until


def _is_alive(pid: int) -> bool:
    """Whether it runs: the dead whom nobody has collected yet do not count."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def is_alive() -> Callable[[int], bool]:
    """`is_alive(pid)`."""
    return _is_alive


@pytest.fixture
async def launcher(tmp_path: Path) -> AsyncIterator[Launcher]:
    made = Launcher(await Reaper.start([]), tmp_path)
    yield made
    made.close()
