"""From the command's name to what it does. Each is imported only when asked for: starting must cost little."""

import importlib
from collections.abc import Callable

from smartstack_cli.arguments import Arguments
from smartstack_cli.errors import StackError

_COMMANDS = {
    "up": "smartstack_cli.local.up:up",
    "test": "smartstack_cli.checks:test",
    "check": "smartstack_cli.checks:check",
    "ai": "smartstack_cli.commands:ai",
    "events": "smartstack_cli.events:events",
    "keys": "smartstack_cli.keys:keys",
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
