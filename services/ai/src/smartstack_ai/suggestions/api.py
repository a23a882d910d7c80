"""HTTP: suggestions."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response

from smartstack_ai.context.queries import workspace_zone
from smartstack_ai.suggestions import commands, models, queries
from smartstack_ai.suggestions.domain import SuggestionStatus
from smartstack_ai.suggestions.schemas import AcceptedSuggestion, AcceptSuggestion, Suggestion
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey
from smartstack_chassis.http.pagination import Page, Paging

Decide = Callable[[Transaction, UUID], Awaitable[models.Suggestion]]

router = APIRouter(tags=["suggestions"])


@router.get("/suggestions")
async def list_suggestions(
    member: CurrentMember,
    uow: Uow,
    paging: Paging,
    status: Annotated[SuggestionStatus | None, Query()] = None,
    client_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> Page[Suggestion]:
    """List suggestions, newest first."""
    async with uow.begin(member) as transaction:
        items, cursor = await queries.list_suggestions(
            transaction, paging, status=status, client_id=client_id, conversation_id=conversation_id
        )
    return Page(items=items, next_cursor=cursor)


@router.post("/suggestions/{suggestion_id}/accept", response_model=AcceptedSuggestion)
async def accept_suggestion(
    suggestion_id: UUID,
    member: CurrentMember,
    idempotent: OncePerKey,
    body: Annotated[AcceptSuggestion | None, Body()] = None,
) -> Response:
    """Accept a suggestion, edited or as it is: the task is made under the id that this returns."""
    edited = (body or AcceptSuggestion()).fields
    return await idempotent.run(
        member, commands.accept_suggestion, suggestion_id, edited, respond=AcceptedSuggestion, status=200
    )


@router.post("/suggestions/{suggestion_id}/dismiss", response_model=Suggestion)
async def dismiss_suggestion(suggestion_id: UUID, member: CurrentMember, idempotent: OncePerKey) -> Response:
    """Dismiss a suggestion; it can be restored."""
    return await idempotent.run(
        member, _show, commands.dismiss_suggestion, suggestion_id, respond=Suggestion, status=200
    )


@router.post("/suggestions/{suggestion_id}/restore", response_model=Suggestion)
async def restore_suggestion(suggestion_id: UUID, member: CurrentMember, idempotent: OncePerKey) -> Response:
    """Undo a dismissal; doing it again changes nothing."""
    return await idempotent.run(
        member, _show, commands.restore_suggestion, suggestion_id, respond=Suggestion, status=200
    )


async def _show(transaction: Transaction, command: Decide, suggestion_id: UUID) -> Suggestion:
    suggestion = await command(transaction, suggestion_id)
    return queries.as_schema(suggestion, await workspace_zone(transaction))
