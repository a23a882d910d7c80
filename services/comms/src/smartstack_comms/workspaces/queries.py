"""Reads the copies of workspaces."""

from uuid import UUID

import sqlalchemy as sa

from smartstack_comms.workspaces.models import Workspace


def workspace_name(workspace_id: UUID) -> sa.ScalarSelect[str]:
    """Return the subquery for the workspace's name; NULL while the name is unknown."""
    return sa.select(Workspace.name).where(Workspace.workspace_id == workspace_id).scalar_subquery()
