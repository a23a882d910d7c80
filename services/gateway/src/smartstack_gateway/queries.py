"""What the gateway reads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.errors import Unauthenticated
from smartstack_chassis.tenancy import Member
from smartstack_gateway.models import MembershipRow, SessionRow, UserRow, WorkspaceRow
from smartstack_gateway.schemas import Me, User, Workspace


async def me(session: AsyncSession, member: Member) -> Me:
    """Return who calls. Raises Unauthenticated when the member is gone."""
    found = (
        await session.execute(
            select(UserRow, WorkspaceRow, MembershipRow.role)
            .join(MembershipRow, MembershipRow.user_id == UserRow.id)
            .join(WorkspaceRow, WorkspaceRow.id == MembershipRow.workspace_id)
            .where(UserRow.id == member.user_id, WorkspaceRow.id == member.workspace_id)
        )
    ).first()
    if found is None:
        raise Unauthenticated("invalid_token", "This account is gone; sign in again.")
    user, workspace, role = found
    return Me(
        user=User(id=user.id, email=user.email, name=user.name),
        workspace=Workspace(id=workspace.id, name=workspace.name, timezone=workspace.timezone),
        role=role,
    )


async def revoked_since(session: AsyncSession, since: datetime) -> set[UUID]:
    """Return the sessions and share links that were revoked at or after `since`. Needs the system scope."""
    sessions = select(SessionRow.id).where(SessionRow.revoked_at >= since)
    return set((await session.scalars(union_all(sessions))).all())
