"""`./smartstack lock`: pin exact versions with hashes, for every platform, without naming a package index."""

from pathlib import Path

from smartstack_cli.bootstrap.project import DEV_LOCK, LOCKS, ROOT, RUNTIME_LOCK
from smartstack_cli.bootstrap.python_env import uv, uv_environment
from smartstack_cli.bootstrap.steps import alone, run, step

_EXPORT = ("export", "--quiet", "--all-packages", "--no-emit-workspace", "--format", "requirements.txt")
_COMPILE = ("pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes", "--python-version", "3.11")
_PLAIN = ("--no-header", "--no-annotate")


def lock() -> None:
    """Rewrite all lock files from the pyproject files and from `cli/locks/*.in`."""
    with alone("python"), step("Pinning Python packages"):
        _uv("lock", "--quiet", "--upgrade")
        _uv(*_EXPORT, *_PLAIN, "--no-dev", "--output-file", RUNTIME_LOCK)
        _uv(*_EXPORT, *_PLAIN, "--output-file", DEV_LOCK)
        for source in sorted(LOCKS.glob("*.in")):
            _uv(*_COMPILE, *_PLAIN, "--output-file", source.with_suffix(".lock"), source)


def _uv(*words: str | Path) -> None:
    run([uv(), *words], ROOT, uv_environment())
