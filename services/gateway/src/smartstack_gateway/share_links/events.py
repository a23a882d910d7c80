"""Public events of share links."""

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.gateway import AccessRevoked
from smartstack_gateway.share_links.models import ShareLinkRow


def share_link_revoked(transaction: Transaction, link: ShareLinkRow) -> None:
    """A share link ended before its time: the access tokens that it gave out are to be refused."""
    transaction.emit(AccessRevoked(access_id=link.id), subject=link.id, sequence=link.version)
