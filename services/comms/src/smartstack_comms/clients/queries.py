"""Reads clients. Row-level security limits each read to the workspace of the transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, with_expression

from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, text
from smartstack_comms.clients.models import Client

NAME = sa.func.lower(Client.name)


@dataclass(slots=True)
class _Activity:
    last_message_at: sa.ColumnElement[datetime]


_activity = _Activity(sa.literal(None, sa.DateTime(timezone=True)))


def show_activity(
    last_message_at_of: Callable[[InstrumentedAttribute[UUID]], sa.ScalarSelect[datetime]],
) -> None:
    """Show with each client the time of its last message, by a subquery over the column of the client's id.

    The capability of conversations is above this one, so `main.py` hands the subquery in; without it the time is null.
    """
    _activity.last_message_at = last_message_at_of(Client.id)


def last_message_at() -> sa.ColumnElement[datetime]:
    """Return the expression for the time of a client's last message."""
    return _activity.last_message_at


def client_name_of(client_id: InstrumentedAttribute[UUID]) -> sa.ScalarSelect[str]:
    """Return the subquery for the name of the client in the column `client_id`."""
    return sa.select(Client.name).where(Client.id == client_id).correlate(client_id.class_).scalar_subquery()


def client_name_by_id(client_id: UUID) -> sa.ScalarSelect[str]:
    """Return the subquery for the name of one client; NULL for an unknown client."""
    return sa.select(Client.name).where(Client.id == client_id).scalar_subquery()


async def get_client(transaction: Transaction, client_id: UUID) -> Client:
    """Return a client; raises NotFound."""
    query = sa.select(Client).options(with_expression(Client.last_message_at, last_message_at()))
    client = await transaction.session.scalar(query.where(Client.id == client_id))
    if client is None:
        raise NotFound.of("client")
    return client


async def list_clients(
    transaction: Transaction, paging: PageRequest, *, search: str | None = None
) -> tuple[list[Client], str | None]:
    """Return a page of clients by name, and the next cursor; with `search` those whose name contains it.

    Accents, case, invisible characters and spaces around it do not count (the function search_key of the database).
    """
    query = sa.select(Client, NAME).options(with_expression(Client.last_message_at, last_message_at()))
    if search:
        query = query.where(sa.func.strpos(sa.func.search_key(Client.name), sa.func.search_key(search)) > 0)
    if after := paging.after(text, UUID):
        query = query.where(sa.tuple_(NAME, Client.id) > after)
    rows = await transaction.session.execute(query.order_by(NAME, Client.id).limit(paging.limit + 1))
    page, cursor = paging.page(rows.all(), lambda row: (row[1], row[0].id))
    return [row[0] for row in page], cursor


async def get_client_name(transaction: Transaction, client_id: UUID) -> str:
    """Return a client's name; raises NotFound."""
    name = await transaction.session.scalar(sa.select(Client.name).where(Client.id == client_id))
    if name is None:
        raise NotFound.of("client")
    return name
