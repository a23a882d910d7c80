"""The words of `./smartstack dlq`. Standard library only in what it needs: it is read before anything is connected."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from smartstack_cli.bootstrap.project import STATE

_PREFIX_HELP = "of a cloud environment, such as smartstack-prod, with the usual AWS variables; without: the local stack"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the words after `./smartstack dlq`; ids may also stand behind the options."""
    made = parser()
    options, left = made.parse_known_args(argv)
    if any(word.startswith("-") for word in left) or (left and not hasattr(options, "ids")):
        made.error(f"what is {' '.join(left)}?")
    if left:
        options.ids += left
    return options


def parser() -> argparse.ArgumentParser:
    """Return the parser of everything after `./smartstack dlq`."""
    made = argparse.ArgumentParser(
        prog="./smartstack dlq",
        description="Dead letters: messages that a service could not handle. Redrive them once the fault is fixed.",
    )
    verbs = made.add_subparsers(dest="verb", metavar="ls|show|redrive|discard|log", required=True)
    listed = _verb(verbs, "ls", "what is there, by type and reason; with a queue or a filter, message by message")
    listed.add_argument("queue", nargs="?", help="such as tasks or tasks-dlq")
    _filters(listed)
    shown = _verb(verbs, "show", "one message, whole")
    shown.add_argument("id", help="of its event or of the message")
    redriven = _verb(verbs, "redrive", "send back to the inbox, under the same event ids: handled once, however often")
    _chosen(redriven)
    discarded = _verb(verbs, "discard", "delete for good")
    _chosen(discarded)
    discarded.add_argument("--why", required=True, metavar="TEXT", help="kept in the audit")
    logged = _verb(verbs, "log", "who redrove and discarded what")
    logged.add_argument("--limit", type=int, default=50, metavar="N", help="(default %(default)s)")
    return made


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help_: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=help_, description=help_.capitalize() + ".")
    verb.add_argument("--json", action="store_true", help="for programs: JSON on standard output")
    verb.add_argument("--data", type=Path, default=STATE, help="folder that keeps the data (default .smartstack)")
    verb.add_argument("--prefix", metavar="NAME", help=_PREFIX_HELP)
    return verb


def _filters(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--type", dest="kind", metavar="TYPE", help="such as client_created, or the whole type")
    verb.add_argument("--reason", help="as `ls` shows it")
    verb.add_argument("--workspace", metavar="ID", help="of this workspace alone")


def _chosen(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("queue", help="such as tasks or tasks-dlq")
    verb.add_argument("ids", nargs="*", metavar="ID", help="of events or messages")
    _filters(verb)
    verb.add_argument("--all", action="store_true", help="everything in the queue")
