"""HTTP: suggestions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response

from smartstack_ai import commands, queries
from smartstack_ai.domain import SuggestionStatus
from smartstack_ai.schemas import AcceptedSuggestion, AcceptSuggestion, Suggestion
from smartstack_chassis.edge import Create, CurrentMember, Uow
from smartstack_chassis.pagination import Page, Paging
from smartstack_chassis.uow import Transaction

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
    create: Create,
    body: Annotated[AcceptSuggestion | None, Body()] = None,
) -> Response:
    """Accept a suggestion, edited or as it is: the task is made under the id that this returns."""
    edited = (body or AcceptSuggestion()).fields

    async def work(transaction: Transaction) -> AcceptedSuggestion:
        suggestion = await commands.accept_suggestion(transaction, suggestion_id, edited)
        return AcceptedSuggestion.model_validate(suggestion, from_attributes=True)

    return await create(member, work, status=200)


@router.post("/suggestions/{suggestion_id}/dismiss", response_model=Suggestion)
async def dismiss_suggestion(suggestion_id: UUID, member: CurrentMember, create: Create) -> Response:
    """Dismiss a suggestion; it can be restored."""

    async def work(transaction: Transaction) -> Suggestion:
        suggestion = await commands.dismiss_suggestion(transaction, suggestion_id)
        return queries.as_schema(suggestion, await queries.workspace_zone(transaction))

    return await create(member, work, status=200)


@router.post("/suggestions/{suggestion_id}/restore", response_model=Suggestion)
async def restore_suggestion(suggestion_id: UUID, member: CurrentMember, create: Create) -> Response:
    """Undo a dismissal; doing it again changes nothing."""

    async def work(transaction: Transaction) -> Suggestion:
        suggestion = await commands.restore_suggestion(transaction, suggestion_id)
        return queries.as_schema(suggestion, await queries.workspace_zone(transaction))

    return await create(member, work, status=200)
