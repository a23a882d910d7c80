"""`./smartstack events replay | undelivered | redeliver`: sends a queue again what the services published."""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from smartstack_chassis.process.service import Service
from smartstack_cli import undelivered
from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.project import STATE
from smartstack_cli.errors import StackError
from smartstack_cli.local import run_state as current
from smartstack_contracts import EVENT_TYPES, new_id, topology

_PREFIX = "smartstack-local-"


@dataclass(frozen=True)
class Step:
    """One command of one service."""

    service: str
    words: tuple[str, ...]


def events(arguments: Arguments) -> int:
    """Carry out `events replay ...`; returns the exit code. Raises StackError when the words make no sense."""
    options = _parser().parse_args(arguments.rest)
    if options.what != "replay":
        return undelivered.show(options) if options.what == "undelivered" else undelivered.redeliver(options)
    steps = plan(options)
    layout = current.read(options.data.resolve())
    for step in steps:
        argv = [sys.executable, "-m", f"smartstack_{step.service}", *step.words]
        code = subprocess.run(argv, env=layout.migration_environment(step.service), check=False).returncode
        if code:
            return code
    return 0


def plan(options: argparse.Namespace) -> list[Step]:
    """Return what is to be run, in order: empty the copy when there is one to rebuild, then each publisher's replay."""
    queue = options.queue.removeprefix(_PREFIX)
    emptied: list[Step] = []
    marked: tuple[str, ...] = ()
    types = _types(options.types)
    scope = ("--workspace", options.workspace) if options.workspace else ()
    if options.rebuild:
        consumer = _consumer(queue)
        types = sorted(types or _types_of_copy(consumer, options.rebuild))
        emptied = [Step(consumer, ("empty", options.rebuild, *scope))]
        marked = ("--rebuild", f"{options.rebuild}@{new_id()}")
    elif not options.since:
        raise StackError("name the start, for example --from 2026-11-23T00:00:00Z")
    if not types:
        raise StackError("name at least one type, for example --type client_created")
    since = ("--from", options.since) if options.since else ()
    until = ("--to-time", options.until) if options.until else ()
    order = (*since, *until, *scope, *marked, "--to", _PREFIX + queue)
    return emptied + [Step(owner, ("replay", *_flags(theirs), *order)) for owner, theirs in _by_owner(types)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./smartstack events")
    commands = parser.add_subparsers(dest="what", metavar="replay | undelivered | redeliver", required=True)
    replay = commands.add_parser("replay", help="send logged events, with their ids, to a queue")
    undelivered.add_parsers(commands)
    replay.add_argument("--from", dest="since", metavar="TIME", help="RFC 3339; needed unless a copy is rebuilt")
    replay.add_argument("--to-time", dest="until", metavar="TIME", help="RFC 3339; by default now")
    replay.add_argument("--type", dest="types", action="append", default=[], help="such as client_created; repeatable")
    replay.add_argument("--workspace", metavar="ID", help="of this workspace alone")
    replay.add_argument("--to", dest="queue", metavar="QUEUE", required=True, help="such as tasks-inbox")
    replay.add_argument(
        "--rebuild", metavar="COPY", help="empty this copy of the queue's service first, and fill it; such as clients"
    )
    for each in commands.choices.values():
        each.add_argument("--data", type=Path, default=STATE, help="folder that keeps the data (default .smartstack)")
    return parser


def _types(names: Iterable[str]) -> list[str]:
    """Return whole type names; a name alone stands for its only type."""
    known = {model.name: kind for kind, model in EVENT_TYPES.items()} | {kind: kind for kind in EVENT_TYPES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise StackError(f"unknown event type {unknown[0]}; choose one of {', '.join(sorted(EVENT_TYPES))}")
    return [known[name] for name in names]


def _consumer(queue: str) -> str:
    for each in topology.QUEUES:
        if each.name == queue:
            return each.service
    raise StackError(f"{queue} is not a service's queue, so it has no projection to rebuild")


def _types_of_copy(service: str, copy: str) -> frozenset[str]:
    composed: Service = import_module(f"smartstack_{service}.main").service
    types = composed.handlers.types_of_copy(copy) if composed.handlers else frozenset()
    if not types:
        raise StackError(f"{service} keeps no copy named {copy}")
    return types


def _by_owner(types: Sequence[str]) -> list[tuple[str, list[str]]]:
    owners: dict[str, list[str]] = {}
    for kind in types:
        owners.setdefault(EVENT_TYPES[kind].service, []).append(kind)
    return sorted(owners.items())


def _flags(types: Sequence[str]) -> list[str]:
    return [word for kind in types for word in ("--type", kind)]
