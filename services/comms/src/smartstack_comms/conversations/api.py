"""HTTP -> query about conversations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import reply
from smartstack_chassis.http.pagination import Paging
from smartstack_comms.conversations import queries
from smartstack_comms.conversations.domain import ConversationStatus
from smartstack_comms.conversations.schemas import Conversation, ConversationPage

router = APIRouter()


@router.get("/conversations", response_model=ConversationPage, tags=["conversations"])
async def list_conversations(
    member: CurrentMember,
    uow: Uow,
    paging: Paging,
    client_id: Annotated[UUID | None, Query(description="Only conversations with this client.")] = None,
    status: ConversationStatus | None = None,
    awaiting_reply: Annotated[bool, Query(description="Only open ones whose last message is the client's.")] = False,
) -> Response:
    """List conversations, newest activity first."""
    async with uow.read(member) as reader:
        found, cursor = await queries.list_conversations(
            reader, paging, client_id=client_id, status=status, awaiting_reply=awaiting_reply
        )
    return reply(ConversationPage(items=found, next_cursor=cursor))


@router.get("/conversations/{conversation_id}", response_model=Conversation, tags=["conversations"])
async def get_conversation(member: CurrentMember, uow: Uow, conversation_id: UUID) -> Response:
    """Read one conversation."""
    async with uow.read(member) as reader:
        return reply(await queries.get_conversation(reader, conversation_id))
