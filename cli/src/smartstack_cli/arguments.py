"""The command line. Standard library only: it is read before anything is installed."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from smartstack_cli import __version__
from smartstack_cli.bootstrap.project import STATE

DEFAULT_PORT = 8000
_HANDED_ON = (["test"], ["ai"], ["events"], ["bench"])


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The command line. `rest` is passed on unchanged to pytest (test), ai, events, keys, dlq, jobs and bench."""

    command: str
    port: int = DEFAULT_PORT
    data: Path = STATE
    demo: bool = False
    file: Path = Path()
    fix: bool = False
    rest: list[str] = field(default_factory=list)


def parse(argv: Sequence[str]) -> Arguments:
    """Parse the words after `./smartstack`. Prints help or one line and raises SystemExit when asked or wrong."""
    parser, handed_on = _parser(), []
    words = list(argv)
    asks_for_help = words[1:2] in (["-h"], ["--help"])
    if words[:1] in (["dlq"], ["jobs"], ["keys"]) or (words[:1] in _HANDED_ON and not asks_for_help):
        words, handed_on = words[:1], words[1:]
    options = vars(parser.parse_args(words))
    if options["command"] is None:
        parser.print_help()
        raise SystemExit(2)
    return Arguments(**options, rest=handed_on)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, instead of the whole usage before it."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="./smartstack",
        description="Run, test and check SmartStack. Each command first installs what it needs.",
    )
    parser.add_argument("--version", action="version", version=f"smartstack {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    up = commands.add_parser("up", help="run everything on this machine until Ctrl-C")
    up.add_argument("--port", type=_port, default=DEFAULT_PORT, help="of the web app (default %(default)s)")
    up.add_argument("--data", type=Path, default=STATE, help="folder that keeps the data (default .smartstack)")
    up.add_argument("--demo", action="store_true", help="fill in a small workspace to look around in")
    backup = commands.add_parser("backup", help="write a data folder into one file, while the stack runs or not")
    restore = commands.add_parser("restore", help="make a data folder from a backup file; all sessions end")
    for command, name in ((backup, "to back up"), (restore, "to make; it must be empty or new")):
        command.add_argument("file", type=Path, metavar="FILE")
        command.add_argument("--data", type=Path, default=STATE, help=f"folder {name} (default .smartstack)")
    commands.add_parser("test", help="run every check and every test; further words go to pytest")
    check = commands.add_parser("check", help="format, lint, types and import rules")
    check.add_argument("--fix", action="store_true", help="correct what can be corrected automatically")
    commands.add_parser("ai", help="`ai suggest`: the suggestions for a text on standard input, as JSON")
    commands.add_parser("events", help="`events replay`: send past events to a queue again, while the stack runs")
    commands.add_parser("keys", help="`keys ls|rotate`: the keys that access tokens are signed with")
    commands.add_parser("dlq", help="`dlq ls|show|redrive|discard|log`: messages that could not be handled")
    commands.add_parser("jobs", help="`jobs ls|retry|discard`: jobs that failed for good, while the stack runs")
    commands.add_parser("bench", help="`bench NAME`: measure something; without a name, what there is to measure")
    commands.add_parser("lock", help="pin the newest allowed versions of all Python packages")
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)
