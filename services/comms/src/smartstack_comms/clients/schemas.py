"""Request and response schemas of clients."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import MISSING, BaseModel, ConfigDict, Field

from smartstack_chassis.http.inputs import Input, Storable, VisibleText
from smartstack_chassis.http.pagination import Page
from smartstack_comms.clients import domain

ClientName = Annotated[str, Field(min_length=1, max_length=domain.MAX_CLIENT_NAME), VisibleText]
Notes = Annotated[str, Field(max_length=domain.MAX_NOTES), Storable]


class NewClient(Input):
    """A client to add."""

    name: ClientName
    notes: Notes = ""


class ClientChanges(Input):
    """A change to a client; omitted fields keep their values."""

    name: ClientName | MISSING = MISSING
    notes: Notes | MISSING = MISSING

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return self.model_dump()


class Client(BaseModel):
    """A paying account: a company or a person. `last_message_at` is null before the first message."""

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
