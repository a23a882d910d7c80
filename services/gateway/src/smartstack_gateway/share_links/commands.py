"""Making, revoking and opening share links."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_contracts import new_id
from smartstack_gateway.identity import queries as accounts
from smartstack_gateway.share_links import events
from smartstack_gateway.share_links.domain import is_visit, new_visit, share_link_expiry, share_token
from smartstack_gateway.share_links.models import ShareLinkRow
from smartstack_gateway.values import digest


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client as comms described it."""

    id: UUID
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class OpenedPortal:
    """A client who came in, the proof of this visit, until when at most, and the names to greet with."""

    client: PortalClient
    visit: str
    expires_at: datetime
    client_name: str
    workspace_name: str


async def create_share_link(
    transaction: Transaction, member: Member, client: KnownClient, asked: datetime | None, key: bytes, now: datetime
) -> ShareLinkRow:
    """Make a link for a client that exists. Raises Invalid for an end that is past or too far away."""
    link_id = new_id()
    link = ShareLinkRow(
        id=link_id,
        workspace_id=member.workspace_id,
        client_id=client.id,
        client_name=client.name,
        client_version=client.version,
        digest=digest(share_token(key, link_id)),
        created_by=member.user_id,
        version=1,
        created_at=now,
        updated_at=now,
        expires_at=share_link_expiry(now, asked),
        revoked_at=None,
        use_count=0,
        last_used_at=None,
    )
    transaction.session.add(link)
    await transaction.session.flush()
    return link


async def revoke_share_link(transaction: Transaction, link_id: UUID, now: datetime) -> None:
    """End a link; ending it again changes nothing. Raises NotFound."""
    link = await transaction.session.get(ShareLinkRow, link_id, with_for_update=True)
    if link is None:
        raise NotFound.of("share link")
    if link.revoked_at is None:
        link.revoked_at = link.updated_at = now
        link.version += 1
        events.share_link_revoked(transaction, link)


async def open_portal(uow: UnitOfWork, token: str, visit: str | None, key: bytes, now: datetime) -> OpenedPortal:
    """Let a client in, and count a use of the link unless `visit` proves that this visit was counted before.

    Raises NotFound for a link that is unknown, expired or revoked: which, is not said.
    """
    usable = (ShareLinkRow.digest == digest(token), ShareLinkRow.revoked_at.is_(None), ShareLinkRow.expires_at > now)
    async with uow.system() as session:
        link = await session.scalar(select(ShareLinkRow).where(*usable))
        if link is not None and (visit is None or not is_visit(key, link.id, visit)):
            visit = new_visit(key, link.id)
            counted = {"use_count": ShareLinkRow.use_count + 1, "last_used_at": now}
            link = await session.scalar(update(ShareLinkRow).where(*usable).values(counted).returning(ShareLinkRow))
        if link is None or visit is None:
            raise NotFound("share_link_invalid", "This link is unknown, has expired or was revoked; ask for a new one.")
        workspace = await accounts.workspace_name(session, link.workspace_id)
        client = PortalClient(link.workspace_id, link.client_id, link.id)
        return OpenedPortal(client, visit, link.expires_at, link.client_name, workspace)


async def project_client(transaction: Transaction, client: KnownClient) -> None:
    """Keep the client's newest name; an older one that comes late changes nothing."""
    await transaction.session.execute(
        update(ShareLinkRow)
        .where(ShareLinkRow.client_id == client.id, ShareLinkRow.client_version < client.version)
        .values(client_name=client.name, client_version=client.version)
    )
