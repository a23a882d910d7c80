"""The use cases of messages: one function each, and no other code writes messages."""

from uuid import UUID

from smartstack_chassis.events.uow import Transaction
from smartstack_comms.clients.queries import get_client_name
from smartstack_comms.conversations.commands import touch_conversation, upsert_chat
from smartstack_comms.conversations.values import Turn
from smartstack_comms.messages import domain, events
from smartstack_comms.messages.models import Message
from smartstack_contracts import new_id


async def receive_message(transaction: Transaction, client_id: UUID, body: str) -> Message:
    """Add a client's message to its chat, which the first one opens. Raises NotFound without such a client."""
    client_name = await get_client_name(transaction, client_id)
    turn = await upsert_chat(transaction, client_id, body)
    message = _append_message(transaction, turn, client_name, body)
    events.message_received(transaction, turn, message)
    return message


async def send_message(transaction: Transaction, conversation_id: UUID, body: str) -> Message:
    """Write to the client of a conversation, in the workspace's name; a closed one opens again. Raises NotFound."""
    turn, team = await touch_conversation(transaction, conversation_id, body)
    message = _append_message(transaction, turn, team or domain.UNNAMED_TEAM, body)
    events.message_sent(transaction, turn, message)
    return message


def _append_message(transaction: Transaction, turn: Turn, author_name: str, body: str) -> Message:
    """Add the message. Its id is made while the conversation is locked, so that ids follow the turns."""
    message = Message(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        conversation_id=turn.conversation_id,
        client_id=turn.client_id,
        direction=turn.direction,
        author_name=author_name,
        auth_id=transaction.actor.auth_id,
        body=body,
        created_at=turn.taken_at,
    )
    transaction.session.add(message)
    return message
