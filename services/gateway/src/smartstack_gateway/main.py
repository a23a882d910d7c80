"""Composes and runs the gateway."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.auth.tokens import KeySource
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.process.runner import run
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.process.service import Service
from smartstack_gateway.edge.app import lane_of, wrap_app
from smartstack_gateway.edge.limits import EdgeLimits
from smartstack_gateway.identity import api as identity
from smartstack_gateway.identity.passwords import Passwords
from smartstack_gateway.live import api as live
from smartstack_gateway.live import consumers as live_consumers
from smartstack_gateway.live.feed import LiveFeed, close_streams
from smartstack_gateway.resources import Resources
from smartstack_gateway.retention import jobs as retention
from smartstack_gateway.sessions import api as sessions
from smartstack_gateway.sessions import queries as session_queries
from smartstack_gateway.sessions.cookies import Cookies
from smartstack_gateway.sessions.devices import Devices
from smartstack_gateway.sessions.throttling import SignInThrottles
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.share_links import api as share_links
from smartstack_gateway.share_links import consumers as share_link_consumers
from smartstack_gateway.share_links import queries as share_link_queries
from smartstack_gateway.telemetry import api as telemetry
from smartstack_gateway.telemetry.exporter import SpanExporter
from smartstack_gateway.upstreams.client import UpstreamClient
from smartstack_gateway.views import api as views

# Excluded: trace endpoints would trace themselves, and a stream would be the slowest request of all.
UNTRACED = ("/api/v1/traces", "/api/v1/ops/", "/api/v1/live")
FIRST_POLL_SECONDS = 2.0


def compose() -> Service:
    """Return a gateway whose consumer wakes the live streams of the same process."""
    feed = LiveFeed()
    handlers = EventHandlers("gateway")
    live_consumers.register(handlers, feed.nudge)
    share_link_consumers.register(handlers)
    return Service(
        name="gateway",
        root=Path(__file__).parents[2],
        routers=[
            sessions.router,
            identity.router,
            share_links.router,
            live.router,
            views.router,
            telemetry.router,
        ],
        handlers=handlers,
        jobs=retention.jobs,
        settings=GatewaySettings,
        resources=partial(open_resources, feed),
        wrap_app=wrap_app,
        lane_of=lane_of,
        keys=_keys,
        revocations=revoked_since,
        description="Identity, share links, what several services together know, and what happens now.",
        public=True,
        untraced=UNTRACED,
    )


@asynccontextmanager
async def open_resources(feed: LiveFeed, runtime: Runtime) -> AsyncIterator[Resources]:
    """Open the resources of a process, and let revoked access end its live streams."""
    settings, revocations = runtime.settings, runtime.revocations
    assert isinstance(settings, GatewaySettings)  # noqa: S101 - compose() names this class
    assert revocations is not None  # noqa: S101 - compose() names its source
    revocations.listeners.append(feed.close_revoked)
    async with contextlib.AsyncExitStack() as stack:
        resources = Resources(settings, revocations, feed, *_of_settings(settings), *_closed_by(stack, settings))
        await _try_to_poll(feed, runtime.uow)
        await stack.enter_async_context(_running(feed, settings, runtime))
        yield resources


def _of_settings(settings: GatewaySettings) -> tuple[object, ...]:
    return (
        EdgeLimits.of(settings),
        SignInThrottles.of(settings),
        Cookies.of(settings),
        Devices(settings.device_keys),
    )


def _closed_by(stack: contextlib.AsyncExitStack, settings: GatewaySettings) -> tuple[object, ...]:
    """Return what has to be closed; `stack` closes it."""
    passwords = Passwords(threads=settings.password_threads, waiting=settings.passwords_waiting)
    stack.callback(passwords.close)
    token = settings.otlp_token.get_secret_value() if settings.otlp_token else None
    exporter = SpanExporter(settings.otlp_endpoint, settings.environment, token)
    stack.push_async_callback(exporter.close)
    upstreams = UpstreamClient(settings)
    stack.push_async_callback(upstreams.close)
    return passwords, exporter, upstreams


@asynccontextmanager
async def _running(feed: LiveFeed, settings: GatewaySettings, runtime: Runtime) -> AsyncIterator[None]:
    """Run the background work of a process for the block."""
    work = (
        settings.key_ring.run(),
        feed.run(runtime.uow),
        close_streams(feed, runtime.stopping),
    )
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _try_to_poll(feed: LiveFeed, uow: UnitOfWork) -> None:
    """Start with what is known; without a database the process still starts, and is not ready."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(FIRST_POLL_SECONDS):
            await feed.poll(uow)


async def revoked_since(session: AsyncSession, since: datetime) -> set[UUID]:
    """Return the sessions and share links that were revoked at or after `since`. Needs the system scope."""
    sessions_ended = await session_queries.revoked_since(session, since)
    return sessions_ended | await share_link_queries.revoked_since(session, since)


def _keys(settings: GatewaySettings) -> KeySource:
    return settings.key_ring


service = compose()


def main(argv: Sequence[str] | None = None) -> int:
    """Run `serve` or `migrate`; return the exit status."""
    return run(service, argv)
