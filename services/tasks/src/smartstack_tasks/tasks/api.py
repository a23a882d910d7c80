"""HTTP -> command or query about tasks. Each reply leaves after its transaction has committed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import OncePerKey, reply
from smartstack_chassis.http.inputs import Instant
from smartstack_chassis.http.pagination import Paging
from smartstack_chassis.http.preconditions import ExpectedVersion
from smartstack_contracts.values import TaskStatus
from smartstack_tasks.tasks import commands, queries
from smartstack_tasks.tasks.schemas import LabelIds, NewTask, Task, TaskChanges, TaskPage

router = APIRouter()


@router.post("/tasks", response_model=Task, status_code=201, tags=["tasks"])
async def create_task(member: CurrentMember, idempotent: OncePerKey, body: NewTask) -> Response:
    """Create a task."""
    return await idempotent.run(member, commands.create_task, body, respond=Task)


@router.get("/tasks", response_model=TaskPage, tags=["tasks"])
async def list_tasks(
    member: CurrentMember,
    uow: Uow,
    paging: Paging,
    status: TaskStatus | None = None,
    client_id: Annotated[UUID | None, Query(description="Only tasks of this client.")] = None,
    project_id: Annotated[UUID | None, Query(description="Only tasks of this project.")] = None,
    due_before: Annotated[Instant | None, Query(description="Only tasks that are due before this moment.")] = None,
    label_id: Annotated[LabelIds, Query(description="Only tasks that carry each of these labels.")] = [],  # noqa: B006
) -> Response:
    """List tasks: due first, those without a due date last, newest first among equals."""
    async with uow.read(member) as reader:
        tasks, cursor = await queries.list_tasks(
            reader,
            paging,
            status=status,
            client_id=client_id,
            project_id=project_id,
            due_before=due_before,
            label_ids=label_id,
        )
    return reply(TaskPage(items=tasks, next_cursor=cursor))


@router.get("/tasks/{task_id}", response_model=Task, tags=["tasks"])
async def get_task(member: CurrentMember, uow: Uow, task_id: UUID) -> Response:
    """Read one task."""
    async with uow.read(member) as reader:
        return reply(await queries.read_task(reader, task_id))


@router.patch("/tasks/{task_id}", response_model=Task, tags=["tasks"])
async def update_task(
    member: CurrentMember, uow: Uow, task_id: UUID, expected: ExpectedVersion, body: TaskChanges
) -> Response:
    """Change a task; opening a completed one again is a change of its status."""
    async with uow.begin(member) as transaction:
        task = await commands.update_task(transaction, task_id, expected, body)
    return reply(Task.model_validate(task))


@router.delete("/tasks/{task_id}", status_code=204, tags=["tasks"])
async def delete_task(member: CurrentMember, uow: Uow, task_id: UUID, expected: ExpectedVersion) -> Response:
    """Delete a task; it can be restored."""
    async with uow.begin(member) as transaction:
        await commands.delete_task(transaction, task_id, expected)
    return Response(status_code=204)


@router.post("/tasks/{task_id}/complete", response_model=Task, tags=["tasks"])
async def complete_task(member: CurrentMember, idempotent: OncePerKey, task_id: UUID) -> Response:
    """Complete a task; repeating it changes nothing."""
    return await idempotent.run(member, commands.complete_task, task_id, respond=Task, status=200)


@router.post("/tasks/{task_id}/restore", response_model=Task, tags=["tasks"])
async def restore_task(member: CurrentMember, idempotent: OncePerKey, task_id: UUID) -> Response:
    """Undo a deletion; repeating it changes nothing."""
    return await idempotent.run(member, commands.restore_task, task_id, respond=Task, status=200)
