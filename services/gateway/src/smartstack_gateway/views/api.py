"""The page of a day, gathered from the services in parallel."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request

from smartstack_chassis.core import deadline
from smartstack_chassis.core.errors import Unavailable
from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_gateway.identity import queries as accounts
from smartstack_gateway.resources import ProcessResources
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.upstreams.client import UpstreamClient
from smartstack_gateway.values import UpstreamName
from smartstack_gateway.views.domain import Day, day_of, split_due
from smartstack_gateway.views.schemas import Today, TodayConversations, TodaySuggestions, TodayTasks

logger = logging.getLogger(__name__)

PAGE = 100
# A day with more than this is not read to its end: counts are then lower bounds.
PAGES = 5
SUGGESTIONS_SHOWN = 50

T = TypeVar("T")

router = APIRouter(tags=["today"])


class Lists:
    """Reads whole lists of the services, as the caller."""

    def __init__(self, upstreams: UpstreamClient, authorization: str) -> None:
        self._upstreams = upstreams
        self._authorization = authorization

    async def tasks(self, now: datetime, day: Day) -> TodayTasks:
        """Return the open tasks due until the day's end."""
        due = await self._read("tasks", "/api/v1/tasks", status="open", due_before=day.end.isoformat())
        overdue, due_today = split_due(due, now, day)
        return TodayTasks(overdue=overdue, due_today=due_today)

    async def suggestions(self) -> TodaySuggestions:
        """Return what waits for a decision."""
        pending = await self._read("ai", "/api/v1/suggestions", status="pending")
        return TodaySuggestions(items=pending[:SUGGESTIONS_SHOWN], count=len(pending))

    async def conversations(self) -> TodayConversations:
        """Return the open conversations that wait for our reply."""
        opened = await self._read("comms", "/api/v1/conversations", status="open")
        return TodayConversations(
            awaiting_reply=[each for each in opened if each["last_message_direction"] == "inbound"]
        )

    async def _read(self, upstream: UpstreamName, path: str, **query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(PAGES):
            page = {"limit": str(PAGE), **query} | ({"cursor": cursor} if cursor else {})
            answer = await self._upstreams.json(
                upstream, f"{path}?{urlencode(page)}", authorization=self._authorization
            )
            items += answer["items"]
            cursor = answer["next_cursor"]
            if not cursor:
                break
        return items


@router.get("/today")
async def today(request: Request, member: CurrentMember, uow: Uow, resources: ProcessResources) -> Today:
    """Return what the day asks for. When a service is down its part is empty and `missing` names it."""
    async with uow.begin(member) as transaction:
        timezone = await accounts.timezone(transaction.session, member)
    now = datetime.now(UTC)
    day = day_of(now, timezone)
    lists = Lists(resources[UpstreamClient], request.headers["authorization"])
    seconds = resources[GatewaySettings].today_seconds
    tasks, suggestions, conversations = await asyncio.gather(
        _within(seconds, lists.tasks(now, day)),
        _within(seconds, lists.suggestions()),
        _within(seconds, lists.conversations()),
    )
    found: dict[UpstreamName, Any] = {"tasks": tasks, "comms": conversations, "ai": suggestions}
    return Today(
        date=day.date,
        timezone=timezone,
        tasks=tasks or TodayTasks(overdue=[], due_today=[]),
        suggestions=suggestions or TodaySuggestions(items=[], count=0),
        conversations=conversations or TodayConversations(awaiting_reply=[]),
        missing=[upstream for upstream, part in found.items() if part is None],
    )


async def _within(seconds: float, reading: Awaitable[T]) -> T | None:
    """Return what is read, or None when it is not there in time or is not what was expected."""
    try:
        async with deadline.within(seconds):
            return await reading
    except (Unavailable, TimeoutError, KeyError, TypeError, ValueError) as error:
        logger.warning("a part of the day is missing: %r", error)
        return None
