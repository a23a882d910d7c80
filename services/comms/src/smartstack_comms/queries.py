"""Reads. Row-level security limits each of them to the workspace of the transaction."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import with_expression

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, instant, text
from smartstack_comms.domain import ConversationStatus, Direction
from smartstack_comms.models import Client, Conversation, Message
from smartstack_contracts.values import Channel

NAME = sa.func.lower(Client.name)
LAST_MESSAGE_AT = (
    sa.select(sa.func.max(Conversation.last_message_at))
    .where(Conversation.client_id == Client.id)
    .correlate(Client)
    .scalar_subquery()
)
CLIENT_NAME = (
    sa.select(Client.name).where(Client.id == Conversation.client_id).correlate(Conversation).scalar_subquery()
)


async def get_client(transaction: Transaction, client_id: UUID) -> Client:
    """Return a client; raises NotFound."""
    query = sa.select(Client).options(with_expression(Client.last_message_at, LAST_MESSAGE_AT))
    client = await transaction.session.scalar(query.where(Client.id == client_id))
    if client is None:
        raise NotFound.of("client")
    return client


async def list_clients(
    transaction: Transaction, paging: PageRequest, *, search: str | None = None
) -> tuple[list[Client], str | None]:
    """Return a page of clients by name, and the next cursor; with `search` those whose name contains it in any case."""
    query = sa.select(Client, NAME).options(with_expression(Client.last_message_at, LAST_MESSAGE_AT))
    if search:
        query = query.where(Client.name.icontains(search, autoescape=True))
    if after := paging.after(text, UUID):
        query = query.where(sa.tuple_(NAME, Client.id) > after)
    rows = await transaction.session.execute(query.order_by(NAME, Client.id).limit(paging.limit + 1))
    page, cursor = paging.page(rows.all(), lambda row: (row[1], row[0].id))
    return [row[0] for row in page], cursor


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


async def list_messages(
    transaction: Transaction, paging: PageRequest, conversation_id: UUID
) -> tuple[list[Message], str | None]:
    """Return a page of a conversation, newest first, and the cursor that goes back in time. Raises NotFound."""
    await get_conversation(transaction, conversation_id)
    return await _messages(transaction, paging, conversation_id)


async def list_client_messages(
    transaction: Transaction, paging: PageRequest, client_id: UUID
) -> tuple[list[Message], str | None]:
    """Return a page of a client's own chat, as list_messages does. Raises NotFound when the client is unknown."""
    chat = sa.and_(Conversation.client_id == Client.id, Conversation.channel == Channel.CHAT)
    query = sa.select(Conversation.id).select_from(Client).outerjoin(Conversation, chat).where(Client.id == client_id)
    row = (await transaction.session.execute(query)).one_or_none()
    if row is None:
        raise NotFound.of("client")
    return await _messages(transaction, paging, row[0]) if row[0] else ([], None)


async def _messages(
    transaction: Transaction, paging: PageRequest, conversation_id: UUID
) -> tuple[list[Message], str | None]:
    query = sa.select(Message).where(Message.conversation_id == conversation_id)
    if after := paging.after(UUID):
        query = query.where(Message.id < after[0])
    rows = await transaction.session.scalars(query.order_by(Message.id.desc()).limit(paging.limit + 1))
    return paging.page(rows.all(), lambda message: (message.id,))


async def get_client_name(transaction: Transaction, client_id: UUID) -> str:
    """Return a client's name; raises NotFound."""
    name = await transaction.session.scalar(sa.select(Client.name).where(Client.id == client_id))
    if name is None:
        raise NotFound.of("client")
    return name
