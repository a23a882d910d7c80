"""HTTP -> command or query about messages. Each reply leaves after its transaction has committed."""

from uuid import UUID

from fastapi import APIRouter, Response

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.pagination import Paging
from smartstack_comms.messages import commands, queries
from smartstack_comms.messages.schemas import Message, MessagePage, NewMessage

router = APIRouter()


@router.get("/conversations/{conversation_id}/messages", response_model=MessagePage, tags=["conversations"])
async def list_messages(member: CurrentMember, uow: Uow, paging: Paging, conversation_id: UUID) -> Response:
    """List the messages of a conversation, newest first."""
    async with uow.read(member) as reader:
        messages, cursor = await queries.list_messages(reader, paging, conversation_id)
    return reply(MessagePage(items=messages, next_cursor=cursor))


@router.post(
    "/conversations/{conversation_id}/messages", response_model=Message, status_code=201, tags=["conversations"]
)
async def send_message(
    member: CurrentMember, idempotent: OncePerKey, conversation_id: UUID, body: NewMessage
) -> Response:
    """Write to the client; a closed conversation opens again."""
    return await idempotent.run(member, commands.send_message, conversation_id, body.body, respond=Message)
