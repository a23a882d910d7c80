"""Public events of clients."""

from smartstack_chassis.events.uow import Transaction
from smartstack_comms.clients.models import Client
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated


def client_created(transaction: Transaction, client: Client) -> None:
    """Announce a new client."""
    data = ClientCreated(client_id=client.id, client_name=client.name)
    transaction.emit(data, subject=client.id, sequence=client.version)


def client_updated(transaction: Transaction, client: Client) -> None:
    """Announce the state of a client that changed."""
    data = ClientUpdated(client_id=client.id, client_name=client.name)
    transaction.emit(data, subject=client.id, sequence=client.version)
