"""The use cases of conversations: one function each, and no other code writes conversations."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction
from smartstack_comms.conversations import domain
from smartstack_comms.conversations.domain import ConversationStatus, Direction
from smartstack_comms.conversations.models import Conversation
from smartstack_comms.conversations.values import Turn
from smartstack_comms.workspaces.queries import workspace_name
from smartstack_contracts import new_id
from smartstack_contracts.values import Channel

# Read once the row is locked: the last message of a conversation is the last one to lock it.
_NOW = sa.func.clock_timestamp()


async def upsert_chat(transaction: Transaction, client_id: UUID, body: str) -> Turn:
    """Return the turn of a client's message in its chat; concurrent first messages open one conversation."""
    last = _last_message(Direction.INBOUND, body)
    row = insert(Conversation).values(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        client_id=client_id,
        channel=Channel.CHAT,
        version=1,
        created_at=_NOW,
        **last,
    )
    upserted = row.on_conflict_do_update(
        index_elements=[Conversation.workspace_id, Conversation.client_id, Conversation.channel],
        set_={**last, "version": Conversation.version + 1},
    )
    return _turn((await transaction.session.execute(upserted.returning(Conversation))).scalar_one())


async def touch_conversation(transaction: Transaction, conversation_id: UUID, body: str) -> tuple[Turn, str | None]:
    """Return the turn of our message, and the workspace's name where it is known; a closed conversation opens again.

    Raises NotFound.
    """
    touched = (
        sa.update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(version=Conversation.version + 1, **_last_message(Direction.OUTBOUND, body))
        .returning(Conversation, workspace_name(transaction.workspace_id))
        .execution_options(synchronize_session=False)
    )
    row = (await transaction.session.execute(touched)).one_or_none()
    if row is None:
        raise NotFound.of("conversation")
    return _turn(row[0]), row[1]


def _last_message(direction: Direction, body: str) -> dict[str, Any]:
    return {
        "status": ConversationStatus.OPEN,
        "last_message_at": _NOW,
        "last_message_preview": domain.preview(body),
        "last_message_direction": direction,
        "updated_at": _NOW,
    }


def _turn(conversation: Conversation) -> Turn:
    return Turn(
        conversation_id=conversation.id,
        client_id=conversation.client_id,
        channel=conversation.channel,
        direction=conversation.last_message_direction,
        taken_at=conversation.last_message_at,
        sequence=conversation.version,
    )
