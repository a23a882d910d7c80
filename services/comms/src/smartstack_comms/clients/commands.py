"""The use cases of clients: one function each, and no other code writes clients."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import PreconditionFailed
from smartstack_chassis.events.uow import Transaction
from smartstack_comms.clients import events, queries
from smartstack_comms.clients.models import Client
from smartstack_comms.clients.schemas import ClientChanges, NewClient
from smartstack_contracts import new_id


async def create_client(transaction: Transaction, new: NewClient) -> Client:
    """Add a client."""
    now = datetime.now(UTC)
    client = Client(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        name=new.name,
        notes=new.notes,
        version=1,
        created_at=now,
        updated_at=now,
    )
    transaction.session.add(client)
    set_committed_value(client, "last_message_at", None)
    events.client_created(transaction, client)
    return client


async def update_client(transaction: Transaction, client_id: UUID, expected: int, changes: ClientChanges) -> Client:
    """Change a client that is at version `expected`; the same values again change nothing and keep the version.

    Raises NotFound, or PreconditionFailed when it is at another version.
    """
    client = await queries.get_client(transaction, client_id)
    if client.version != expected:
        raise PreconditionFailed.stale(client.version)
    after = replace(client.state, **changes.as_dict())
    if after == client.state:
        return client
    updated = await _update_client(transaction, client_id, expected, **asdict(after))
    events.client_updated(transaction, updated)
    return updated


async def _update_client(transaction: Transaction, client_id: UUID, expected: int, **values: Any) -> Client:
    """Write a client that was just read at version `expected`; the version guards against concurrent writes."""
    written = (
        sa.update(Client)
        .where(Client.id == client_id, Client.version == expected)
        .values(version=Client.version + 1, updated_at=datetime.now(UTC), **values)
        .returning(Client, queries.last_message_at())
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = (await transaction.session.execute(written)).one_or_none()
    if row is None:
        raise PreconditionFailed.stale((await queries.get_client(transaction, client_id)).version)
    client, last_message_at = row
    set_committed_value(client, "last_message_at", last_message_at)
    return client
