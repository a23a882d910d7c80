"""What a day asks for, gathered from the services in parallel."""

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
from smartstack_gateway import queries
from smartstack_gateway.domain import Day, day_of, split_due
from smartstack_gateway.owners import Owners
from smartstack_gateway.resources import Parts
from smartstack_gateway.schemas import Today, TodayConversations, TodaySuggestions, TodayTasks
from smartstack_gateway.settings import Owner

logger = logging.getLogger(__name__)

PAGE = 100
# A day with more than this is not read to its end: counts are then lower bounds.
PAGES = 5
SUGGESTIONS_SHOWN = 50

T = TypeVar("T")

router = APIRouter(tags=["today"])


class Lists:
    """Reads whole lists of the services, as the caller."""

    def __init__(self, owners: Owners, authorization: str) -> None:
        self._owners = owners
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

    async def _read(self, owner: Owner, path: str, **query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(PAGES):
            page = {"limit": str(PAGE), **query} | ({"cursor": cursor} if cursor else {})
            answer = await self._owners.json(owner, f"{path}?{urlencode(page)}", authorization=self._authorization)
            items += answer["items"]
            cursor = answer["next_cursor"]
            if not cursor:
                break
        return items


@router.get("/today")
async def today(request: Request, member: CurrentMember, uow: Uow, parts: Parts) -> Today:
    """Return what the day asks for. When a service is down its part is empty and `missing` names it."""
    async with uow.begin(member) as transaction:
        timezone = await queries.timezone(transaction.session, member)
    now = datetime.now(UTC)
    day = day_of(now, timezone)
    lists = Lists(parts.owners, request.headers["authorization"])
    seconds = parts.settings.today_seconds
    tasks, suggestions, conversations = await asyncio.gather(
        _within(seconds, lists.tasks(now, day)),
        _within(seconds, lists.suggestions()),
        _within(seconds, lists.conversations()),
    )
    found: dict[Owner, Any] = {"tasks": tasks, "comms": conversations, "ai": suggestions}
    return Today(
        date=day.date,
        timezone=timezone,
        tasks=tasks or TodayTasks(overdue=[], due_today=[]),
        suggestions=suggestions or TodaySuggestions(items=[], count=0),
        conversations=conversations or TodayConversations(awaiting_reply=[]),
        missing=[owner for owner, part in found.items() if part is None],
    )


async def _within(seconds: float, reading: Awaitable[T]) -> T | None:
    """Return what is read, or None when it is not there in time or is not what was expected."""
    try:
        async with deadline.within(seconds):
            return await reading
    except (Unavailable, TimeoutError, KeyError, TypeError, ValueError) as error:
        logger.warning("a part of the day is missing: %r", error)
        return None
