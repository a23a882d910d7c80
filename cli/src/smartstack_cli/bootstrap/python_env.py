"""The Python environments: SmartStack's own, and one each for tools whose pins would clash with it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from smartstack_cli.bootstrap.project import DEV_LOCK, LOCKS, ROOT, RUNTIME_LOCK, TOOLS, VENV, members
from smartstack_cli.bootstrap.steps import Stamp, alone, fingerprint, run, step
from smartstack_cli.errors import StackError

UV_VERSION = "0.13.9"
_PYTHON = VENV / "bin" / "python"


def environment(*, dev: bool) -> Path:
    """The interpreter of SmartStack's environment, installed or brought up to date first.

    One environment serves both uses: when it already has the developers' packages, they stay.
    """
    if not _is_current(dev=dev):
        with alone("python"):
            if not _is_current(dev=dev):
                with step("Installing Python packages"):
                    _install(dev=dev or (VENV / "bin" / "pytest").exists())
    return _PYTHON


def _is_current(*, dev: bool) -> bool:
    done = _stamp(DEV_LOCK).is_current() or (not dev and _stamp(RUNTIME_LOCK).is_current())
    return done and _PYTHON.exists()


def _install(*, dev: bool) -> None:
    lock = DEV_LOCK if dev else RUNTIME_LOCK
    _stamp(lock).clear()
    if not _PYTHON.exists():
        _uv("venv", "--clear", "--python", sys.executable, VENV)
    _uv("pip", "sync", "--python", _PYTHON, "--require-hashes", lock)
    editable = [word for member in members() for word in ("--editable", str(member))]
    _uv("pip", "install", "--python", _PYTHON, "--no-deps", *editable)
    _stamp(lock).write()


def emulator() -> Path:
    """The interpreter of the AWS emulator's environment."""
    return tool("emulator", "the AWS emulator") / "bin" / "python"


def linters() -> Path:
    """The folder of the programs that check workflows, containers and infrastructure (`cli/locks/tools.in`)."""
    return tool("tools", "the linters for delivery and infrastructure") / "bin"


def api_tools() -> Path:
    """The folder of the program that makes requests from an OpenAPI document (`cli/locks/api.in`)."""
    return tool("api", "the generator of API requests") / "bin"


def tool(name: str, title: str) -> Path:
    """The environment that holds exactly what `cli/locks/<name>.lock` pins."""
    lock = LOCKS / f"{name}.lock"
    folder = TOOLS / name
    python = folder / "bin" / "python"
    stamp = Stamp(folder / "smartstack.stamp", fingerprint(lock))
    if not (stamp.is_current() and python.exists()):
        with alone("python"):
            if not (stamp.is_current() and python.exists()):
                with step(f"Installing {title}"):
                    _uv("venv", "--clear", "--python", sys.executable, folder)
                    _uv("pip", "sync", "--python", python, "--require-hashes", lock)
                    stamp.write()
    return folder


def uv_environment() -> dict[str, str]:
    """The environment that uv runs in: no Python of its own, and the certificates of the system."""
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    return env | {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1"}


def uv() -> Path:
    """The pinned uv, in an environment of its own. Call while holding the lock of python."""
    folder = TOOLS / f"uv-{UV_VERSION}"
    binary = folder / "bin" / "uv"
    if not binary.exists():
        shutil.rmtree(folder, ignore_errors=True)
        partial = TOOLS / "uv-partial"
        shutil.rmtree(partial, ignore_errors=True)
        _pip_install_uv(partial)
        partial.rename(folder)
    return binary


def _pip_install_uv(folder: Path) -> None:
    """With a virtual environment's pip, or where Python comes without ensurepip with the system's pip."""
    lock = LOCKS / "boot.lock"
    options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement", str(lock)]
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, check=False)
    if made.returncode == 0:
        run([folder / "bin" / "python", "-m", "pip", *options], ROOT, uv_environment())
        return
    shutil.rmtree(folder, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        raise StackError(
            "this Python has neither venv nor pip; install one of them (Debian and Ubuntu: apt install python3-venv)"
        )
    run([sys.executable, "-m", "pip", *options, "--target", folder], ROOT, uv_environment())


def _uv(*words: str | Path) -> None:
    run([uv(), *words], ROOT, uv_environment())


def _stamp(lock: Path) -> Stamp:
    projects = [member / "pyproject.toml" for member in members()]
    # The folder's own path too: our packages are installed as references to it.
    return Stamp(VENV / "smartstack.stamp", fingerprint(lock.name, lock, *projects, str(ROOT)))
