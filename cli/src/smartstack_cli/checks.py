"""`./smartstack check` and `./smartstack test`: the same commands for a developer and for CI."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap import frontend
from smartstack_cli.bootstrap.project import FRONTEND, ROOT, members
from smartstack_cli.bootstrap.steps import say

_BIN = Path(sys.prefix) / "bin"
_WORKERS = "2"


@dataclass(frozen=True)
class Check:
    """A command that passes when it exits with 0."""

    title: str
    argv: Sequence[str | Path]
    cwd: Path = ROOT
    env: Mapping[str, str] | None = field(default=None)

    def passes(self) -> bool:
        """Run it, its output going straight to the terminal."""
        say(f"{self.title} ...")
        started = time.monotonic()
        passed = subprocess.run(self.argv, cwd=self.cwd, env=self.env, check=False).returncode == 0
        say(f"{self.title}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.1f} s")
        return passed


def check(arguments: Arguments) -> int:
    """Format, lint, types and import rules, all of them even when one fails. Returns the exit code."""
    return _summarise(_checks(fix=arguments.fix))


def test(arguments: Arguments) -> int:
    """Every check and every test, or with words for pytest only what they select. Returns the exit code."""
    pytest = Check("Tests", [_BIN / "pytest", "-n", _WORKERS, "--dist", "loadfile", *arguments.rest])
    if arguments.rest:
        return _summarise([pytest])
    return _summarise([*_checks(fix=False), _npm("Web app: tests", "test"), pytest])


def _checks(*, fix: bool) -> list[Check]:
    return [
        Check("Python: format", [_BIN / "ruff", "format", *([] if fix else ["--check"]), "."]),
        Check("Python: lint", [_BIN / "ruff", "check", *(["--fix"] if fix else []), "."]),
        Check("Python: types", [_BIN / "mypy", *_typed()]),
        Check("Python: import rules", [_BIN / "lint-imports"]),
        _npm("Web app: format and lint", "format" if fix else "lint"),
        _npm("Web app: types", "typecheck"),
    ]


def _typed() -> list[Path]:
    return [*(member / "src" for member in members()), ROOT / "cli" / "emulator", ROOT / "infra" / "tests" / "policy"]


def _npm(title: str, script: str) -> Check:
    node = frontend.packages()
    return Check(title, [node.binary, node.npm_script, "run", "--silent", script], FRONTEND, node.environment())


def _summarise(checks: Sequence[Check]) -> int:
    failed = [check.title for check in checks if not check.passes()]
    say(f"failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0
