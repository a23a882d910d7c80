"""Composes and runs the gateway."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from smartstack_chassis.auth.tokens import KeySource
from smartstack_chassis.process.runner import run
from smartstack_chassis.process.service import Service
from smartstack_gateway import consumers, queries
from smartstack_gateway.api import identity, live, share_links, today, traces
from smartstack_gateway.edge.app import around, lane_of
from smartstack_gateway.live import LiveFeed
from smartstack_gateway.resources import open_resources
from smartstack_gateway.settings import GatewaySettings

# What is about traces would show up among them, and a stream would be the slowest of all.
UNTRACED = ("/api/v1/traces", "/api/v1/ops/", "/api/v1/live")


def _keys(settings: GatewaySettings) -> KeySource:
    return settings.key_ring


def compose() -> Service:
    """Return a gateway whose consumer wakes the live streams of the same process."""
    feed = LiveFeed()
    return Service(
        name="gateway",
        root=Path(__file__).parents[2],
        routers=[identity.router, share_links.router, live.router, today.router, traces.router],
        handlers=consumers.handlers(feed.nudge),
        settings=GatewaySettings,
        resources=partial(open_resources, feed),
        around=around,
        lane_of=lane_of,
        keys=_keys,
        revocations=queries.revoked_since,
        description="Identity, share links, what several services together know, and what happens now.",
        public=True,
        untraced=UNTRACED,
    )


service = compose()


def main(argv: Sequence[str] | None = None) -> int:
    """Run `serve` or `migrate`; return the exit status."""
    return run(service, argv)
