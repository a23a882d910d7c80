"""The whole stack as parts of a supervisor, in the order in which they need one another."""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.errors import StackError
from smartstack_cli.local import aws, postgres
from smartstack_cli.local.console import Console
from smartstack_cli.local.layout import AUDITOR, DATABASE, OPS, SERVICES, Layout
from smartstack_cli.local.probe import answers
from smartstack_cli.local.process import Launcher, Running
from smartstack_cli.local.program import Program
from smartstack_cli.local.supervisor import Part, Supervisor
from smartstack_cli.local.zygote import Job

# A service would otherwise load these after each fork.
_PRELOADED = (
    "smartstack_chassis.events.bus",
    "smartstack_chassis.database.provision",
    "anyio.from_thread",
    "encodings.idna",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.lifespan.off",
)
_WARMUP = "smartstack_cli.local.warmup"
_JOB_SECONDS = 120.0
_REFUSED = 2  # smartstack_chassis.database.migrations.REFUSED, without loading SQLAlchemy into the runner
_ANOTHER_VERSION = "run the version of SmartStack that this data folder is from, or choose another folder with --data"


class Stack:
    """Everything that `up` runs. `say` receives messages for a person."""

    def __init__(self, layout: Layout, launcher: Launcher, say: Callable[[str], None]) -> None:
        self._layout = layout
        self._launcher = launcher
        self._supervisor = Supervisor(say, layout.data / "run")

    @staticmethod
    def names() -> list[str]:
        """The names of all processes with a log."""
        return [
            *("postgres", "aws", "zygote", "provision", "buckets", OPS),
            *(f"{name}-migrate" for name in SERVICES),
            *(f"{name}-redeliver" for name in SERVICES),
            *SERVICES,
        ]

    async def start(self) -> None:
        """Return when all is ready to serve. Raises StackError with the log's end when something is not."""
        cluster = await asyncio.to_thread(postgres.prepare, self._layout.data, self._layout.secrets["postgres"])
        await self._supervisor.start(self._zygote(), self._postgres(cluster), self._aws())
        # In the time that the database takes.
        meanwhile = (self._create_buckets(), self._supervisor.start(self._ops()))
        await asyncio.gather(self._prepare_database(cluster), *meanwhile)
        await self._supervisor.start(*(self._service(service) for service in SERVICES))

    async def stop(self) -> None:
        """Stop in the order that lets each finish its work: who calls before who is called."""
        self._supervisor.send_signal("aws", aws.END_LONG_POLLS)
        await self._supervisor.stop(["gateway"])
        await self._supervisor.stop(SERVICES)
        await self._supervisor.stop([OPS])  # which took the services' last spans
        await self._supervisor.stop(["zygote", "aws", "postgres"])

    async def failed(self) -> None:
        """Wait until supervising fails; raises why."""
        await self._supervisor.failed()

    def bus_has_memory(self) -> bool:
        """Return whether the emulator will find the journal of an earlier run. Ask before the start."""
        return any((self._layout.data / "aws" / "state").glob("journal-*"))

    async def redeliver(self) -> None:
        """Let every service send again what its subscribers lack, however young it is. Raises StackError."""
        # Events published a moment ago may be on their way; an inbox row makes the second delivery harmless.
        age = {"SMARTSTACK_AUDIT_AFTER_SECONDS": "0.001"}

        async def of(service: str) -> None:
            environment = self._layout.service_environment(service) | self._layout.audit_environment() | age
            await self._job(f"{service}-redeliver", f"smartstack_{service}", ("redeliver",), environment)

        await asyncio.gather(*(of(service) for service in SERVICES))

    async def seed(self) -> None:
        """Fill in the demo workspace."""
        environment = self._layout.service_environment("gateway") | {
            "SMARTSTACK_DEMO_URL": self._layout.url,
            "SMARTSTACK_DEMO_PASSWORD": self._layout.secrets["demo"],
        }
        await self._job("demo", "smartstack_cli.local.demo", (), environment)

    def _postgres(self, cluster: postgres.Cluster) -> Part:
        program = cluster.program(self._layout.ports["postgres"])

        async def is_ready(running: Running) -> bool:
            return cluster.accepts_connections(running.pid)

        async def start() -> Running:
            await asyncio.to_thread(cluster.release)
            return await self._launcher.program(program)

        return Part(name="postgres", start=start, is_ready=is_ready, stop_signal=program.stop_signal)

    def _aws(self) -> Part:
        port = self._layout.ports["aws"]
        secret = self._layout.secrets["aws"]
        program = aws.program(port, self._layout.data / "aws", origins=self._layout.url, secret=secret)

        async def is_ready(_: Running) -> bool:
            return await answers(port, "/_ministack/health")

        async def start() -> Running:
            return await self._launcher.program(program)

        return Part(name="aws", start=start, is_ready=is_ready, stop_seconds=10)

    def _zygote(self) -> Part:
        modules = [*_PRELOADED, *(f"smartstack_{service}.main" for service in SERVICES), _WARMUP]
        # One thread per process at the fork: numerical libraries start theirs at import by default.
        env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}

        async def is_ready(_: Running) -> bool:
            return self._launcher.zygote_is_ready()

        async def start() -> Running:
            return await self._launcher.start_zygote(Program(name="zygote", argv=(), cwd=ROOT, env=env), modules)

        return Part(name="zygote", start=start, is_ready=is_ready, stop_signal=signal.SIGKILL)

    def _service(self, service: str) -> Part:
        async def is_ready(_: Running) -> bool:
            return await answers(self._layout.ports[service], "/health/ready")

        async def start() -> Running:
            return await self._launcher.module(self._service_job(service, "serve", service))

        return Part(name=service, start=start, is_ready=is_ready)

    def _service_job(self, service: str, command: str, log: str) -> Job:
        environment = self._layout.service_environment(service)
        return Job(f"smartstack_{service}", (command,), environment, self._launcher.log(log))

    def _ops(self) -> Part:
        async def is_ready(_: Running) -> bool:
            return await answers(self._layout.ports[OPS], "/health/ready")

        async def start() -> Running:
            environment = self._layout.ops_environment()
            return await self._launcher.module(Job("smartstack_ops", (), environment, self._launcher.log(OPS)))

        return Part(name=OPS, start=start, is_ready=is_ready)

    async def _prepare_database(self, cluster: postgres.Cluster) -> None:
        await self._provision(cluster)
        await asyncio.gather(*(self._migrate(service) for service in SERVICES))

    async def _create_buckets(self) -> None:
        await self._job("buckets", "smartstack_cli.local.buckets", (), self._layout.aws_environment())

    async def _provision(self, cluster: postgres.Cluster) -> None:
        secrets = self._layout.secrets
        services = [
            {"service": name, "app_password": secrets[f"{name}_app"], "migrator_password": secrets[f"{name}_migrator"]}
            for name in SERVICES
        ]
        url = cluster.url(self._layout.ports["postgres"])
        order = json.dumps({"admin_url": url, "database": DATABASE, "services": services, "auditor": secrets[AUDITOR]})
        environment = {"PATH": os.environ.get("PATH", os.defpath), "SMARTSTACK_PROVISION": order}
        await self._job("provision", "smartstack_cli.local.provisioning", (), environment)

    async def _migrate(self, service: str) -> None:
        job = self._service_job(service, "migrate", f"{service}-migrate")
        await self._job(f"{service}-migrate", job.module, job.arguments, self._layout.migration_environment(service))

    async def _job(self, name: str, module: str, arguments: tuple[str, ...], env: dict[str, str]) -> None:
        """Run a short program to its end. Raises StackError when it fails or hangs."""
        running = await self._launcher.module(Job(module, arguments, env, self._launcher.log(name)))
        await asyncio.wait([running.exited], timeout=_JOB_SECONDS)
        if not running.exited.done():
            await running.stop(signal.SIGTERM, 1)
            raise StackError(f"{name} took longer than {_JOB_SECONDS:.0f} s")
        if running.exited.result() == _REFUSED:
            reason = self._launcher.log(name).read_text().splitlines()[-1]
            raise StackError(f"{name.removesuffix('-migrate')}: {reason}; {_ANOTHER_VERSION}")
        if running.exited.result() != 0:
            raise StackError(f"{name} failed, see {self._launcher.log(name)}")


def prepare_logs(data: Path) -> tuple[Path, Console]:
    """The folder of the log files, and the console that follows them from now on."""
    logs = data / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    return logs, Console(logs, Stack.names())
