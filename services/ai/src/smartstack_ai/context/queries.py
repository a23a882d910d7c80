"""Reads the copies of workspaces."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from smartstack_ai.context.models import Workspace
from smartstack_chassis.events.uow import Transaction


async def find_zone(transaction: Transaction) -> ZoneInfo | None:
    """Return the zone of the workspace, or None while it is not known here."""
    name = await transaction.session.scalar(select(Workspace.timezone))
    return ZoneInfo(name) if name else None


async def workspace_zone(transaction: Transaction) -> ZoneInfo:
    """Return the zone of the workspace; UTC for one without suggestions so far."""
    return await find_zone(transaction) or ZoneInfo("UTC")
