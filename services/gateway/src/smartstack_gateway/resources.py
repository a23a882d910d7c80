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
from smartstack_gateway.limits import Buckets
from smartstack_gateway.live import LiveFeed, keep_forgetting
from smartstack_gateway.owners import Owners
from smartstack_gateway.passwords import Passwords
from smartstack_gateway.revocations import RevocableVerifier, Revocations
from smartstack_gateway.settings import GatewaySettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """The rate limits: of a principal, of an address that sent no good token, of signing in by address and account."""

    principal: Buckets
    address: Buckets
    sign_in: Buckets
    account: Buckets

    @classmethod
    def of(cls, settings: GatewaySettings) -> "Limits":
        """Return empty buckets of the sizes in the settings."""
        return cls(
            principal=Buckets(settings.principal_burst, settings.principal_per_second),
            address=Buckets(settings.address_burst, settings.address_per_second),
            sign_in=Buckets(settings.sign_in_burst, settings.sign_in_per_second),
            # More than one address may use up: nobody alone can lock somebody else out.
            account=Buckets(2 * settings.sign_in_burst, 2 * settings.sign_in_per_second),
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
        collector=Collector(
            settings.otlp_endpoint,
            settings.environment,
            settings.otlp_token.get_secret_value() if settings.otlp_token else None,
        ),
        revocations=revocations,
        limits=Limits.of(settings),
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
