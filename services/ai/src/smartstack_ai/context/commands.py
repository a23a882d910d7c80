"""Writes the copies of workspaces; no other code does."""

from sqlalchemy.dialects.postgresql import insert

from smartstack_ai.context.models import Workspace
from smartstack_chassis.events.uow import Transaction


async def project_workspace(transaction: Transaction, timezone: str) -> None:
    """Keep the zone of the transaction's workspace; the last one wins."""
    row = {"workspace_id": transaction.workspace_id, "timezone": timezone}
    statement = insert(Workspace).values(row)
    await transaction.session.execute(
        statement.on_conflict_do_update(index_elements=["workspace_id"], set_={"timezone": timezone})
    )
