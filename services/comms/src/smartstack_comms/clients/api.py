"""HTTP -> command or query about clients. Each reply leaves after its transaction has committed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.inputs import Storable
from smartstack_chassis.http.pagination import Paging
from smartstack_chassis.http.preconditions import ExpectedVersion
from smartstack_comms.clients import commands, domain, queries
from smartstack_comms.clients.schemas import Client, ClientChanges, ClientPage, NewClient

router = APIRouter()

Search = Annotated[
    Annotated[str, Storable] | None,
    Query(alias="q", max_length=domain.MAX_SEARCH, description="Part of a name; accents and case do not count."),
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
