"""Reads messages. Row-level security limits each read to the workspace of the transaction."""

from uuid import UUID

import sqlalchemy as sa

from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest
from smartstack_comms.conversations.queries import find_chat, get_conversation
from smartstack_comms.messages.models import Message


async def list_messages(
    transaction: Transaction, paging: PageRequest, conversation_id: UUID
) -> tuple[list[Message], str | None]:
    """Return a page of a conversation, newest first, and the cursor that goes back in time. Raises NotFound."""
    await get_conversation(transaction, conversation_id)
    return await _page(transaction, paging, conversation_id)


async def list_chat(transaction: Transaction, paging: PageRequest, client_id: UUID) -> tuple[list[Message], str | None]:
    """Return a page of a client's chat, as list_messages does. Raises NotFound when the client is unknown."""
    conversation_id = await find_chat(transaction, client_id)
    return await _page(transaction, paging, conversation_id) if conversation_id else ([], None)


async def _page(
    transaction: Transaction, paging: PageRequest, conversation_id: UUID
) -> tuple[list[Message], str | None]:
    query = sa.select(Message).where(Message.conversation_id == conversation_id)
    if after := paging.after(UUID):
        query = query.where(Message.id < after[0])
    rows = await transaction.session.scalars(query.order_by(Message.id.desc()).limit(paging.limit + 1))
    return paging.page(rows.all(), lambda message: (message.id,))
