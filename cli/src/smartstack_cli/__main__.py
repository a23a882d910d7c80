"""The command itself, in an environment that `./smartstack` has made ready."""

import sys

from smartstack_cli.arguments import parse
from smartstack_cli.bootstrap.steps import say
from smartstack_cli.commands import run
from smartstack_cli.errors import StackError


def main() -> int:
    """Run what was asked for. Returns the exit code."""
    try:
        return run(parse(sys.argv[1:]))
    except StackError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
