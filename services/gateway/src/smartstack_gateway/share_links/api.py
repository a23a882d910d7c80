"""Share links, and the portal that they open."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from smartstack_chassis.auth.revocations import Revocations
from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.pagination import Paging
from smartstack_gateway.network import client_network
from smartstack_gateway.resources import ProcessResources, Resources
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.share_links import commands, queries
from smartstack_gateway.share_links.commands import KnownClient
from smartstack_gateway.share_links.domain import share_token
from smartstack_gateway.share_links.schemas import (
    NewPortalSession,
    NewShareLink,
    PortalClientName,
    PortalSession,
    PortalWorkspaceName,
    ShareLink,
    ShareLinkCreated,
    ShareLinkPage,
)
from smartstack_gateway.throttles import commands as throttles
from smartstack_gateway.throttles.domain import Counter, Throttle
from smartstack_gateway.upstreams.client import UpstreamClient

router = APIRouter()


@router.post("/clients/{client_id}/share-links", status_code=201, response_model=ShareLinkCreated, tags=["share links"])
async def create_share_link(
    client_id: UUID,
    body: NewShareLink,
    member: CurrentMember,
    idempotent: OncePerKey,
    resources: ProcessResources,
    request: Request,
) -> Response:
    """Make a link that lets a client in. Its token is in this answer and in no later one."""
    client = await _client(client_id, resources, request)
    settings = resources[GatewaySettings]
    key = settings.share_token_key
    made = await idempotent.run(
        member,
        commands.create_share_link,
        member,
        client,
        body.expires_at,
        key,
        datetime.now(UTC),
        respond=ShareLink,
    )
    link = ShareLink.model_validate_json(bytes(made.body))
    token = share_token(key, link.id)
    url = f"{settings.public_url.rstrip('/')}/portal#{token}"
    return reply(ShareLinkCreated(**link.model_dump(), token=token, url=url), 201)


@router.get("/clients/{client_id}/share-links", tags=["share links"])
async def list_share_links(
    client_id: UUID, member: CurrentMember, uow: Uow, paging: Paging, resources: ProcessResources, request: Request
) -> ShareLinkPage:
    """List the links of a client, newest first, ended ones included."""
    await _client(client_id, resources, request)
    async with uow.begin(member) as transaction:
        return await queries.list_share_links(transaction.session, client_id, paging)


@router.delete("/share-links/{share_link_id}", status_code=204, tags=["share links"])
async def revoke_share_link(
    share_link_id: UUID, member: CurrentMember, uow: Uow, resources: ProcessResources
) -> Response:
    """End a link and the visits through it immediately. Ending it again changes nothing."""
    async with uow.begin(member) as transaction:
        await commands.revoke_share_link(transaction, share_link_id, datetime.now(UTC))
    resources[Revocations].add([share_link_id])
    return Response(status_code=204)


@router.post("/portal/session", response_model=PortalSession, tags=["portal"])
async def open_portal(body: NewPortalSession, uow: Uow, resources: ProcessResources, request: Request) -> Response:
    """Come in through a share link, or renew a visit. 404 when the link is unknown, expired or revoked."""
    now = datetime.now(UTC)
    settings = resources[GatewaySettings]
    try:
        opened = await commands.open_portal(uow, body.token, body.visit, settings.share_token_key, now)
    except NotFound:
        # Tokens cannot be guessed, so those with a good one are let in whatever others of their network do.
        await throttles.acquire(uow, [_unknown_tokens(request, settings)])
        raise
    signer = settings.signer
    # No token outlives its link.
    seconds = max(1, min(signer.lifetime_seconds, int((opened.expires_at - now).total_seconds())))
    session = PortalSession(
        access_token=replace(signer, lifetime_seconds=seconds).portal(opened.client),
        token_type="Bearer",  # noqa: S106 - RFC 6750's name of the scheme
        expires_in=seconds,
        visit=opened.visit,
        client=PortalClientName(id=opened.client.client_id, name=opened.client_name),
        workspace=PortalWorkspaceName(name=opened.workspace_name),
    )
    return reply(session)


def _unknown_tokens(request: Request, settings: GatewaySettings) -> Counter:
    """Return what counts the unknown tokens that a network sends."""
    throttle = Throttle("portal", settings.network_free_failures, 60.0, settings.failure_delay_seconds)
    return throttle.of(client_network(request.scope, settings.trusted_proxies))


async def _client(client_id: UUID, resources: Resources, request: Request) -> KnownClient:
    """Ask comms, as the caller, whether there is such a client. Raises the same NotFound as comms, or Unavailable."""
    found = await resources[UpstreamClient].json(
        "comms", f"/api/v1/clients/{client_id}", authorization=request.headers["authorization"]
    )
    if found is None:
        raise NotFound.of("client")
    return KnownClient(client_id, str(found["name"]), int(found["version"]))
