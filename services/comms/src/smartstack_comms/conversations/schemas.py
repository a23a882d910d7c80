"""Response schemas of conversations."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from smartstack_chassis.http.pagination import Page
from smartstack_comms.conversations.domain import ConversationStatus, Direction
from smartstack_contracts.values import Channel


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
