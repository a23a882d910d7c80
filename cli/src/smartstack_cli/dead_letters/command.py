"""`./smartstack dlq`: looks at dead letters, gives them back, discards them.

Exit codes: 0 done (or nothing to show), 1 it could not be done, or only in part; 2 the words make no sense.
"""

import argparse
import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from smartstack_chassis.core.errors import NotFound
from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.steps import say
from smartstack_cli.dead_letters import arguments as words
from smartstack_cli.dead_letters import render as tables
from smartstack_cli.dead_letters.local import local_errors, local_place
from smartstack_cli.errors import StackError
from smartstack_contracts import EVENT_TYPES
from smartstack_ops.dead_letters.environment import Environment
from smartstack_ops.dead_letters.messages import Choice, DeadLetter
from smartstack_ops.dead_letters.service import DeadLetters, Outcome, nothing_known

LETTERS_AT_A_TIME = 10_000
_SHOWN = 200


def dlq(arguments: Arguments) -> int:
    """Carry out `dlq ...`; returns the exit code. Raises StackError with the remedy."""
    options = words.parse(arguments.rest)
    verb = {"ls": _ls, "show": _show, "redrive": _redrive, "discard": _discard, "log": _log}[options.verb]

    async def run() -> int:
        async with _opened(options) as service:
            return await verb(service, options)

    try:
        return asyncio.run(run())
    except (ClientError, BotoCoreError, TimeoutError, OSError) as error:
        raise StackError(_remedy(error, options)) from error
    except NotFound as error:
        raise StackError(str(error)) from error


async def _ls(service: DeadLetters, options: argparse.Namespace) -> int:
    choice = _choice(options)
    queues = [_queue(service, options.queue)] if options.queue else service.names
    found = await _letters(service, queues, choice)
    if options.queue or options.kind or options.reason:
        tables.letters(found[:_SHOWN], as_json=options.json)
        if len(found) > _SHOWN:
            say(f"{len(found) - _SHOWN} more; narrow it down with --type, --reason or --workspace")
    else:
        tables.groups(found, as_json=options.json)
    return 0


async def _show(service: DeadLetters, options: argparse.Namespace) -> int:
    found = await _letters(service, service.names, Choice(ids=frozenset([options.id])))
    if not found:
        raise StackError(f"no dead letter has the id {options.id}; `./smartstack dlq ls QUEUE` shows the ids")
    for letter in found:
        tables.letter(letter, as_json=options.json)
    return 0


async def _redrive(service: DeadLetters, options: argparse.Namespace) -> int:
    outcome = await service.redrive(_queue(service, options.queue), _asked(options), _actor())
    return _told(outcome, "redriven", options)


async def _discard(service: DeadLetters, options: argparse.Namespace) -> int:
    outcome = await service.discard(_queue(service, options.queue), _asked(options), _actor(), options.why)
    return _told(outcome, "discarded", options)


async def _log(service: DeadLetters, options: argparse.Namespace) -> int:
    tables.entries(await service.audit(None, options.limit, None), as_json=options.json)
    return 0


async def _letters(service: DeadLetters, queues: Sequence[str], choice: Choice) -> list[DeadLetter]:
    found = await asyncio.gather(*(service.letters(queue, choice) for queue in queues))
    return [letter for letters in found for letter in letters]


def _told(outcome: Outcome, deed: str, options: argparse.Namespace) -> int:
    """Report it; returns the exit code."""
    failed: list[DeadLetter] = outcome.failed
    if options.json:
        ids = [letter.id for letter in failed]
        tables.as_json({deed: outcome.done, "remaining": outcome.remaining, "failed": ids})
    else:
        print(f"{deed}: {outcome.done}")
    for letter in failed:
        say(f"not {deed}: {letter.id}; it is still in {letter.queue}, try again")
    if outcome.remaining:
        say(f"{outcome.remaining} more are in the queue than one run can look at: repeat the command")
    elif not outcome.done and not failed:
        say("nothing matched; `./smartstack dlq ls` lists the dead letters")
    return 1 if failed or outcome.remaining or not outcome.done else 0


def _choice(options: argparse.Namespace) -> Choice:
    ids = getattr(options, "ids", None)
    return Choice(
        workspace_id=_workspace(options.workspace),
        ids=frozenset(ids) if ids else None,
        kind=_type(options.kind),
        reason=options.reason,
    )


def _asked(options: argparse.Namespace) -> Choice:
    choice = _choice(options)
    if choice == Choice() and not options.all:
        raise StackError("choose dead letters by ids, --type, --reason, --workspace, or --all")
    return choice


def _queue(service: DeadLetters, name: str) -> str:
    full = f"{name.removesuffix('-dlq').removesuffix('-inbox')}-dlq"
    if full not in service.names:
        raise StackError(f"there is no queue {name}; choose one of {', '.join(service.names)}")
    return full


def _type(name: str | None) -> str | None:
    """Return the whole type; a short name stands for its only match, and an unknown name for itself."""
    known = {model.name: kind for kind, model in EVENT_TYPES.items()}
    return known.get(name, name) if name else None


def _workspace(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise StackError(f"{text} is not a workspace id") from error


def _actor() -> str:
    return f"operator:{getpass.getuser()}"


@asynccontextmanager
async def _opened(options: argparse.Namespace) -> AsyncIterator[DeadLetters]:
    if options.prefix:
        service = DeadLetters(Environment(prefix=options.prefix, patience=1), nothing_known, most=LETTERS_AT_A_TIME)
    else:
        data = options.data.resolve()
        service = DeadLetters(local_place(data), local_errors(data), most=LETTERS_AT_A_TIME)
    try:
        yield service
    finally:
        await service.close()


def _remedy(error: Exception, options: argparse.Namespace) -> str:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    if not options.prefix:
        return f"the local queues did not do it ({code}); is ./smartstack up running on this folder?"
    if "NonExistentQueue" in code:
        return f"there are no queues named {options.prefix}-...; is the prefix right, and AWS_REGION?"
    if code in ("NoCredentialsError", "NoRegionError"):
        return f"AWS does not know who or where you are ({code}): set AWS_PROFILE and AWS_REGION"
    return f"AWS did not do it: {code}; what was not acknowledged is still in the queue, so it may be tried again"


if __name__ == "__main__":
    sys.exit(dlq(Arguments(command="dlq", rest=sys.argv[1:])))
