"""Queries of sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_gateway.sessions.models import SessionRow


async def revoked_since(session: AsyncSession, since: datetime) -> set[UUID]:
    """Return the sessions that were revoked at or after `since`. Needs the system scope."""
    return set((await session.scalars(select(SessionRow.id).where(SessionRow.revoked_at >= since))).all())
