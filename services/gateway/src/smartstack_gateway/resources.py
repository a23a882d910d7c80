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

from smartstack_chassis.edge import runtime_of
from smartstack_chassis.runtime import Runtime
from smartstack_gateway.collector import Collector
from smartstack_gateway.commands.throttles import Throttle
from smartstack_gateway.cookies import Cookies
from smartstack_gateway.devices import Devices
from smartstack_gateway.limits import Buckets
from smartstack_gateway.live import LiveFeed, keep_forgetting
from smartstack_gateway.owners import Owners
from smartstack_gateway.passwords import Passwords
from smartstack_gateway.revocations import RevocableVerifier, Revocations
from smartstack_gateway.settings import GatewaySettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """The rate limits of a principal and of a network that sent no good token; the throttles of those who fail."""

    principal: Buckets
    address: Buckets
    account: Throttle
    device: Throttle
    network: Throttle
    portal: Throttle
    sign_up: Throttle

    @classmethod
    def of(cls, settings: GatewaySettings) -> "Limits":
        """Return empty buckets, and throttles, of the sizes in the settings."""
        first = settings.failure_delay_seconds
        return cls(
            principal=Buckets(settings.principal_burst, settings.principal_per_second),
            address=Buckets(settings.address_burst, settings.address_per_second),
            account=Throttle("account", settings.account_free_failures, 900.0, first),
            device=Throttle("device", settings.device_free_failures, 300.0, first),
            network=Throttle("network", settings.network_free_failures, 60.0, first),
            portal=Throttle("portal", settings.network_free_failures, 60.0, first),
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
    """Open the parts, and make the process refuse revoked tokens."""
    settings = runtime.settings
    assert isinstance(settings, GatewaySettings)  # noqa: S101 - main.py names this class
    revocations = Revocations()
    revocations.listeners.append(feed.end)
    runtime.verifier = RevocableVerifier(settings.verification_keys, revocations)
    resources = Resources(
        settings=settings,
        passwords=Passwords(threads=settings.password_threads, waiting=settings.passwords_waiting),
        owners=Owners(settings),
        collector=Collector(settings.otlp_endpoint, settings.environment),
        revocations=revocations,
        limits=Limits.of(settings),
        cookies=Cookies.of(settings),
        devices=Devices(settings.device_keys),
        feed=feed,
    )
    await _try_to_load(resources, runtime)
    kept = timedelta(seconds=settings.live_retention_seconds)
    work = (
        revocations.run(runtime.uow),
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
            await resources.revocations.load(runtime.uow)
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
