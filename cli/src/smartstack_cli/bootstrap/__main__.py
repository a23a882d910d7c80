"""What `./smartstack` runs: install what the command needs, then become the command."""

import os
import sys

from smartstack_cli.arguments import parse
from smartstack_cli.bootstrap import python_env
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
        python = python_env.environment(dev=arguments.command in {"test", "check"})
    except StackError as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(python, [str(python), "-m", "smartstack_cli", *sys.argv[1:]])  # noqa: S606 (no shell wanted)


if __name__ == "__main__":
    main()
