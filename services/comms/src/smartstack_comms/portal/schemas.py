"""Schemas of the portal: a separate contract, so that fields for members stay out of it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from smartstack_chassis.http.inputs import Input
from smartstack_chassis.http.pagination import Page
from smartstack_comms.conversations.domain import Direction
from smartstack_comms.messages.values import Body


class NewPortalMessage(Input):
    """A message to send as the client."""

    body: Body


class PortalMessage(BaseModel):
    """A message as the client sees it; `author_name` is the name at that time."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    client_id: UUID
    direction: Direction
    author_name: str
    body: str
    created_at: datetime


class PortalMessagePage(Page[PortalMessage]):
    """Messages, newest first; the cursor goes back in time."""
