"""The gateway's tables."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from smartstack_chassis.database.engine import Base

_Time = DateTime(timezone=True)


class UserRow(Base):
    """A person. Belongs to no workspace: a colleague's transaction may read it, only the system scope may change it."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    # Written by the release before; a contract revision moves it to `credentials`.
    password_hash: Mapped[str | None] = mapped_column(deferred=True)
    sign_up_digest: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(_Time)
    updated_at: Mapped[datetime] = mapped_column(_Time)


class CredentialRow(Base):
    """A person's password hash (PHC string). Only the system scope sees it."""

    __tablename__ = "credentials"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    password_hash: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(_Time)


class WorkspaceRow(Base):
    """A tenant. `timezone` is an IANA name."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(_Time)
    updated_at: Mapped[datetime] = mapped_column(_Time)


class MembershipRow(Base):
    """Who may act in which workspace, as what."""

    __tablename__ = "memberships"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(_Time)


class SessionRow(Base):
    """One sign-in: the family of refresh tokens that came of it."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(_Time)
    expires_at: Mapped[datetime] = mapped_column(_Time)
    revoked_at: Mapped[datetime | None] = mapped_column(_Time)
    revoked_reason: Mapped[str | None]


class RefreshTokenRow(Base):
    """One refresh token, by its digest. Kept after use, so that a second use is noticed."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    created_at: Mapped[datetime] = mapped_column(_Time)
    expires_at: Mapped[datetime] = mapped_column(_Time)
    used_at: Mapped[datetime | None] = mapped_column(_Time)


class ShareLinkRow(Base):
    """A link that lets a client in, by the digest of its token. Keeps the client's name as it was last heard of."""

    __tablename__ = "share_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    client_id: Mapped[UUID]
    client_name: Mapped[str]
    client_version: Mapped[int]
    digest: Mapped[bytes]
    created_by: Mapped[UUID]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(_Time)
    updated_at: Mapped[datetime] = mapped_column(_Time)
    expires_at: Mapped[datetime] = mapped_column(_Time)
    revoked_at: Mapped[datetime | None] = mapped_column(_Time)
    use_count: Mapped[int]
    last_used_at: Mapped[datetime | None] = mapped_column(_Time)


@dataclass(frozen=True)
class LiveEvent:
    """A row of live_events: something that happened, with ids of what to read again. Written and read by plain SQL."""

    id: int
    workspace_id: UUID
    type: str
    subject: UUID
    time: datetime
    data: dict[str, str]
    traceparent: str | None = None

    @cached_property
    def frame(self) -> bytes:
        """Return the event as the stream carries it (HTML standard, server-sent events)."""
        body: dict[str, Any] = {
            "type": self.type,
            "subject": str(self.subject),
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "data": self.data,
        }
        if self.traceparent:
            body["traceparent"] = self.traceparent
        return f"id: {self.id}\nevent: {self.type}\ndata: {json.dumps(body)}\n\n".encode()
