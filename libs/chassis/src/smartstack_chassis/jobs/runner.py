"""Runs jobs when they are due; any number of processes may do so.

A short job is claimed, run and removed in one transaction. A crash undoes all of it, and a sibling claims the job.
A leased job is claimed in a first transaction, prepared outside of any, and removed in the transaction of its command.
A crash leaves the lease to expire. Either way the effect commits together with the removal: it happens once.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from smartstack_chassis.core import failpoints
from smartstack_chassis.core.actors import ServiceActor
from smartstack_chassis.core.errors import DomainError
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.database.engine import is_outage
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_chassis.jobs import claims
from smartstack_chassis.jobs.handlers import JobHandlers
from smartstack_chassis.jobs.job import Job
from smartstack_chassis.jobs.spans import job_span
from smartstack_chassis.telemetry.logs import safe_text

logger = logging.getLogger(__name__)

WORKERS = 4
SWEEP_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0
LEASE_SECONDS = 60.0
FIRST_RETRY_SECONDS, RETRY_FACTOR, LONGEST_RETRY_SECONDS = 2.0, 4, 3600.0


class JobRunner:
    """The jobs of one process. A commit here wakes it; a sweep finds what became due, or what a sibling left."""

    def __init__(
        self, uow: UnitOfWork, handlers: JobHandlers, settings: ServiceSettings, *, sweep_seconds: float = SWEEP_SECONDS
    ) -> None:
        self._uow = uow
        self._handlers = handlers
        self._settings = settings
        self._sweep = sweep_seconds
        self._wake = asyncio.Event()
        self._stopping = False
        self._planned = False
        self._kinds = [*handlers.commands, *handlers.recurring]

    def nudge(self) -> None:
        """Look for due jobs now; called after a commit in this process that set one."""
        self._wake.set()

    def stop(self) -> None:
        """Claim no more jobs; `run` returns when those in hand are through."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Run jobs until stopped or cancelled. A failing database is logged and asked again with growing pauses."""
        pause = 0.0
        while not self._stopping:
            # Not wait_for: before Python 3.12 it swallows a cancellation that arrives together with the nudge.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.drain()
                pause = self._sweep
            except Exception:
                pause = min(max(pause, self._sweep) * 2, LONGEST_PAUSE_SECONDS)
                logger.warning("jobs cannot be run; trying again in %.0f s", pause, exc_info=True)

    async def drain(self) -> None:
        """Run all that is due. Raises what the database raises when it is away."""
        if not self._planned:
            await self._plan()
        async with self._uow.system() as session:
            if not await claims.any_due(session, self._kinds):
                return
        await asyncio.gather(*(self._work() for _ in range(WORKERS)))

    async def _plan(self) -> None:
        async with self._uow.system() as session:
            for kind in self._handlers.recurring:
                await claims.plan(session, kind)
        self._planned = True

    async def _work(self) -> None:
        while not self._stopping and (await self._run_short() or await self._run_leased()):
            pass

    async def _run_short(self) -> bool:
        """Claim, run and remove one short job in one transaction; returns False when none is due."""
        job, transaction = None, None
        try:
            async with self._uow.system() as session:
                job = await claims.claim(session, list(self._handlers.short))
                if job is None:
                    return False
                failpoints.reach("after_job_claim")
                with job_span(job):
                    async with self._uow.narrow(session, _actor(job), job.correlation_id) as transaction:
                        await self._finish(transaction, job)
            failpoints.reach("after_commit")
        except Exception as error:
            if job is None or is_outage(error):
                raise
            await self._failed(job, error, used=job.attempts + 1)
            return True
        self._uow.wake(transaction)
        return True

    async def _run_leased(self) -> bool:
        """Lease one job, and prepare and run it; returns False when none is due."""
        async with self._uow.system() as session:
            job = await claims.lease(session, self._handlers.leased, LEASE_SECONDS)
        if job is None:
            return False
        failpoints.reach("after_job_claim")
        try:
            with job_span(job):
                async with self._kept(job):
                    if job.kind in self._handlers.recurring:
                        await self._recur(job)
                    else:
                        await self._prepare_and_run(job)
        except Exception as error:
            if is_outage(error):
                raise
            await self._failed(job, error, used=job.attempts)
        return True

    async def _recur(self, job: Job) -> None:
        schedule = self._handlers.recurring[job.kind]
        await schedule.run(self._uow, self._settings)
        failpoints.reach("after_job")
        async with self._uow.system() as session:
            await claims.postpone(session, job, seconds=schedule.every_seconds, used=0)

    async def _prepare_and_run(self, job: Job) -> None:
        handler = self._handlers.commands[job.kind]
        if job.attempts > handler.attempts:
            raise _LostError(f"it was begun {handler.attempts} times and never came to an end")
        assert handler.prepare is not None  # noqa: S101 - such kinds alone are leased
        async with self._uow.begin(_actor(job), correlation_id=job.correlation_id) as transaction:
            work = await handler.prepare(transaction, job, partial(self._report, job))
        result = await work()
        failpoints.reach("after_job_prepare")
        async with self._uow.begin(_actor(job), correlation_id=job.correlation_id) as transaction:
            await self._finish(transaction, job, result)

    async def _finish(self, transaction: Transaction, job: Job, *result: object) -> None:
        handler = self._handlers.commands[job.kind]
        if not await claims.end(transaction.session, job, reported=handler.reported):
            logger.info("the job %s was replaced or cancelled while it ran", job.kind)
            return
        failpoints.reach("before_job")
        await handler.command(transaction, job, *result)
        failpoints.reach("after_job")

    async def _report(self, job: Job, done: int, total: int) -> None:
        async with self._uow.system() as session:
            await claims.report(session, job, done, total)

    @asynccontextmanager
    async def _kept(self, job: Job) -> AsyncIterator[None]:
        keeping = asyncio.create_task(self._keep(job), name=f"lease-{job.kind}")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self, job: Job) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with contextlib.suppress(Exception):
                async with self._uow.system() as session:
                    if not await claims.extend(session, job, LEASE_SECONDS):
                        return

    async def _failed(self, job: Job, error: Exception, *, used: int) -> None:
        """Put the job off, or park it after its last attempt and where trying again cannot help."""
        handler, reason = self._handlers.commands.get(job.kind), safe_text(error)
        seconds, park = retry_seconds(used), False
        if handler is None:
            seconds = min(seconds, self._handlers.recurring[job.kind].every_seconds)
        else:
            permanent = isinstance(error, DomainError) and not error.retryable
            park = permanent or isinstance(error, _LostError) or used >= handler.attempts
        logger.log(logging.ERROR if park else logging.WARNING, "the job %s failed: %s", job.kind, reason)
        async with self._uow.system() as session:
            await claims.postpone(session, job, seconds=seconds, used=used, reason=reason, park=park)


class _LostError(Exception):
    """Every attempt ended with its process."""


def retry_seconds(attempts: int) -> float:
    """Return how long a job waits after so many failures: growing, and never the same for two of them."""
    longest = min(FIRST_RETRY_SECONDS * RETRY_FACTOR ** max(0, attempts - 1), LONGEST_RETRY_SECONDS)
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, guards no secret


def _actor(job: Job) -> ServiceActor:
    return ServiceActor(job.owner, job.auth_id)
