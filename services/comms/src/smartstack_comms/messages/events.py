"""Public events of messages."""

from typing import Any

from smartstack_chassis.events.uow import Transaction
from smartstack_comms.conversations.values import Turn
from smartstack_comms.messages.models import Message
from smartstack_contracts.events.comms import MessageReceived, MessageSent


def message_received(transaction: Transaction, turn: Turn, message: Message) -> None:
    """Announce that a client wrote. The aggregate is the conversation: its sequence orders the messages."""
    data = MessageReceived(**_message_fields(turn, message))
    transaction.emit(data, subject=turn.conversation_id, sequence=turn.sequence)


def message_sent(transaction: Transaction, turn: Turn, message: Message) -> None:
    """Announce that the workspace wrote."""
    data = MessageSent(**_message_fields(turn, message))
    transaction.emit(data, subject=turn.conversation_id, sequence=turn.sequence)


def _message_fields(turn: Turn, message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "conversation_id": turn.conversation_id,
        "client_id": turn.client_id,
        "channel": turn.channel,
        "author_name": message.author_name,
        "body": message.body,
        "created_at": message.created_at,
    }
