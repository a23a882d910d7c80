"""Events of the comms service: clients and what is said with them."""

from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import AwareDatetime

from smartstack_contracts import samples
from smartstack_contracts.envelope import EventData, Service
from smartstack_contracts.open_enums import Open
from smartstack_contracts.values import Channel, MessageBody

_MESSAGE: Final[dict[str, Any]] = {
    "message_id": samples.MESSAGE,
    "conversation_id": samples.CONVERSATION,
    "client_id": samples.CLIENT,
    "channel": Channel.CHAT,
    "author_name": "Acme",
    "body": samples.BODY,
    "created_at": samples.NOW,
}


class _CommsEvent(EventData):
    service: ClassVar[Service] = "comms"
    live = True


class _ClientState(_CommsEvent):
    aggregate = "client"
    subscribers = ("tasks",)

    client_id: UUID
    client_name: str


class ClientCreated(_ClientState):
    """A client was added."""

    name = "client_created"
    example = {"client_id": samples.CLIENT, "client_name": "Acme"}


class ClientUpdated(_ClientState):
    """A client was renamed or its notes changed; carries the state after it."""

    name = "client_updated"
    example = {"client_id": samples.CLIENT, "client_name": "Acme Ltd"}


class _Message(_CommsEvent):
    aggregate = "conversation"
    subscribers = ("ai",)

    message_id: UUID
    conversation_id: UUID
    client_id: UUID
    channel: Open[Channel]
    author_name: str
    body: MessageBody
    created_at: AwareDatetime


class MessageReceived(_Message):
    """A client wrote to us."""

    name = "message_received"
    example = _MESSAGE


class MessageSent(_Message):
    """We wrote to a client."""

    name = "message_sent"
    example = {**_MESSAGE, "author_name": "Studio"}
