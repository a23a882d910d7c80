"""Queries of share links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.http.pagination import PageRequest
from smartstack_gateway.share_links.models import ShareLinkRow
from smartstack_gateway.share_links.schemas import ShareLink, ShareLinkPage


async def revoked_since(session: AsyncSession, since: datetime) -> set[UUID]:
    """Return the share links that were revoked at or after `since`. Needs the system scope."""
    return set((await session.scalars(select(ShareLinkRow.id).where(ShareLinkRow.revoked_at >= since))).all())


async def list_share_links(session: AsyncSession, client_id: UUID, paging: PageRequest) -> ShareLinkPage:
    """Return the links of a client, newest first, ended ones included."""
    found = select(ShareLinkRow).where(ShareLinkRow.client_id == client_id)
    if (after := paging.after(UUID)) is not None:
        found = found.where(ShareLinkRow.id < after[0])
    rows = (await session.scalars(found.order_by(ShareLinkRow.id.desc()).limit(paging.limit + 1))).all()
    page, cursor = paging.page(rows, lambda row: (row.id,))
    return ShareLinkPage(items=[ShareLink.model_validate(row) for row in page], next_cursor=cursor)
