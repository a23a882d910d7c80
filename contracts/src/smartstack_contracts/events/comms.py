"""Events of the comms service: clients and what is said with them."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from smartstack_contracts.envelope import EventData, Service
from smartstack_contracts.values import Channel, MessageBody


class _CommsEvent(EventData):
    service: ClassVar[Service] = "comms"


class _ClientState(_CommsEvent):
    client_id: UUID
    client_name: str


class ClientCreated(_ClientState):
    """A client was added."""

    name = "client_created"


class ClientUpdated(_ClientState):
    """A client was renamed or its notes changed; carries the state after it."""

    name = "client_updated"


class _Message(_CommsEvent):
    message_id: UUID
    conversation_id: UUID
    client_id: UUID
    channel: Channel
    author_name: str
    body: MessageBody
    created_at: AwareDatetime


class MessageReceived(_Message):
    """A client wrote to us."""

    name = "message_received"


class MessageSent(_Message):
    """We wrote to a client."""

    name = "message_sent"
