"""The AWS emulator as a child process: ministack behind our launcher, in its own virtual environment."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartstack_cli.bootstrap import python_env
from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.errors import StackError
from smartstack_cli.local.ports import LOOPBACK
from smartstack_cli.local.program import Program, stop

REGION = "eu-west-1"
LAUNCHER = ROOT / "cli" / "emulator"
END_LONG_POLLS = signal.SIGUSR1  # see patches.py
_POLL_SECONDS = 0.02
_STOP_SECONDS = 5.0
_SNAPSHOT_SECONDS = "1"


def program(port: int, home: Path | None, origins: str = "", secret: str | None = None) -> Program:
    """The emulator on 127.0.0.1:`port`.

    With `home` its state is kept there, and what it acknowledged survives its death; without, it is in memory only.
    Pages of `origins` (comma separated) may call it; all other web pages are refused. With `secret` it serves only
    requests that are signed with it. Installs it at first use.
    """
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(LAUNCHER),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "SMARTSTACK_ALLOWED_ORIGINS": origins,
    }
    if secret is not None:
        env["SMARTSTACK_SIGNED_WITH"] = secret
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        env |= {
            "PERSIST_STATE": "1",
            "STATE_DIR": str(home / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(home / "s3"),
            "SMARTSTACK_SNAPSHOT_SECONDS": _SNAPSHOT_SECONDS,
        }
    argv = [str(python_env.emulator()), "-m", "smartstack_emulator"]
    return Program(name="aws", argv=argv, cwd=LAUNCHER, env=env)


def url(port: int) -> str:
    """The endpoint URL for AWS clients."""
    return f"http://{LOOPBACK}:{port}"


def is_ready(port: int) -> bool:
    """Return whether the emulator answers."""
    try:
        with urllib.request.urlopen(f"{url(port)}/_ministack/health", timeout=2):  # noqa: S310 (a constant scheme)
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def throwaway(log: Path, port: int) -> Iterator[str]:
    """An emulator for tests that forgets everything at the end. Yields the endpoint URL."""
    emulator = program(port, home=None)
    with log.open("ab") as output:
        process = emulator.start(output)
    try:
        wait_until_ready(process, port, log)
        yield url(port)
    finally:
        stop(process, emulator.stop_signal, _STOP_SECONDS)


def wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return once it answers. Raises StackError when it ended instead."""
    while not is_ready(port):
        if process.poll() is not None:
            raise StackError(f"the AWS emulator did not start, see {log}")
        time.sleep(_POLL_SECONDS)
