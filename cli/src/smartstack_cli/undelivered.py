"""`./smartstack events undelivered | redeliver`: what subscribers of the running stack lack, and sending it again."""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from uuid import UUID

from smartstack_chassis.events.delivery_audit import Undelivered, pairs
from smartstack_chassis.process.operator_commands import instant
from smartstack_chassis.process.redelivery import find
from smartstack_cli.local import run_state as current
from smartstack_cli.local.layout import Layout
from smartstack_contracts import topology

AGE_SECONDS = 300.0
AUDITED_DAYS = 28


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the options of both commands."""
    shown = commands.add_parser("undelivered", help="list published events that a subscriber has not handled")
    again = commands.add_parser("redeliver", help="send those events to their subscribers' queues again")
    for parser in (shown, again):
        parser.add_argument("--subscriber", choices=topology.SERVICES, help="by default all")
        parser.add_argument("--since", type=instant, metavar="TIME", help="RFC 3339; by default 28 days ago")
        parser.add_argument("--older-than", type=float, default=AGE_SECONDS, metavar="SECONDS", help="(default 300)")
    shown.add_argument("--limit", type=int, default=50, help="how many a page has (default 50)")
    shown.add_argument("--after", type=UUID, metavar="ID", help="where the last page ended")
    shown.add_argument("--json", action="store_true", help="one JSON object")


def show(options: argparse.Namespace) -> int:
    """List a page of undelivered events, oldest first; returns the exit code."""
    found = asyncio.run(_find(current.read(options.data.resolve()), options))
    items = [each for each in found if options.after is None or each.id > options.after]
    page = items[: options.limit]
    # Two subscribers may lack one event: it is not torn apart, as the next page starts behind its id.
    page += [each for each in items[options.limit :] if page and each.id == page[-1].id]
    following = str(page[-1].id) if len(page) < len(items) else None
    if options.json:
        print(json.dumps({"items": [*map(_told, page)], "total": len(found), "next": following}, indent=2))
        return 0
    for each in page:
        print(f"{_age(each):>8}  {each.id}  {each.producer} -> {each.subscriber}  {each.type}")
    print(f"{len(found)} undelivered" + (f"; more with --after {following}" if following else ""))
    return 0


def redeliver(options: argparse.Namespace) -> int:
    """Let every producer send again what its subscribers lack; returns the exit code."""
    layout = current.read(options.data.resolve())
    age = {"SMARTSTACK_AUDIT_AFTER_SECONDS": str(options.older_than)}
    words = ["redeliver"]
    words += ["--subscriber", options.subscriber] if options.subscriber else []
    words += ["--from", options.since.isoformat()] if options.since else []
    for producer in sorted({pair.producer for pair in pairs() if options.subscriber in (None, pair.subscriber)}):
        environment = layout.service_environment(producer) | layout.audit_environment() | age
        argv = [sys.executable, "-m", f"smartstack_{producer}", *words]
        if code := subprocess.run(argv, env=environment, check=False).returncode:
            return code
    return 0


async def _find(layout: Layout, options: argparse.Namespace) -> list[Undelivered]:
    between = [pair for pair in pairs() if options.subscriber in (None, pair.subscriber)]
    url = layout.audit_environment()["SMARTSTACK_AUDIT_DATABASE_URL"]
    return await find(url, between, since=options.since, older_than=options.older_than, days=AUDITED_DAYS)


def _told(each: Undelivered) -> dict[str, str]:
    return {
        "id": str(each.id),
        "producer": each.producer,
        "subscriber": each.subscriber,
        "type": each.type,
        "made_at": each.made_at.isoformat(),
    }


def _age(each: Undelivered) -> str:
    return f"{time.time() - each.made_at.timestamp():.0f} s"
