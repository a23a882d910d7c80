"""Writes the copies of clients; no other code does."""

from uuid import UUID

from smartstack_chassis.events.ordering import keep_newest
from smartstack_chassis.events.uow import Transaction
from smartstack_tasks.clients.models import Client


async def project_client(transaction: Transaction, client_id: UUID, name: str, sequence: int) -> None:
    """Keep the name of a client as of version `sequence`; ignore a version older than the kept one."""
    await keep_newest(transaction, Client, sequence, id=client_id, name=name)
