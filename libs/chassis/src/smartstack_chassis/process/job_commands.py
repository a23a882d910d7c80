"""`jobs ls | retry | discard`: what an operator does with the jobs of a service that failed for good."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.engine import create_engine
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.jobs.operations import ListedJob, discard_jobs, list_jobs, retry_jobs
from smartstack_chassis.process.service import Service


def add_job_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the options of `jobs` and of its verbs."""
    add_verbs(commands.add_parser("jobs", help="list, retry or discard jobs that failed for good"))


def add_verbs(parser: argparse.ArgumentParser) -> None:
    """Describe `ls`, `retry` and `discard`, and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="ls | retry | discard", required=True)
    listed = verbs.add_parser("ls", help="the parked jobs, the last one first")
    listed.add_argument("--waiting", action="store_true", help="those that wait for their time too")
    listed.add_argument("--kind")
    listed.add_argument("--json", action="store_true", help="one JSON object a line")
    for verb, about in (("retry", "run parked jobs now"), ("discard", "remove parked jobs for good")):
        acting = verbs.add_parser(verb, help=about)
        which = acting.add_mutually_exclusive_group(required=True)
        which.add_argument("ids", nargs="*", type=UUID, default=[], metavar="ID")
        which.add_argument("--all", action="store_true")


def run_jobs(service: Service, settings: ServiceSettings, options: argparse.Namespace) -> int:
    """Do what `options` say and print it; returns the exit status, 1 when no job was chosen."""
    return asyncio.run(_run(service, settings, options))


async def _run(service: Service, settings: ServiceSettings, options: argparse.Namespace) -> int:
    engine = create_engine(settings.database_url.get_secret_value(), pool_size=1)
    uow = UnitOfWork(engine)
    try:
        if options.verb == "ls":
            _show(service, await list_jobs(uow, parked=not options.waiting, kind=options.kind), as_json=options.json)
            return 0
        act = retry_jobs if options.verb == "retry" else discard_jobs
        count = await act(uow, None if options.all else options.ids)
        _say(f"{service.name}: {count} {'retried' if options.verb == 'retry' else 'discarded'}")
        return 0 if count else 1
    finally:
        await engine.dispose()


def _show(service: Service, jobs: Sequence[ListedJob], *, as_json: bool) -> None:
    for job in jobs:
        if as_json:
            _say(json.dumps({"service": service.name, **asdict(job)}, default=str))
        else:
            when = (
                f"parked {job.parked_at:%Y-%m-%d %H:%M:%S}" if job.parked_at else f"due {job.due_at:%Y-%m-%d %H:%M:%S}"
            )
            _say(f"{service.name}  {job.id}  {job.kind}  {when}  {job.attempts} attempts  {job.reason or ''}".rstrip())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
