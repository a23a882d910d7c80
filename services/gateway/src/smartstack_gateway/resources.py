"""What the gateway's process holds beside the chassis."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from smartstack_chassis.auth.revocations import Revocations
from smartstack_chassis.http.dependencies import runtime_of
from smartstack_chassis.process.runtime import Runtime
from smartstack_gateway.collector import Collector
from smartstack_gateway.commands.throttles import Throttle
from smartstack_gateway.cookies import Cookies
from smartstack_gateway.devices import Devices
from smartstack_gateway.limits import Buckets, InFlight
from smartstack_gateway.live import LiveFeed, keep_forgetting
from smartstack_gateway.owners import Owners
from smartstack_gateway.passwords import Passwords
from smartstack_gateway.settings import GatewaySettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """The rate limits of a principal and of a network that sent no good token; the throttles of those who fail.

    What portals send has limits of its own, for each client and for the workspace: each message is read by an engine.
    `in_flight` bounds how many requests of a principal, and of its workspace, each service works on concurrently.
    """

    principal: Buckets
    workspace: Buckets
    portal: Buckets
    portal_bytes: Buckets
    portal_workspace: Buckets
    principal_in_flight: InFlight
    workspace_in_flight: InFlight
    address: Buckets
    account: Throttle
    device: Throttle
    network: Throttle
    portal_session: Throttle
    sign_up: Throttle

    @classmethod
    def of(cls, settings: GatewaySettings) -> "Limits":
        """Return empty buckets, and throttles, of the sizes in the settings."""
        first = settings.failure_delay_seconds
        return cls(
            principal=Buckets(settings.principal_burst, settings.principal_per_second),
            workspace=Buckets(settings.workspace_burst, settings.workspace_per_second),
            portal=Buckets(settings.portal_burst, settings.portal_per_second),
            portal_bytes=Buckets(settings.portal_burst_bytes, settings.portal_bytes_per_second),
            portal_workspace=Buckets(settings.portal_workspace_burst, settings.portal_workspace_per_second),
            principal_in_flight=InFlight(settings.principal_in_flight, 4 * settings.principal_in_flight),
            workspace_in_flight=InFlight(settings.workspace_in_flight, 4 * settings.workspace_in_flight),
            address=Buckets(settings.address_burst, settings.address_per_second),
            account=Throttle("account", settings.account_free_failures, 900.0, first),
            device=Throttle("device", settings.device_free_failures, 300.0, first),
            network=Throttle("network", settings.network_free_failures, 60.0, first),
            portal_session=Throttle("portal", settings.network_free_failures, 60.0, first),
            sign_up=Throttle("sign-up", settings.sign_ups_free, 360.0, first),
        )


@dataclass(frozen=True)
class Resources:
    """The gateway's own parts of a process."""

    settings: GatewaySettings
    passwords: Passwords
    owners: Owners
    collector: Collector
    revocations: Revocations
    limits: Limits
    cookies: Cookies
    devices: Devices
    feed: LiveFeed


@asynccontextmanager
async def open_resources(feed: LiveFeed, runtime: Runtime) -> AsyncIterator[Resources]:
    """Open the parts, and let what is revoked end its live streams."""
    settings = runtime.settings
    assert isinstance(settings, GatewaySettings)  # noqa: S101 - main.py names this class
    revocations = runtime.revocations
    assert revocations is not None  # noqa: S101 - main.py names its source
    revocations.listeners.append(feed.end)
    resources = Resources(
        settings=settings,
        passwords=Passwords(threads=settings.password_threads, waiting=settings.passwords_waiting),
        owners=Owners(settings),
        collector=Collector(
            settings.otlp_endpoint,
            settings.environment,
            settings.otlp_token.get_secret_value() if settings.otlp_token else None,
        ),
        revocations=revocations,
        limits=Limits.of(settings),
        cookies=Cookies.of(settings),
        devices=Devices(settings.device_keys),
        feed=feed,
    )
    await _try_to_load(resources, runtime)
    kept = timedelta(seconds=settings.live_retention_seconds)
    work = (
        settings.key_ring.run(),
        feed.run(runtime.uow),
        keep_forgetting(runtime.uow, kept),
        _end_streams(feed, runtime),
    )
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield resources
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await resources.owners.close()
        await resources.collector.close()
        resources.passwords.close()


async def _try_to_load(resources: Resources, runtime: Runtime) -> None:
    """Start with what is known; without a database the process still starts, and is not ready."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(2):
            await resources.feed.poll(runtime.uow)


async def _end_streams(feed: LiveFeed, runtime: Runtime) -> None:
    """Let the streams end first: the server waits for open requests before it stops."""
    await runtime.stopping.wait()
    feed.end_all()


async def resources_of(request: Request) -> Resources:
    """Return the gateway's parts of this process."""
    resources: Resources = runtime_of(request).resources
    return resources


Parts = Annotated[Resources, Depends(resources_of)]
