"""From the command's name to what it does. Each is imported only when asked for: starting must cost little."""

import importlib
import subprocess
import sys
from collections.abc import Callable

from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.errors import StackError

_COMMANDS = {
    "up": "smartstack_cli.local.up:up",
    "backup": "smartstack_cli.local.backup:backup",
    "restore": "smartstack_cli.local.restore:restore",
    "test": "smartstack_cli.checks:test",
    "check": "smartstack_cli.checks:check",
    "ai": "smartstack_cli.commands:ai",
    "events": "smartstack_cli.events:events",
    "bench": "smartstack_cli.commands:bench",
    "keys": "smartstack_cli.keys:keys",
    "jobs": "smartstack_cli.jobs:jobs",
    "dlq": "smartstack_cli.dead_letters.command:dlq",
}


def run(arguments: Arguments) -> int:
    """Carry out the command and return its exit code."""
    module, _, name = _COMMANDS[arguments.command].partition(":")
    command: Callable[[Arguments], int] = getattr(importlib.import_module(module), name)
    return command(arguments)


def ai(arguments: Arguments) -> int:
    """`ai suggest ...`: the ai service's own command, without a stack."""
    if arguments.rest[:1] != ["suggest"]:
        raise StackError("usage: ./smartstack ai suggest --at TIME --zone ZONE [--direction in|out] [--jsonl]")
    suggest: Callable[[list[str]], int | None] = importlib.import_module("smartstack_ai.suggest_cli").main
    return suggest(arguments.rest[1:]) or 0


def bench(arguments: Arguments) -> int:
    """`bench NAME ...`: the module of that name in bench/, with the words that follow; returns its exit code."""
    names = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))
    name, words = (arguments.rest or [""])[0], arguments.rest[1:]
    if name not in names:
        raise StackError(f"usage: ./smartstack bench NAME, where NAME is one of: {', '.join(names)}")
    # As a module: run as a script, its folder would come first in the search for modules, `http` among them.
    return subprocess.run([sys.executable, "-m", f"bench.{name}", *words], cwd=ROOT, check=False).returncode
