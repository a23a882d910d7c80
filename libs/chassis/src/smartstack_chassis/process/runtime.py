"""What a running process is made of, and how it starts and stops."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from smartstack_chassis.auth.revocations import RevocableVerifier, Revocations
from smartstack_chassis.auth.tokens import JwksKeys, KeySource, TokenVerifier
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.engine import create_engine
from smartstack_chassis.events.delivery_audit import DeliveryAudit
from smartstack_chassis.events.outbox import OutboxMessage, OutboxRelay
from smartstack_chassis.events.outbox_lag import OutboxLag
from smartstack_chassis.events.partitions import PartitionKeeper
from smartstack_chassis.events.registered_handlers import HandlerRegistry
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.http.health import DatabaseCheck
from smartstack_chassis.jobs.gauges import JobGauges
from smartstack_chassis.jobs.handlers import JobHandlers
from smartstack_chassis.jobs.operations import delete_finished
from smartstack_chassis.jobs.runner import JobRunner
from smartstack_chassis.process.service import Service

PARTITIONS_SECONDS = 3600.0
FINISHED_JOBS_SECONDS = 3600.0


class Messaging(Protocol):
    """The bus, as a process sees it."""

    def consuming(self) -> bool:
        """Tell whether the consumer runs."""

    async def start(self) -> None:
        """Connect and consume."""

    async def stop_consuming(self) -> None:
        """Take no more messages."""

    async def stop(self) -> None:
        """Flush and close."""

    async def publish(self, messages: Sequence[OutboxMessage]) -> Sequence[bool]:
        """Publish; returns one flag each: was it acknowledged."""


MessagingFactory = Callable[[Service, ServiceSettings, UnitOfWork], Messaging]


@dataclass
class Runtime:
    """The parts of one process. `resources` is what the service itself added (see Service.resources)."""

    service: Service
    settings: ServiceSettings
    engine: AsyncEngine
    uow: UnitOfWork
    verifier: TokenVerifier
    relay: OutboxRelay
    partitions: PartitionKeeper
    jobs: JobRunner
    messaging: Messaging
    database_check: DatabaseCheck
    revocations: Revocations | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    resources: Any = None

    def worker_ready(self) -> bool:
        """Tell whether the consumer runs, or is not wanted in this role."""
        return self.settings.role == "http" or self.messaging.consuming()

    @classmethod
    def create(
        cls, service: Service, settings: ServiceSettings, messaging: MessagingFactory, keys: KeySource | None = None
    ) -> "Runtime":
        """Wire the parts; nothing connects yet."""
        engine = create_engine(settings.database_url.get_secret_value(), pool_size=settings.database_pool_size)
        uow = UnitOfWork(engine)
        bus = messaging(service, settings, uow)
        relay = OutboxRelay(uow, bus.publish)
        uow.after_commit = relay.nudge
        source = service.revocation_source
        revocations = None if source is None else Revocations(source)
        keys = keys or JwksKeys(settings.jwks_url)
        verifier = TokenVerifier(keys) if revocations is None else RevocableVerifier(keys, revocations)
        partitions = PartitionKeeper(uow, settings.event_log_days)
        jobs = JobRunner(uow, _jobs_of(service, partitions), settings)
        uow.after_jobs = jobs.nudge
        check = DatabaseCheck(create_engine(settings.database_url.get_secret_value(), pool_size=1))
        return cls(service, settings, engine, uow, verifier, relay, partitions, jobs, bus, check, revocations)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run bus, relay and the service's own resources. On the way out: consume no more, finish, publish, close."""
        opened: AbstractAsyncContextManager[Any]
        opened = self.service.resources(self) if self.service.resources else contextlib.nullcontext()
        async with opened as self.resources:
            if self.revocations is not None:
                await self.revocations.try_to_load(self.uow)
            await self.messaging.start()
            tasks = [asyncio.create_task(self.relay.run(), name="outbox-relay")]
            if self.revocations is not None:
                tasks.append(asyncio.create_task(self.revocations.run(self.uow), name="revocations"))
            if self.settings.otlp_endpoint:
                lag = OutboxLag(self.uow, self.settings.metrics_seconds)
                tasks.append(asyncio.create_task(lag.run(), name="outbox-lag"))
                gauges = JobGauges(self.uow, self.settings.metrics_seconds)
                tasks.append(asyncio.create_task(gauges.run(), name="job-gauges"))
            running = []
            if self.settings.role != "http":
                running.append(asyncio.create_task(self.jobs.run(), name="jobs"))
                tasks += self._auditing()
            # At once when told to stop, while requests are still being answered: one drain time for both.
            consuming = asyncio.create_task(self._consume_until_told_to_stop(), name="consuming")
            try:
                yield
            finally:
                self.stopping.set()
                await consuming
                await self._finish_jobs(running)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._publish_the_rest()
                await self.messaging.stop()
        await self.database_check.close()
        await self.engine.dispose()

    def _auditing(self) -> list[asyncio.Task[None]]:
        """Start what the audit of deliveries needs from every service, and the audit where it is wanted."""
        tasks = []
        if self.service.handlers is not None:
            registry = HandlerRegistry(self.uow, self.service.handlers)
            tasks.append(asyncio.create_task(registry.run(), name="handler-registry"))
        if self.settings.audit_database_url is not None:
            tasks.append(asyncio.create_task(self._audit(self.settings.audit_database_url), name="delivery-audit"))
        return tasks

    async def _audit(self, url: SecretStr) -> None:
        engine = create_engine(url.get_secret_value(), pool_size=1)
        audit = DeliveryAudit(
            engine,
            after_seconds=self.settings.audit_after_seconds,
            days=self.settings.audit_days,
            every_seconds=self.settings.audit_every_seconds,
        )
        try:
            await audit.run()
        finally:
            await engine.dispose()

    async def _consume_until_told_to_stop(self) -> None:
        await self.stopping.wait()
        await self.messaging.stop_consuming()

    async def _finish_jobs(self, running: list[asyncio.Task[None]]) -> None:
        """Let the jobs in hand come to their end, and interrupt those that take too long."""
        self.jobs.stop()
        if running:
            await asyncio.wait(running, timeout=self.settings.drain_seconds)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _publish_the_rest(self) -> None:
        """Leave nothing for the next process to find; what cannot be sent within a second stays in the outbox."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await self.relay.drain()


def _jobs_of(service: Service, partitions: PartitionKeeper) -> JobHandlers:
    """Return the service's jobs with those that every service has."""
    jobs = JobHandlers()
    jobs.include(service.jobs)

    @jobs.every("maintain_partitions", PARTITIONS_SECONDS)
    async def on_partitions(_: UnitOfWork, __: ServiceSettings) -> None:
        await partitions.maintain()

    @jobs.every("delete_finished_jobs", FINISHED_JOBS_SECONDS)
    async def on_finished_jobs(uow: UnitOfWork, _: ServiceSettings) -> None:
        await delete_finished(uow)

    return jobs
