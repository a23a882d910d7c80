"""HTTP -> command or query about labels. Each reply leaves after its transaction has committed."""

from uuid import UUID

from fastapi import APIRouter, Response

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.pagination import Paging
from smartstack_chassis.http.preconditions import ExpectedVersion
from smartstack_tasks.labels import commands, queries
from smartstack_tasks.labels.schemas import Label, LabelChanges, LabelPage, NewLabel

router = APIRouter(tags=["labels"])


@router.post("/labels", response_model=Label, status_code=201)
async def create_label(member: CurrentMember, idempotent: OncePerKey, body: NewLabel) -> Response:
    """Create a label."""
    return await idempotent.run(member, commands.create_label, body, respond=Label)


@router.get("/labels", response_model=LabelPage)
async def list_labels(member: CurrentMember, uow: Uow, paging: Paging) -> Response:
    """List labels by name, with the number of open tasks of each."""
    async with uow.begin(member) as transaction:
        labels, cursor = await queries.list_labels(transaction, paging)
    return reply(LabelPage(items=[Label.model_validate(item) for item in labels], next_cursor=cursor))


@router.patch("/labels/{label_id}", response_model=Label)
async def update_label(
    member: CurrentMember, uow: Uow, label_id: UUID, expected: ExpectedVersion, body: LabelChanges
) -> Response:
    """Rename or recolour a label."""
    async with uow.begin(member) as transaction:
        label = await commands.update_label(transaction, label_id, expected, body)
    return reply(Label.model_validate(label))


@router.delete("/labels/{label_id}", status_code=204)
async def delete_label(member: CurrentMember, uow: Uow, label_id: UUID, expected: ExpectedVersion) -> Response:
    """Delete a label, which takes it off all tasks; it can be restored."""
    async with uow.begin(member) as transaction:
        await commands.delete_label(transaction, label_id, expected)
    return Response(status_code=204)


@router.post("/labels/{label_id}/restore", response_model=Label)
async def restore_label(member: CurrentMember, idempotent: OncePerKey, label_id: UUID) -> Response:
    """Undo a deletion; repeating it changes nothing."""
    return await idempotent.run(member, commands.restore_label, label_id, respond=Label, status=200)
