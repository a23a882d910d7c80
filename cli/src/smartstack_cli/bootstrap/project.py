"""Paths in this checkout."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
STATE = ROOT / ".smartstack"
TOOLS = STATE / "tools"
LOCKS = ROOT / "cli" / "locks"
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"


def members() -> list[Path]:
    """The folders of the workspace's Python packages, in the order of the root pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["uv"]["workspace"]["members"]
    found = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    return [path for path in found if (path / "pyproject.toml").exists()]
