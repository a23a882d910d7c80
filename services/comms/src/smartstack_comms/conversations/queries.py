"""Reads conversations. Row-level security limits each read to the workspace of the transaction."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, with_expression

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, instant
from smartstack_comms.clients.queries import client_name_by_id, client_name_of
from smartstack_comms.conversations.domain import ConversationStatus, Direction
from smartstack_comms.conversations.models import Conversation
from smartstack_contracts.values import Channel

CLIENT_NAME = client_name_of(Conversation.client_id)


def last_message_at_of(client_id: InstrumentedAttribute[UUID]) -> sa.ScalarSelect[datetime]:
    """Return the subquery for the time of the last message of the client in the column `client_id`."""
    last = sa.select(sa.func.max(Conversation.last_message_at)).where(Conversation.client_id == client_id)
    return last.correlate(client_id.class_).scalar_subquery()


async def get_conversation(transaction: Transaction, conversation_id: UUID) -> Conversation:
    """Return a conversation; raises NotFound."""
    query = sa.select(Conversation).options(with_expression(Conversation.client_name, CLIENT_NAME))
    conversation = await transaction.session.scalar(query.where(Conversation.id == conversation_id))
    if conversation is None:
        raise NotFound.of("conversation")
    return conversation


async def list_conversations(
    transaction: Transaction,
    paging: PageRequest,
    *,
    client_id: UUID | None = None,
    status: ConversationStatus | None = None,
    awaiting_reply: bool = False,
) -> tuple[list[Conversation], str | None]:
    """Return a page of conversations, newest activity first, and the next cursor."""
    query = sa.select(Conversation).options(with_expression(Conversation.client_name, CLIENT_NAME))
    for column, value in ((Conversation.client_id, client_id), (Conversation.status, status)):
        if value is not None:
            query = query.where(column == value)
    if awaiting_reply:
        open_ = Conversation.status == ConversationStatus.OPEN
        query = query.where(open_, Conversation.last_message_direction == Direction.INBOUND)
    key = sa.tuple_(Conversation.last_message_at, Conversation.id)
    if after := paging.after(instant, UUID):
        query = query.where(key < after)
    newest_first = query.order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
    rows = await transaction.session.scalars(newest_first.limit(paging.limit + 1))
    return paging.page(rows.all(), lambda item: (item.last_message_at, item.id))


async def find_chat(transaction: Transaction, client_id: UUID) -> UUID | None:
    """Return the id of a client's chat, or None before its first message. Raises NotFound without such a client."""
    chat = sa.select(Conversation.id).where(Conversation.client_id == client_id, Conversation.channel == Channel.CHAT)
    found = sa.select(client_name_by_id(client_id), chat.scalar_subquery())
    name, chat_id = (await transaction.session.execute(found)).one()
    if name is None:
        raise NotFound.of("client")
    return chat_id
