"""Where a fact about clients and conversations becomes public."""

from typing import Any

from smartstack_chassis.events.uow import Transaction
from smartstack_comms.models import Client, Conversation, Message
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated, MessageReceived, MessageSent


def client_created(transaction: Transaction, client: Client) -> None:
    """Announce a new client."""
    data = ClientCreated(client_id=client.id, client_name=client.name)
    transaction.emit(data, subject=client.id, sequence=client.version)


def client_updated(transaction: Transaction, client: Client) -> None:
    """Announce the state of a client that changed."""
    data = ClientUpdated(client_id=client.id, client_name=client.name)
    transaction.emit(data, subject=client.id, sequence=client.version)


def message_received(transaction: Transaction, conversation: Conversation, message: Message) -> None:
    """Announce that a client wrote. The aggregate is the conversation: its sequence orders what was said."""
    data = MessageReceived(**_said(conversation, message))
    transaction.emit(data, subject=conversation.id, sequence=conversation.version)


def message_sent(transaction: Transaction, conversation: Conversation, message: Message) -> None:
    """Announce that we wrote."""
    data = MessageSent(**_said(conversation, message))
    transaction.emit(data, subject=conversation.id, sequence=conversation.version)


def _said(conversation: Conversation, message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "conversation_id": conversation.id,
        "client_id": conversation.client_id,
        "channel": conversation.channel,
        "author_name": message.author_name,
        "body": message.body,
        "created_at": message.created_at,
    }
