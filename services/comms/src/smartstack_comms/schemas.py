"""What the API takes and gives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field

from smartstack_chassis.http.inputs import Input, Storable
from smartstack_chassis.http.pagination import Page
from smartstack_comms import domain
from smartstack_comms.domain import ConversationStatus, Direction
from smartstack_contracts.values import Channel

ClientName = Annotated[str, Field(min_length=1, max_length=domain.MAX_CLIENT_NAME), Storable]
Notes = Annotated[str, Field(max_length=domain.MAX_NOTES), Storable]
Body = Annotated[str, Field(min_length=1, max_length=domain.MAX_BODY), Storable]


class NewClient(Input):
    """A client to add."""

    name: ClientName
    notes: Notes = ""


class ClientChanges(Input):
    """What to change about a client; what is left out stays as it is."""

    name: ClientName | MISSING = MISSING
    notes: Notes | MISSING = MISSING

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return self.model_dump()


class Client(BaseModel):
    """A paying account: a company or a person. `last_message_at` is null as long as nobody wrote."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    notes: str
    last_message_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class ClientPage(Page[Client]):
    """Clients by name."""


class Conversation(BaseModel):
    """A thread with a client; it awaits our reply while it is open and its last message is inbound."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    client_id: UUID
    client_name: str
    channel: Channel
    status: ConversationStatus
    last_message_at: datetime
    last_message_preview: str
    last_message_direction: Direction
    version: int
    created_at: datetime
    updated_at: datetime


class ConversationPage(Page[Conversation]):
    """Conversations, newest activity first."""


class NewMessage(Input):
    """A message to send."""

    body: Body


class Message(BaseModel):
    """Something that was said; `author_name` is the name at that time."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    client_id: UUID
    direction: Direction
    author_name: str
    body: str
    created_at: datetime


class MessagePage(Page[Message]):
    """Messages, newest first; the cursor goes back in time."""
