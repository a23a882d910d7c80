"""Writes the copies of workspaces; no other code does."""

from smartstack_chassis.events.ordering import keep_newest
from smartstack_chassis.events.uow import Transaction
from smartstack_comms.workspaces.models import Workspace


async def project_workspace(transaction: Transaction, name: str, sequence: int) -> None:
    """Keep the workspace's name as of version `sequence`; ignore a version older than the kept one."""
    await keep_newest(transaction, Workspace, sequence, name=name)
