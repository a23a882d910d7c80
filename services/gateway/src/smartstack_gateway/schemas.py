"""What the gateway's API takes and gives."""

from datetime import date as Date  # noqa: N812 - a field is called date
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from smartstack_chassis.core.actors import MemberRole
from smartstack_chassis.http.inputs import Input, Instant, Storable
from smartstack_chassis.http.pagination import Page
from smartstack_gateway.domain import PASSWORD_MAX, PASSWORD_MIN, check_email, check_password, check_timezone
from smartstack_gateway.settings import Owner

Email = Annotated[str, Storable, AfterValidator(check_email), Field(json_schema_extra={"format": "email"})]
# Spaces belong to a password, so they are kept; the bounds are checked by a rule that names both.
Password = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    AfterValidator(check_password),
    Field(json_schema_extra={"minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX, "format": "password"}),
]
Name = Annotated[str, Storable, Field(min_length=1, max_length=200)]


class SignUp(Input):
    """A new person with a new workspace; `timezone` is an IANA name."""

    email: Email
    password: Password
    name: Name
    workspace_name: Name
    timezone: Annotated[str, AfterValidator(check_timezone)] = "UTC"


class LogIn(Input):
    """Who comes back."""

    email: Email
    password: Annotated[str, StringConstraints(strip_whitespace=False), Field(max_length=PASSWORD_MAX)]


class User(BaseModel):
    """A person."""

    id: UUID
    email: str
    name: str


class Workspace(BaseModel):
    """A workspace; `timezone` is an IANA name."""

    id: UUID
    name: str
    timezone: str


class Session(BaseModel):
    """A signed-in person: the access token is good for `expires_in` seconds, the cookie renews it."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    user: User
    workspace: Workspace


class Me(BaseModel):
    """Who calls, and where. `features` names what this installation has for them beside the product: `ops`."""

    user: User
    workspace: Workspace
    role: MemberRole
    features: list[str]


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
    """The token of a share link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class PortalClientName(BaseModel):
    """The client whose link was opened."""

    id: UUID
    name: str


class PortalWorkspaceName(BaseModel):
    """Whose client that is."""

    name: str


class PortalSession(BaseModel):
    """A client who came through a share link: the access token is good for `expires_in` seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    client: PortalClientName
    workspace: PortalWorkspaceName


OWNED_SCHEMA = "x-owned-schema"


def _of_owner(name: str) -> WithJsonSchema:
    """Name a model that another service owns; the merged OpenAPI document puts its schema here."""
    return WithJsonSchema({"type": "object", OWNED_SCHEMA: name})


OwnedTask = Annotated[dict[str, Any], _of_owner("Task")]
OwnedSuggestion = Annotated[dict[str, Any], _of_owner("Suggestion")]
OwnedConversation = Annotated[dict[str, Any], _of_owner("Conversation")]


class TodayTasks(BaseModel):
    """Open tasks: those whose time is past, and those due in what is left of the day."""

    overdue: list[OwnedTask]
    due_today: list[OwnedTask]


class TodaySuggestions(BaseModel):
    """What waits for a decision: the newest, and how many there are."""

    items: list[OwnedSuggestion]
    count: int


class TodayConversations(BaseModel):
    """Open conversations in which the client wrote last."""

    awaiting_reply: list[OwnedConversation]


class Today(BaseModel):
    """The day in the workspace's zone. `missing` names the services that gave no answer: their part is empty."""

    date: Date
    timezone: str
    tasks: TodayTasks
    suggestions: TodaySuggestions
    conversations: TodayConversations
    missing: list[Owner]
