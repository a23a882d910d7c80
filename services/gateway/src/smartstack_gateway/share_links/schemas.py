"""Request and response schemas of the share link endpoints."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from smartstack_chassis.http.inputs import Input, Instant
from smartstack_chassis.http.pagination import Page


class NewShareLink(Input):
    """A link to make. It ends at `expires_at`, within a year; in 30 days when that is left out."""

    expires_at: Instant | None = None


class ShareLink(BaseModel):
    """A link that lets a client in; its token was shown once and is not kept."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    client_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    use_count: int
    last_used_at: datetime | None


class ShareLinkCreated(ShareLink):
    """A new link with its token, which is shown this once, and the address to send."""

    token: str
    url: str


class ShareLinkPage(Page[ShareLink]):
    """Share links, newest first."""


class NewPortalSession(Input):
    """The token of a share link. `visit` of a former answer renews that visit, which then counts as one use."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    visit: Annotated[str, Field(max_length=200)] | None = None


class PortalClientName(BaseModel):
    """The client whose link was opened."""

    id: UUID
    name: str


class PortalWorkspaceName(BaseModel):
    """The workspace that a portal client belongs to."""

    name: str


class PortalSession(BaseModel):
    """A client who came through a share link: the access token is good for `expires_in` seconds.

    Send `visit` along to renew it without another use of the link.
    """

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    visit: str
    client: PortalClientName
    workspace: PortalWorkspaceName
