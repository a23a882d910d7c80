"""Public events of sessions."""

from uuid import UUID

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.gateway import AccessRevoked


def session_revoked(transaction: Transaction, session_id: UUID) -> None:
    """A session ended before its time: its access tokens are to be refused. It happens once in a session's life."""
    transaction.emit(AccessRevoked(access_id=session_id), subject=session_id, sequence=1)
