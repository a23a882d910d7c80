"""What the gateway reads."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.core.actors import Member
from smartstack_chassis.core.errors import Unauthenticated
from smartstack_chassis.http.pagination import PageRequest
from smartstack_gateway.models import LiveEvent, MembershipRow, SessionRow, ShareLinkRow, UserRow, WorkspaceRow
from smartstack_gateway.schemas import Me, ShareLink, ShareLinkPage, User, Workspace

OPERATORS = frozenset({"owner", "admin"})
"""The roles that may look at traces, queues and dead letters."""


async def me(session: AsyncSession, member: Member, *, ops: bool) -> Me:
    """Return who calls; `ops` says whether there are Ops here, for owners and admins to see.

    Raises Unauthenticated when the member is gone.
    """
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
        features=["ops"] if ops and role in OPERATORS else [],
    )


async def timezone(session: AsyncSession, member: Member) -> str:
    """Return the IANA name of the zone that the member's workspace lives in. Raises Unauthenticated without one."""
    found = await session.scalar(select(WorkspaceRow.timezone).where(WorkspaceRow.id == member.workspace_id))
    if found is None:
        raise Unauthenticated("invalid_token", "This workspace is gone; sign in again.")
    return found


async def revoked_since(session: AsyncSession, since: datetime) -> set[UUID]:
    """Return the sessions and share links that were revoked at or after `since`. Needs the system scope."""
    sessions = select(SessionRow.id).where(SessionRow.revoked_at >= since)
    links = select(ShareLinkRow.id).where(ShareLinkRow.revoked_at >= since)
    return set((await session.scalars(union_all(sessions, links))).all())


async def list_share_links(session: AsyncSession, client_id: UUID, paging: PageRequest) -> ShareLinkPage:
    """Return the links of a client, newest first, ended ones included."""
    found = select(ShareLinkRow).where(ShareLinkRow.client_id == client_id)
    if (after := paging.after(UUID)) is not None:
        found = found.where(ShareLinkRow.id < after[0])
    rows = (await session.scalars(found.order_by(ShareLinkRow.id.desc()).limit(paging.limit + 1))).all()
    page, cursor = paging.page(rows, lambda row: (row.id,))
    return ShareLinkPage(items=[ShareLink.model_validate(row) for row in page], next_cursor=cursor)


_LIVE_COLUMNS = "id, workspace_id, type, subject, time, data, traceparent, txid::text AS txid"
_HORIZON = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
_LIVE_SINCE = text(
    f"SELECT {_LIVE_COLUMNS} FROM live_events "  # noqa: S608 - a constant
    "WHERE txid >= CAST(:horizon AS text)::xid8 AND workspace_id = ANY(:workspaces) ORDER BY id"
)
_HORIZON_OF = text("SELECT horizon::text FROM live_events WHERE id = :id")
_LIVE_AFTER = text(
    f"SELECT {_LIVE_COLUMNS} FROM live_events "  # noqa: S608 - a constant
    "WHERE (id > :id OR txid >= CAST(:horizon AS text)::xid8) AND id <> :id ORDER BY id LIMIT :limit"
)


async def live_horizon(session: AsyncSession) -> int:
    """Return the oldest transaction that may still be running: what older ones wrote is visible already."""
    return int((await session.execute(_HORIZON)).scalar_one())


async def live_since(session: AsyncSession, horizon: int, workspaces: list[UUID]) -> list[tuple[int, LiveEvent]]:
    """Return what transactions from `horizon` on wrote about these workspaces, with the transaction of each."""
    rows = await session.execute(_LIVE_SINCE, {"horizon": str(horizon), "workspaces": workspaces})
    return [(int(row.txid), _live_event(row)) for row in rows]


async def live_after(session: AsyncSession, last_id: int, limit: int) -> list[LiveEvent] | None:
    """Return what a page has missed that heard of `last_id` last; some of it may be known to the page.

    Returns None when that cannot be told: the event is forgotten (or never was), or more than `limit` came after it.
    """
    horizon = (await session.execute(_HORIZON_OF, {"id": last_id})).scalar_one_or_none()
    if horizon is None:
        return None
    rows = (await session.execute(_LIVE_AFTER, {"id": last_id, "horizon": horizon, "limit": limit + 1})).all()
    return None if len(rows) > limit else [_live_event(row) for row in rows]


def _live_event(row: Any) -> LiveEvent:
    data = json.loads(row.data) if isinstance(row.data, str) else row.data
    return LiveEvent(row.id, row.workspace_id, row.type, row.subject, row.time, data, row.traceparent)
