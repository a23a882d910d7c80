"""Actors and their workspaces. Every transaction is opened for one of these."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

MemberRole = Literal["owner", "admin", "member"]
OPERATORS: frozenset[MemberRole] = frozenset({"owner", "admin"})
"""The roles that may look at traces, queues and dead letters."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person who signed in."""

    workspace_id: UUID
    user_id: UUID
    session_id: UUID
    role: MemberRole

    @property
    def auth_id(self) -> str:
        """Return the name under which events record this actor."""
        return f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class PortalClient:
    """A client who came through a share link: may touch what belongs to `client_id` and nothing else."""

    workspace_id: UUID
    client_id: UUID
    share_link_id: UUID

    @property
    def auth_id(self) -> str:
        """Return the name under which events record this actor."""
        return f"client:{self.client_id}"


@dataclass(frozen=True, slots=True)
class ServiceActor:
    """A service reacting to an event, on behalf of the actor that caused it."""

    workspace_id: UUID
    auth_id: str


Actor = Member | PortalClient | ServiceActor
