"""The recurring job that removes what has expired."""

from datetime import timedelta

from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.jobs.handlers import JobHandlers
from smartstack_gateway.retention.commands import delete_expired
from smartstack_gateway.settings import GatewaySettings

EVERY_SECONDS = 60.0

jobs = JobHandlers()


@jobs.every("delete_expired", EVERY_SECONDS)
async def on_retention(uow: UnitOfWork, settings: GatewaySettings) -> None:
    """Remove rows that have no effect any more."""
    await delete_expired(uow, timedelta(seconds=settings.live_retention_seconds))
