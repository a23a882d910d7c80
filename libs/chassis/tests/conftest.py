"""A tiny service on a real database, to show what the chassis promises to all of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from smartstack_chassis.consumer import EventHandlers
from smartstack_chassis.edge import Create, CurrentMember, ExpectedVersion, Input, Storable, Uow
from smartstack_chassis.errors import Conflict, Unavailable
from smartstack_chassis.service import Service
from smartstack_chassis.testing import ServiceHarness, service_harness
from smartstack_chassis.uow import Transaction
from smartstack_contracts import Envelope, new_id
from smartstack_contracts.events.ai import SuggestionAccepted
from smartstack_contracts.events.comms import ClientCreated, ClientUpdated
from smartstack_contracts.events.tasks import ProjectCreated

router = APIRouter()
handlers = EventHandlers("tasks")


class NewNote(Input):
    title: Annotated[str, Field(min_length=1, max_length=50), Storable]


class Note(BaseModel):
    id: UUID
    title: str


async def write_note(transaction: Transaction, title: str) -> Note:
    note = Note(id=new_id(), title=title)
    await transaction.session.execute(
        text("INSERT INTO notes (id, workspace_id, title) VALUES (:id, :workspace, :title)"),
        {"id": note.id, "workspace": transaction.workspace_id, "title": title},
    )
    transaction.emit(
        ProjectCreated(project_id=note.id, project_name=title, client_id=None), subject=note.id, sequence=1
    )
    return note


@router.post("/notes", response_model=Note)
async def create_note(body: NewNote, member: CurrentMember, create: Create) -> Response:
    return await create(member, lambda transaction: write_note(transaction, body.title))


@router.get("/notes")
async def list_notes(member: CurrentMember, uow: Uow) -> list[str]:
    async with uow.begin(member) as transaction:
        rows = await transaction.session.execute(text("SELECT title FROM notes ORDER BY id"))
        return [row.title for row in rows]


@router.put("/notes/version")
async def put_version(version: ExpectedVersion) -> int:
    return version


@router.post("/explode")
async def explode() -> None:
    raise RuntimeError("a secret in a traceback")


@handlers.on(ClientCreated, copy="notes")
async def on_client_created(transaction: Transaction, event: Envelope[ClientCreated]) -> None:
    if event.data.client_name == "refuse":
        raise Conflict("refused", "This can never be.")
    if event.data.client_name == "later":
        raise Unavailable("later", "Try again.")
    await write_note(transaction, event.data.client_name)


@handlers.on(ClientUpdated, SuggestionAccepted)
async def on_what_the_topology_also_sends(transaction: Transaction, event: Envelope[ClientUpdated]) -> None:
    """Every subscribed type needs a handler; the probe does nothing with these."""


# The probe takes the name and the topology of a real service: names are part of the contract.
service = Service(
    name="tasks", root=Path(__file__).parent / "probe", routers=[router], handlers=handlers, description="A probe."
)


@pytest.fixture
async def probe(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness


@pytest.fixture
def probe_service() -> Service:
    return service
