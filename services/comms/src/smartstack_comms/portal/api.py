"""HTTP -> command or query, as a client. Each reply leaves after its transaction has committed."""

from fastapi import APIRouter, Response

from smartstack_chassis.http.dependencies import CurrentClient, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.pagination import Paging
from smartstack_comms.messages import commands, queries
from smartstack_comms.portal.schemas import NewPortalMessage, PortalMessage, PortalMessagePage

router = APIRouter()


@router.get("/portal/messages", response_model=PortalMessagePage, tags=["portal"])
async def list_portal_messages(client: CurrentClient, uow: Uow, paging: Paging) -> Response:
    """List the client's own messages and the workspace's answers, newest first."""
    async with uow.begin(client) as transaction:
        messages, cursor = await queries.list_chat(transaction, paging, client.client_id)
    return reply(PortalMessagePage(items=[PortalMessage.model_validate(item) for item in messages], next_cursor=cursor))


@router.post("/portal/messages", response_model=PortalMessage, status_code=201, tags=["portal"])
async def send_portal_message(client: CurrentClient, idempotent: OncePerKey, body: NewPortalMessage) -> Response:
    """Write to the workspace, as the client."""
    return await idempotent.run(client, commands.receive_message, client.client_id, body.body, respond=PortalMessage)
