"""What endpoints depend on: who calls, and the unit of work."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.actors import OPERATORS, Member, PortalClient
from smartstack_chassis.core.errors import Forbidden, Unauthenticated
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.telemetry import baggage

if TYPE_CHECKING:
    from smartstack_chassis.process.runtime import Runtime


def runtime_of(request: Request) -> "Runtime":
    """Return what the running process is made of."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def principal_of(request: Request) -> Principal:
    """Return who calls. Raises Unauthenticated without a valid bearer token (RFC 6750)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("invalid_token", "Send an access token: Authorization: Bearer <token>.")
    principal = await runtime_of(request).verifier.verify(token.strip())
    baggage.enter(principal.workspace_id)
    return principal


async def member_of(principal: Annotated[Principal, Depends(principal_of)]) -> Member:
    """Return the member who calls; raises Forbidden for a client's token."""
    if not isinstance(principal, Member):
        raise Forbidden("members_only", "A share link does not give access to this.")
    return principal


async def operator_of(member: Annotated[Member, Depends(member_of)]) -> Member:
    """Return the member who calls; raises Forbidden unless an owner or admin."""
    if member.role not in OPERATORS:
        raise Forbidden("operators_only", "Only owners and admins of the workspace may look behind the scenes.")
    return member


async def portal_client_of(principal: Annotated[Principal, Depends(principal_of)]) -> PortalClient:
    """Return the client who calls; raises Forbidden for a member's token."""
    if not isinstance(principal, PortalClient):
        raise Forbidden("clients_only", "Open this through a share link.")
    return principal


async def uow_of(request: Request) -> UnitOfWork:
    """Return the unit of work of this process."""
    return runtime_of(request).uow


CurrentMember = Annotated[Member, Depends(member_of)]
CurrentOperator = Annotated[Member, Depends(operator_of)]
CurrentClient = Annotated[PortalClient, Depends(portal_client_of)]
Uow = Annotated[UnitOfWork, Depends(uow_of)]
