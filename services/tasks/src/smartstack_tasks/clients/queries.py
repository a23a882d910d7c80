"""Reads the copies of clients. Row-level security limits each read to the workspace of the transaction."""

import asyncio
import time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from smartstack_chassis.core.errors import Invalid
from smartstack_chassis.database.statements import Value
from smartstack_chassis.events.uow import Transaction
from smartstack_tasks.clients.models import Client

# Comms owns the clients: a member who has just created one may be faster here than its event.
PATIENCE_SECONDS = 1.0
RETRY_SECONDS = 0.05


def client_name_of(client_id: InstrumentedAttribute[UUID | None]) -> sa.ScalarSelect[str]:
    """Return the subquery for the name of the client in the column `client_id`; NULL while the name is unknown."""
    name = sa.select(Client.name).where(Client.id == client_id)
    return name.correlate(client_id.class_).scalar_subquery()


def client_name_by_id(client_id: Value) -> sa.ScalarSelect[str]:
    """Return the subquery for the name of one client; NULL while the name is unknown."""
    return sa.select(Client.name).where(Client.id == client_id).scalar_subquery()


async def require_client_name(transaction: Transaction, client_id: UUID | None) -> str | None:
    """Return the client's name, or None without a client; waits a moment for the event about a new one.

    Raises Invalid when this service knows no such client.
    """
    if client_id is None:
        return None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (name := await _find_name(transaction, client_id)) is None:
        if time.monotonic() > deadline:
            raise Invalid.field("client_id", "There is no such client in this workspace.", "unknown_client")
        await asyncio.sleep(RETRY_SECONDS)
    return name


async def _find_name(transaction: Transaction, client_id: UUID) -> str | None:
    return await transaction.session.scalar(sa.select(Client.name).where(Client.id == client_id))
