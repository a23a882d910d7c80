"""The caller's own account."""

from fastapi import APIRouter

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_gateway.identity import queries
from smartstack_gateway.identity.schemas import Me
from smartstack_gateway.resources import ProcessResources
from smartstack_gateway.settings import GatewaySettings

router = APIRouter(tags=["auth"])


@router.get("/me")
async def me(member: CurrentMember, uow: Uow, resources: ProcessResources) -> Me:
    """Return the caller, their workspace, their role in it, and the features that they may use."""
    async with uow.begin(member) as transaction:
        return await queries.me(transaction.session, member, ops=resources[GatewaySettings].ops_url is not None)
