"""The live stream: server-sent events (HTML standard) over a plain GET, so that it can carry a token."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.http.dependencies import Uow, principal_of
from smartstack_gateway.live import queries
from smartstack_gateway.live.domain import LiveEvent, may_see, token_expiry
from smartstack_gateway.live.feed import LiveFeed, StreamLimits, Subscription
from smartstack_gateway.resources import ProcessResources
from smartstack_gateway.settings import GatewaySettings

logger = logging.getLogger(__name__)

REPLAYED = 1000
SEND_SECONDS = 20.0
RETRY_MILLISECONDS = 1000
# Sent to a page whose last event has expired: its content may be old, so it reads everything again.
RESET = b"event: reset\ndata: " + json.dumps({"type": "reset"}).encode() + b"\n\n"

router = APIRouter(tags=["live"])

LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,18}$")]


class EventStream(StreamingResponse):
    """A stream whose reader has to take what it is sent in time. Releases `slot` however it ends."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncGenerator[bytes, None], slot: ExitStack) -> None:
        headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
        super().__init__(frames, headers=headers)
        self._frames = frames
        self._slot = slot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        with self._slot:
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send until the source ends, the reader leaves (then this is cancelled), or it takes nothing for too long."""

        async def bounded(message: Message) -> None:
            async with asyncio.timeout(SEND_SECONDS):
                await send(message)

        try:
            await super().stream_response(bounded)
        except TimeoutError:
            logger.info("a reader of the live stream took nothing for %.0f s", SEND_SECONDS)
        finally:
            await self._frames.aclose()


@router.get(
    "/live",
    status_code=200,
    response_class=EventStream,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def live(
    request: Request,
    principal: Annotated[Principal, Depends(principal_of)],
    uow: Uow,
    resources: ProcessResources,
    last_event_id: LastEventId = None,
) -> EventStream:
    """Stream what happens: `event: <type>`, `data: {type, subject, time, data: {…ids}}`; a comment as heartbeat.

    `Last-Event-ID` brings what was missed (some of it perhaps twice), or one `reset` event when that is forgotten. Ends
    when the token does. A client's token sees the messages of its own conversation.
    """
    expires = token_expiry(request.headers["authorization"].split()[-1])
    with ExitStack() as stack:
        feed, settings = resources[LiveFeed], resources[GatewaySettings]
        subscription = stack.enter_context(feed.subscribe(principal, _limits(settings), request.state.address))
        missed = await _missed(uow, principal, None if last_event_id is None else int(last_event_id))
        frames = _frames(subscription, missed, expires, settings.live_heartbeat_seconds)
        return EventStream(frames, slot=stack.pop_all())


def _limits(settings: GatewaySettings) -> StreamLimits:
    return StreamLimits(settings.live_connections, settings.portal_connections_per_address)


async def _missed(uow: UnitOfWork, principal: Principal, last_id: int | None) -> list[LiveEvent] | None:
    if last_id is None:
        return []
    async with uow.begin(principal) as transaction:
        events = await queries.live_after(transaction.session, last_id, REPLAYED)
    return None if events is None else [event for event in events if may_see(principal, event)]


async def _frames(
    subscription: Subscription, missed: list[LiveEvent] | None, expires: float, heartbeat: float
) -> AsyncGenerator[bytes, None]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    if missed is None:
        yield RESET
    replayed = set()
    for event in missed or ():
        replayed.add(event.id)
        yield event.frame
    while not subscription.closed and (left := expires - time.time()) > 0:
        following = await subscription.next(min(heartbeat, left))
        if following is None:
            yield b": heartbeat\n\n"
        elif following.id not in replayed:
            yield following.frame
