"""The entry of `./smartstack`: install the command's needs, then become the command."""

import os
import sys
from pathlib import Path

from smartstack_cli.arguments import parse
from smartstack_cli.bootstrap import frontend, python_env
from smartstack_cli.bootstrap.browser import browser
from smartstack_cli.bootstrap.lock import lock
from smartstack_cli.bootstrap.steps import say
from smartstack_cli.errors import StackError


def main() -> None:
    """Does not return: exits, or becomes the command itself."""
    os.environ.pop("PYTHONPATH", None)  # it was for finding this package only
    arguments = parse(sys.argv[1:])
    try:
        if arguments.command == "lock":
            lock()
            sys.exit(0)
        python = _install_for(arguments.command)
    except StackError as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(python, [str(python), "-m", "smartstack_cli", *sys.argv[1:]])  # noqa: S606 (no shell wanted)


def _install_for(command: str) -> Path:
    """Everything that the command needs; returns the interpreter to run it with."""
    python = python_env.environment(dev=command in {"test", "check", "bench"})
    if command in {"up", "test", "bench"}:
        python_env.emulator()
        frontend.export()
    if command in {"check", "test"}:
        frontend.packages()
    if command == "test":
        python_env.linters()
        python_env.api_tools()
        browser()
    return python


if __name__ == "__main__":
    main()
