"""What an operator runs beside `serve`: `replay` what a service published, `empty` a copy that it keeps of others."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.engine import create_engine
from smartstack_chassis.events.outbox import OutboxMessage
from smartstack_chassis.events.replay import REBUILD_ATTRIBUTE, Progress, Wanted, empty_copy, empty_copy_of, replay
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.http.inputs import read_instant
from smartstack_chassis.process.service import Service

BATCH = 10


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the commands' options."""
    again = commands.add_parser("replay", help="send logged events to a queue again")
    again.add_argument("--from", dest="since", type=instant, help="RFC 3339; by default the oldest that is kept")
    again.add_argument("--to-time", dest="until", type=instant, help="RFC 3339; by default now")
    again.add_argument("--type", dest="types", action="append", required=True, help="an event type; repeat for more")
    again.add_argument("--workspace", type=UUID)
    again.add_argument("--to", dest="queue", required=True, help="the queue's whole name")
    again.add_argument("--rebuild", help="TABLE@NAME: for the handlers of this copy, once for each name")
    empty = commands.add_parser("empty", help="empty a copy of what another service owns, before a replay fills it")
    empty.add_argument("copy", help="the table")
    empty.add_argument("--workspace", type=UUID)


def run_replay(service: Service, settings: ServiceSettings, options: argparse.Namespace) -> int:
    """Replay as `options` say, telling the progress; returns the exit status."""
    wanted = Wanted(types=options.types, since=options.since, until=options.until, workspace_id=options.workspace)
    count = asyncio.run(replay_to_queue(settings, wanted, options.queue, options.rebuild, _tell))
    _say(f"{service.name}: {count} events replayed to {options.queue}")
    return 0


def run_empty(service: Service, settings: ServiceSettings, options: argparse.Namespace) -> int:
    """Empty a copy; returns the exit status."""
    if service.handlers is None or not service.handlers.types_of_copy(options.copy):
        _say(f"{service.name} keeps no copy named {options.copy}")
        return 2
    asyncio.run(_empty(settings, options.copy, options.workspace))
    _say(f"{service.name}: {options.copy} is empty")
    return 0


async def replay_to_queue(
    settings: ServiceSettings, wanted: Wanted, queue: str, rebuild: str | None, progress: Progress
) -> int:
    """Send the logged events to an SQS queue; return how many. Raises what the broker raises when it refuses some."""
    # FastStream and botocore take a second to import: whoever composes a service does without.
    from faststream_sqs import SQSBroker, SQSPublishItem  # noqa: PLC0415
    from smartstack_chassis.events.bus import attributes  # noqa: PLC0415

    marked = {} if rebuild is None else {REBUILD_ATTRIBUTE: rebuild}
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=1)
    broker = SQSBroker(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url, declare="off")

    async def send(messages: Sequence[OutboxMessage]) -> None:
        items = [SQSPublishItem(each.body.encode(), attributes=attributes(each) | marked) for each in messages]
        # One request after the other: a standard queue then mostly keeps the order.
        for start in range(0, len(items), BATCH):
            await broker.publish_batch(*items[start : start + BATCH], queue=queue)

    try:
        async with broker:
            return await replay(UnitOfWork(engine), wanted, send, progress)
    finally:
        await engine.dispose()


async def _empty(settings: ServiceSettings, table: str, workspace_id: UUID | None) -> None:
    if workspace_id is None:
        owner = settings.migration_database_url
        if owner is None:
            raise SystemExit("SMARTSTACK_MIGRATION_DATABASE_URL is not set")
        await empty_copy(owner.get_secret_value(), table)
        return
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=1)
    await empty_copy_of(UnitOfWork(engine), table, workspace_id)
    await engine.dispose()


def instant(text: str) -> datetime:
    """Return the moment that an option names; raises argparse's error when it names none."""
    try:
        return read_instant(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no RFC 3339 time such as 2026-11-26T17:00:00Z") from None


def _tell(sent: int, total: int) -> None:
    _say(f"{sent} of {total}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
