"""Request and response schemas of the account endpoints."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from smartstack_chassis.core.actors import MemberRole
from smartstack_chassis.http.inputs import Input, Storable, VisibleText
from smartstack_gateway.identity.domain import PASSWORD_MAX, PASSWORD_MIN, UTC, check_email, check_password

Email = Annotated[str, Storable, AfterValidator(check_email), Field(json_schema_extra={"format": "email"})]
# Spaces belong to a password, so they are kept; the bounds are checked by a rule that names both.
Password = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    AfterValidator(check_password),
    Field(json_schema_extra={"minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX, "format": "password"}),
]
Name = Annotated[str, Field(min_length=1, max_length=200), VisibleText]


class SignUp(Input):
    """A new person with a new workspace. `timezone` is an IANA name; the workspace gets UTC for one that is unknown."""

    email: Email
    password: Password
    name: Name
    workspace_name: Name
    timezone: Annotated[str, Storable, Field(max_length=100)] = UTC


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


class Me(BaseModel):
    """The caller and their workspace. `features` names additions of this installation that they may use: `ops`."""

    user: User
    workspace: Workspace
    role: MemberRole
    features: list[str]
