"""Reads conversations. Row-level security limits each read to the workspace of the transaction."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.database.statements import Sql, Value, columns_of, statement
from smartstack_chassis.database.transactions import Reader
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, instant
from smartstack_comms.clients.queries import client_name_by_id, client_name_of
from smartstack_comms.conversations import schemas
from smartstack_comms.conversations.domain import ConversationStatus, Direction
from smartstack_comms.conversations.models import Conversation
from smartstack_contracts.values import Channel

CLIENT_NAME = client_name_of(Conversation.client_id)


def last_message_at_of(client_id: InstrumentedAttribute[UUID]) -> sa.ScalarSelect[datetime]:
    """Return the subquery for the time of the last message of the client in the column `client_id`."""
    last = sa.select(sa.func.max(Conversation.last_message_at)).where(Conversation.client_id == client_id)
    return last.correlate(client_id.class_).scalar_subquery()


_SHOWN = columns_of(Conversation, schemas.Conversation, client_name=CLIENT_NAME)


async def get_conversation(reader: Reader, conversation_id: UUID) -> schemas.Conversation:
    """Return a conversation; raises NotFound."""
    row = await reader.first(_conversation, conversation_id=conversation_id)
    if row is None:
        raise NotFound.of("conversation")
    return schemas.Conversation.model_validate(row)


@statement
def _conversation(*, conversation_id: Value) -> Sql:
    return sa.select(*_SHOWN).where(Conversation.id == conversation_id)


async def list_conversations(
    reader: Reader,
    paging: PageRequest,
    *,
    client_id: UUID | None = None,
    status: ConversationStatus | None = None,
    awaiting_reply: bool = False,
) -> tuple[list[schemas.Conversation], str | None]:
    """Return a page of conversations, newest activity first, and the next cursor."""
    after_at, after_id = paging.after(instant, UUID) or (None, None)
    rows = await reader.fetch(
        _conversations,
        limit=paging.limit + 1,
        client_id=client_id,
        status=status,
        awaiting_reply=awaiting_reply or None,
        after_at=after_at,
        after_id=after_id,
    )
    page, cursor = paging.page(rows, lambda row: (row["last_message_at"], row["id"]))
    return [schemas.Conversation.model_validate(row) for row in page], cursor


@statement
def _conversations(
    *,
    limit: Value,
    client_id: Value | None,
    status: Value | None,
    awaiting_reply: Value | None,
    after_at: Value | None,
    after_id: Value | None,
) -> Sql:
    query = sa.select(*_SHOWN)
    for column, value in ((Conversation.client_id, client_id), (Conversation.status, status)):
        if value is not None:
            query = query.where(column == value)
    if awaiting_reply is not None:
        open_ = Conversation.status == ConversationStatus.OPEN
        query = query.where(open_, Conversation.last_message_direction == Direction.INBOUND)
    if after_at is not None and after_id is not None:
        query = query.where(sa.tuple_(Conversation.last_message_at, Conversation.id) < sa.tuple_(after_at, after_id))
    return query.order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(limit)


async def find_chat(transaction: Transaction, client_id: UUID) -> UUID | None:
    """Return the id of a client's chat, or None before its first message. Raises NotFound without such a client."""
    chat = sa.select(Conversation.id).where(Conversation.client_id == client_id, Conversation.channel == Channel.CHAT)
    found = sa.select(client_name_by_id(client_id), chat.scalar_subquery())
    name, chat_id = (await transaction.session.execute(found)).one()
    if name is None:
        raise NotFound.of("client")
    return chat_id
