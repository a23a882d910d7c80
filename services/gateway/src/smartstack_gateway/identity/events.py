"""Public events of accounts."""

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.gateway import WorkspaceCreated
from smartstack_gateway.identity.models import WorkspaceRow


def workspace_created(transaction: Transaction, workspace: WorkspaceRow) -> None:
    """A user signed up."""
    transaction.emit(
        WorkspaceCreated(workspace_id=workspace.id, workspace_name=workspace.name, timezone=workspace.timezone),
        subject=workspace.id,
        sequence=workspace.version,
    )
