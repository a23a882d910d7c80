"""Runs a service as a process: `serve`, `migrate`, `replay`, `redeliver`, `empty` or `jobs`, all from the same image.

The role decides what `serve` serves.
"""

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from os import EX_TEMPFAIL
from typing import get_args

import uvicorn
import uvloop
from setproctitle import setproctitle
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.core import failpoints
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.iam import sign_in_with_iam
from smartstack_chassis.database.migrations import GAVE_UP, REFUSED, MigrationRefusedError, Phase, upgrade
from smartstack_chassis.http.protocol import bounded_protocol
from smartstack_chassis.process.app import build_app
from smartstack_chassis.process.job_commands import add_job_parsers, run_jobs
from smartstack_chassis.process.operator_commands import add_parsers, run_empty, run_replay
from smartstack_chassis.process.redelivery import add_parser, run_redeliver
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.process.service import Service
from smartstack_chassis.telemetry.logs import configure_logging
from smartstack_chassis.telemetry.setup import configure_telemetry, shutdown_telemetry

# A request makes thousands of objects that are gone at its end: the default of 700 would collect within each.
_ALLOCATIONS_PER_COLLECTION = 20_000


def run(service: Service, argv: Sequence[str] | None = None) -> int:
    """Run `serve` (default), `migrate` or one of the operator's commands, and return the exit status."""
    options = _parse(service, argv)
    command: str = options.command or "serve"
    # Processes forked from a common parent would otherwise all carry its name.
    setproctitle(f"smartstack-{service.name} {command}: python -m smartstack_{service.name} {command}")
    settings = service.settings()
    configure_logging(service.name, settings.log_level)
    if settings.database_iam:
        sign_in_with_iam(settings.aws_region)
    run_command = {
        "migrate": _migrate,
        "replay": run_replay,
        "redeliver": run_redeliver,
        "empty": run_empty,
        "jobs": run_jobs,
    }.get(command, _run_service)
    return run_command(service, settings, options)


def _parse(service: Service, argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"smartstack-{service.name}")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="answer requests, handle events (the default)")
    migrate = commands.add_parser("migrate", help="bring the schema up to date, as the migration role")
    migrate.add_argument("--phase", choices=get_args(Phase), help="only what comes before, or after, the new code")
    add_parsers(commands)
    add_parser(commands)
    add_job_parsers(commands)
    return parser.parse_args(argv)


def _migrate(service: Service, settings: ServiceSettings, options: argparse.Namespace) -> int:
    if settings.migration_database_url is None:
        return _refuse("SMARTSTACK_MIGRATION_DATABASE_URL is not set")
    try:
        upgrade(service.migrations, settings.migration_database_url.get_secret_value(), phase=options.phase)
    except MigrationRefusedError as error:
        return _refuse(str(error))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in GAVE_UP:
            raise
        return _refuse(f"gave up, and undid the revision it was at; run it again: {error.orig}", EX_TEMPFAIL)
    return 0


def _refuse(reason: str, status: int = REFUSED) -> int:
    print(reason, file=sys.stderr)  # noqa: T201 - a command's answer
    return status


def _run_service(service: Service, settings: ServiceSettings, _: argparse.Namespace) -> int:
    if settings.failpoint:
        failpoints.kill_at(settings.failpoint)
    if service.before_start is not None:
        service.before_start(settings)
    token = settings.otlp_token.get_secret_value() if settings.otlp_token else None
    configure_telemetry(service.name, settings.otlp_endpoint, settings.environment, settings.metrics_seconds, token)
    try:
        uvloop.run(_serve(service, settings))
    finally:
        shutdown_telemetry()
    return 0


async def _serve(service: Service, settings: ServiceSettings) -> None:
    # FastStream and botocore take a second to import: migrations and whoever composes a service do without.
    from smartstack_chassis.events.bus import SqsMessaging  # noqa: PLC0415

    runtime = Runtime.create(service, settings, SqsMessaging, service.keys(settings) if service.keys else None)
    server = _Server(
        uvicorn.Config(
            build_app(service, runtime),
            host=settings.http_host,
            port=settings.http_port,
            http=bounded_protocol(settings.connection_limits),
            ws="none",
            lifespan="off",
            access_log=False,
            server_header=False,
            # By default uvicorn takes the caller's word for its address when the call comes from this machine.
            proxy_headers=False,
            log_config=None,
            timeout_keep_alive=settings.http_keepalive_seconds,
            timeout_graceful_shutdown=max(1, int(settings.drain_seconds - settings.lame_duck_seconds)),
        )
    )
    loop = asyncio.get_running_loop()

    def exit_server() -> None:
        server.should_exit = True

    def stop() -> None:
        again = runtime.stopping.is_set()
        runtime.stopping.set()
        loop.call_later(0 if again else settings.lame_duck_seconds, exit_server)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    async with runtime.running():
        _spare_the_collector()
        await server.serve()


def _spare_the_collector() -> None:
    """Leave what was made at the start out of garbage collection, and collect less often.

    Modules, models and routes stay until the end. Each full collection would look at all of them, many times a minute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again before the broker and the outbox are done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
