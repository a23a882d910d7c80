"""Reads messages. Row-level security limits each read to the workspace of the transaction."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from smartstack_chassis.database.statements import Row, Sql, Value, columns_of, statement
from smartstack_chassis.database.transactions import Reader
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest
from smartstack_comms.conversations.queries import find_chat, get_conversation
from smartstack_comms.messages import schemas
from smartstack_comms.messages.models import Message

_SHOWN = columns_of(Message, schemas.Message)


async def list_messages(
    reader: Reader, paging: PageRequest, conversation_id: UUID
) -> tuple[list[schemas.Message], str | None]:
    """Return a page of a conversation, newest first, and the cursor that goes back in time. Raises NotFound."""
    await get_conversation(reader, conversation_id)
    return _page(paging, await reader.fetch(_messages, **_asked(paging, conversation_id)))


async def list_chat(
    transaction: Transaction, paging: PageRequest, client_id: UUID
) -> tuple[list[schemas.Message], str | None]:
    """Return a page of a client's chat, as list_messages does. Raises NotFound when the client is unknown."""
    conversation_id = await find_chat(transaction, client_id)
    if conversation_id is None:
        return [], None
    return _page(paging, await transaction.fetch(_messages, **_asked(paging, conversation_id)))


def _asked(paging: PageRequest, conversation_id: UUID) -> dict[str, Any]:
    (before,) = paging.after(UUID) or (None,)
    return {"limit": paging.limit + 1, "conversation_id": conversation_id, "before": before}


@statement
def _messages(*, limit: Value, conversation_id: Value, before: Value | None) -> Sql:
    query = sa.select(*_SHOWN).where(Message.conversation_id == conversation_id)
    if before is not None:
        query = query.where(Message.id < before)
    return query.order_by(Message.id.desc()).limit(limit)


def _page(paging: PageRequest, rows: list[Row]) -> tuple[list[schemas.Message], str | None]:
    page, cursor = paging.page(rows, lambda row: (row["id"],))
    return [schemas.Message.model_validate(row) for row in page], cursor
