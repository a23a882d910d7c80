"""Which facts of the gateway become public."""

from uuid import UUID

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.gateway import AccessRevoked, WorkspaceCreated
from smartstack_gateway.models import ShareLinkRow, WorkspaceRow


def workspace_created(transaction: Transaction, workspace: WorkspaceRow) -> None:
    """Somebody signed up."""
    transaction.emit(
        WorkspaceCreated(workspace_id=workspace.id, workspace_name=workspace.name, timezone=workspace.timezone),
        subject=workspace.id,
        sequence=workspace.version,
    )


def session_revoked(transaction: Transaction, session_id: UUID) -> None:
    """A session ended before its time: its access tokens are to be refused. It happens once in a session's life."""
    transaction.emit(AccessRevoked(access_id=session_id), subject=session_id, sequence=1)


def share_link_revoked(transaction: Transaction, link: ShareLinkRow) -> None:
    """A share link ended before its time: the access tokens that it gave out are to be refused."""
    transaction.emit(AccessRevoked(access_id=link.id), subject=link.id, sequence=link.version)
