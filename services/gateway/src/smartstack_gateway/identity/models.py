"""Tables of accounts."""

from datetime import datetime
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
    """A user's membership of a workspace, with its role."""

    __tablename__ = "memberships"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(_Time)
