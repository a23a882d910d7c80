"""Queries of accounts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.core.actors import OPERATORS, Member, MemberRole
from smartstack_chassis.core.errors import Unauthenticated
from smartstack_gateway.identity.domain import timezone_or_utc
from smartstack_gateway.identity.models import CredentialRow, MembershipRow, UserRow, WorkspaceRow
from smartstack_gateway.identity.schemas import Me, User, Workspace


@dataclass(frozen=True, slots=True)
class Account:
    """A person in one of their workspaces."""

    user: User
    workspace: Workspace
    role: MemberRole

    def member(self, session_id: UUID) -> Member:
        """Return who acts in a session of this account."""
        return Member(self.workspace.id, self.user.id, session_id, self.role)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person's password hash (PHC string)."""

    user_id: UUID
    password_hash: str | None


async def me(session: AsyncSession, member: Member, *, ops: bool) -> Me:
    """Return the caller; `ops` says whether this installation has Ops, which owners and admins see.

    Raises Unauthenticated when the member is gone.
    """
    found = await account(session, member.user_id, member.workspace_id)
    if found is None:
        raise Unauthenticated("invalid_token", "This account no longer exists; sign in again.")
    features = ["ops"] if ops and found.role in OPERATORS else []
    return Me(user=found.user, workspace=found.workspace, role=found.role, features=features)


async def account(session: AsyncSession, user_id: UUID, workspace_id: UUID) -> Account | None:
    """Return a person in a workspace, or None when they do not belong to it."""
    return await _account(session, _ACCOUNTS.where(UserRow.id == user_id, WorkspaceRow.id == workspace_id))


async def first_account(session: AsyncSession, user_id: UUID) -> Account | None:
    """Return a person in the workspace that they joined first, or None when they belong to none."""
    joined = _ACCOUNTS.where(UserRow.id == user_id).order_by(MembershipRow.created_at).limit(1)
    return await _account(session, joined)


async def credentials(session: AsyncSession, email: str) -> Credentials | None:
    """Return the credentials for an address. The release before kept the hash with the user."""
    stored = func.coalesce(CredentialRow.password_hash, UserRow.password_hash)
    joined = select(UserRow.id, stored).outerjoin(CredentialRow, CredentialRow.user_id == UserRow.id)
    found = (await session.execute(joined.where(UserRow.email == email))).first()
    return None if found is None else Credentials(found[0], found[1])


async def signed_up_with(session: AsyncSession, email: str, request: bytes) -> bool:
    """Return whether the request with this digest made the account with this address."""
    made = select(UserRow.id).where(UserRow.email == email, UserRow.sign_up_digest == request)
    return await session.scalar(made) is not None


async def workspace_name(session: AsyncSession, workspace_id: UUID) -> str:
    """Return the name of a workspace that exists."""
    return (await session.get_one(WorkspaceRow, workspace_id)).name


async def timezone(session: AsyncSession, member: Member) -> str:
    """Return the IANA name of the zone that the member's workspace lives in. Raises Unauthenticated without one."""
    found = await session.scalar(select(WorkspaceRow.timezone).where(WorkspaceRow.id == member.workspace_id))
    if found is None:
        raise Unauthenticated("invalid_token", "This workspace no longer exists; sign in again.")
    return timezone_or_utc(found)


_ACCOUNTS = (
    select(UserRow, WorkspaceRow, MembershipRow.role)
    .join(MembershipRow, MembershipRow.user_id == UserRow.id)
    .join(WorkspaceRow, WorkspaceRow.id == MembershipRow.workspace_id)
)


async def _account(session: AsyncSession, selected: Select[UserRow, WorkspaceRow, str]) -> Account | None:
    found = (await session.execute(selected)).first()
    if found is None:
        return None
    user, workspace, role = found
    return Account(
        user=User(id=user.id, email=user.email, name=user.name),
        workspace=Workspace(id=workspace.id, name=workspace.name, timezone=timezone_or_utc(workspace.timezone)),
        role=role,  # type: ignore[arg-type]
    )
