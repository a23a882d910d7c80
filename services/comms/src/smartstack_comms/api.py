"""HTTP -> command or query. Each reply leaves after its transaction has committed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from smartstack_chassis.http.dependencies import CurrentClient, CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.inputs import Storable
from smartstack_chassis.http.pagination import Paging
from smartstack_chassis.http.preconditions import ExpectedVersion
from smartstack_comms import commands, domain, queries
from smartstack_comms.domain import ConversationStatus
from smartstack_comms.schemas import (
    Client,
    ClientChanges,
    ClientPage,
    Conversation,
    ConversationPage,
    Message,
    MessagePage,
    NewClient,
    NewMessage,
)

router = APIRouter()

Search = Annotated[
    Annotated[str, Storable] | None, Query(alias="q", max_length=domain.MAX_SEARCH, description="Part of a name.")
]


@router.post("/clients", response_model=Client, status_code=201, tags=["clients"])
async def create_client(member: CurrentMember, idempotent: OncePerKey, body: NewClient) -> Response:
    """Add a client."""
    return await idempotent.run(member, commands.create_client, body, respond=Client)


@router.get("/clients", response_model=ClientPage, tags=["clients"])
async def list_clients(member: CurrentMember, uow: Uow, paging: Paging, search: Search = None) -> Response:
    """List clients by name."""
    async with uow.begin(member) as transaction:
        clients, cursor = await queries.list_clients(transaction, paging, search=search)
    return reply(ClientPage(items=[Client.model_validate(item) for item in clients], next_cursor=cursor))


@router.get("/clients/{client_id}", response_model=Client, tags=["clients"])
async def get_client(member: CurrentMember, uow: Uow, client_id: UUID) -> Response:
    """Read one client."""
    async with uow.begin(member) as transaction:
        client = await queries.get_client(transaction, client_id)
    return reply(Client.model_validate(client))


@router.patch("/clients/{client_id}", response_model=Client, tags=["clients"])
async def update_client(
    member: CurrentMember, uow: Uow, client_id: UUID, expected: ExpectedVersion, body: ClientChanges
) -> Response:
    """Change a client."""
    async with uow.begin(member) as transaction:
        client = await commands.update_client(transaction, client_id, expected, body)
    return reply(Client.model_validate(client))


@router.get("/conversations", response_model=ConversationPage, tags=["conversations"])
async def list_conversations(
    member: CurrentMember,
    uow: Uow,
    paging: Paging,
    client_id: Annotated[UUID | None, Query(description="Only conversations with this client.")] = None,
    status: ConversationStatus | None = None,
    awaiting_reply: Annotated[bool, Query(description="Only open ones whose last message is the client's.")] = False,
) -> Response:
    """List conversations, newest activity first."""
    async with uow.begin(member) as transaction:
        found, cursor = await queries.list_conversations(
            transaction, paging, client_id=client_id, status=status, awaiting_reply=awaiting_reply
        )
    return reply(ConversationPage(items=[Conversation.model_validate(item) for item in found], next_cursor=cursor))


@router.get("/conversations/{conversation_id}/messages", response_model=MessagePage, tags=["conversations"])
async def list_messages(member: CurrentMember, uow: Uow, paging: Paging, conversation_id: UUID) -> Response:
    """List what was said, newest first."""
    async with uow.begin(member) as transaction:
        messages, cursor = await queries.list_messages(transaction, paging, conversation_id)
    return reply(MessagePage(items=[Message.model_validate(item) for item in messages], next_cursor=cursor))


@router.post(
    "/conversations/{conversation_id}/messages", response_model=Message, status_code=201, tags=["conversations"]
)
async def send_message(
    member: CurrentMember, idempotent: OncePerKey, conversation_id: UUID, body: NewMessage
) -> Response:
    """Write to the client; a closed conversation opens again."""
    return await idempotent.run(member, commands.send_message, conversation_id, body.body, respond=Message)


@router.get("/portal/messages", response_model=MessagePage, tags=["portal"])
async def list_portal_messages(client: CurrentClient, uow: Uow, paging: Paging) -> Response:
    """List what was said with the client who asks, newest first."""
    async with uow.begin(client) as transaction:
        messages, cursor = await queries.list_client_messages(transaction, paging, client.client_id)
    return reply(MessagePage(items=[Message.model_validate(item) for item in messages], next_cursor=cursor))


@router.post("/portal/messages", response_model=Message, status_code=201, tags=["portal"])
async def send_portal_message(client: CurrentClient, idempotent: OncePerKey, body: NewMessage) -> Response:
    """Write to the workspace, as the client."""
    return await idempotent.run(client, commands.receive_message, client.client_id, body.body, respond=Message)
