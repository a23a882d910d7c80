"""`redeliver`: sends what subscribers lack of this service's events to their queues again, with the events' own ids.

An inbox row makes it harmless where an event was handled after all.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterable
from datetime import datetime

from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.engine import create_engine
from smartstack_chassis.events.delivery_audit import Pair, Undelivered, pairs, undelivered
from smartstack_chassis.events.replay import Wanted
from smartstack_chassis.process.operator_commands import instant, replay_to_queue
from smartstack_chassis.process.service import Service
from smartstack_contracts import first_id, topology

BATCH = 500


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command's options."""
    again = commands.add_parser("redeliver", help="send undelivered events to their subscribers' queues again")
    again.add_argument("--subscriber", choices=topology.SERVICES, help="by default all")
    again.add_argument("--from", dest="since", type=instant, help="RFC 3339; by default as far back as is audited")
    again.add_argument("--dry-run", action="store_true", help="list them alone")


def run_redeliver(service: Service, settings: ServiceSettings, options: argparse.Namespace) -> int:
    """Redeliver as `options` say; returns the exit status, 2 without the auditor's URL."""
    if settings.audit_database_url is None:
        print("SMARTSTACK_AUDIT_DATABASE_URL is not set", file=sys.stderr)  # noqa: T201 - a command's answer
        return 2
    asyncio.run(_redeliver(service, settings, options, settings.audit_database_url.get_secret_value()))
    return 0


async def find(
    url: str, between: Iterable[Pair], *, since: datetime | None, older_than: float, days: int
) -> list[Undelivered]:
    """Return what is undelivered between these pairs, oldest first; `url` is that of the role `auditor`.

    It looks at events of the last `days` that are `older_than` so many seconds. Raises what the database raises.
    """
    now = time.time()
    oldest = first_id(max(since.timestamp() if since else 0.0, now - days * 86400))
    before = first_id(now - older_than)
    engine = create_engine(url, pool_size=1)
    try:
        return sorted([each for pair in between for each in await undelivered(engine, pair, oldest, before)])
    finally:
        await engine.dispose()


async def _redeliver(service: Service, settings: ServiceSettings, options: argparse.Namespace, url: str) -> None:
    for pair in pairs():
        if pair.producer != service.name or options.subscriber not in (None, pair.subscriber):
            continue
        age, days = settings.audit_after_seconds, settings.audit_days
        found = await find(url, [pair], since=options.since, older_than=age, days=days)
        if options.dry_run:
            for each in found:
                _say(f"{each.made_at.isoformat()} {each.id} {each.type} {each.subscriber}")
            continue
        for item in topology.queues(pair.subscriber):
            await redeliver_to(settings, pair, item, found)


async def redeliver_to(settings: ServiceSettings, pair: Pair, item: topology.Queue, found: list[Undelivered]) -> None:
    """Send to this queue of the subscriber those of the undelivered events that it feeds on."""
    fed = {model.type() for model in topology.feed(item)} & set(pair.types)
    if not fed:
        return
    queue, lacking = f"{settings.resource_prefix}-{item.name}", [each for each in found if each.type in fed]
    for start in range(0, len(lacking), BATCH):
        await _send(settings, pair, lacking[start : start + BATCH], queue)
    _say(f"{pair.producer}: {len(lacking)} events sent to {queue}")


async def _send(settings: ServiceSettings, pair: Pair, batch: list[Undelivered], queue: str) -> None:
    # From the oldest on: the event log is partitioned by id, and the ids alone would search all of it.
    wanted = Wanted(types=pair.types, ids=[each.id for each in batch], since=batch[0].made_at)
    await replay_to_queue(settings, wanted, queue, None, lambda *_: None)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
