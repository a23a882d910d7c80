"""Request and response schemas of the session endpoints."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from smartstack_chassis.http.inputs import Input
from smartstack_gateway.identity.domain import PASSWORD_TYPED_MAX
from smartstack_gateway.identity.schemas import Email, User, Workspace


class LogIn(Input):
    """The credentials of an existing account."""

    email: Email
    password: Annotated[str, StringConstraints(strip_whitespace=False), Field(max_length=PASSWORD_TYPED_MAX)]


class Session(BaseModel):
    """A signed-in person: the access token is good for `expires_in` seconds, the cookie renews it."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    user: User
    workspace: Workspace


class SignedUp(Session):
    """A new person, signed in. `timezone_replaced` is the unknown zone that was sent, when UTC took its place."""

    timezone_replaced: str | None
