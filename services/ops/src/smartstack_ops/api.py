"""The Ops API: what happened (traces), how it goes (metrics, queues), what failed (dead letters), who did what (audit).

Every answer is about the workspace of the token. Owners and admins alone may ask.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from smartstack_chassis.core.actors import Member
from smartstack_chassis.core.errors import NotFound
from smartstack_chassis.http.dependencies import CurrentOperator
from smartstack_chassis.http.pagination import Page, PageRequest, Paging, instant, text
from smartstack_ops import schemas
from smartstack_ops.dead_letters.audit import entry_id
from smartstack_ops.dead_letters.messages import Choice, DeadLetter, Group
from smartstack_ops.dependencies import Resources
from smartstack_ops.telemetry.traces import TraceFilter

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

router = APIRouter(tags=["ops"])


QueueName = Annotated[str, Path(pattern=r"^[a-z]+(-[a-z]+)*-dlq$", max_length=40)]
TraceId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
AnyId = Annotated[str | None, Query(alias="id", pattern=r"^[0-9A-Fa-f-]{32,36}$")]


@router.get("/ops/traces")
async def list_traces(
    member: CurrentOperator,
    resources: Resources,
    paging: Paging,
    wanted: AnyId = None,
    errors: bool = False,
    min_ms: Annotated[float | None, Query(ge=0)] = None,
) -> Page[schemas.TraceSummary]:
    """Traces, newest first; with `id` (of a task, message, event, trace, …) those that it has to do with."""
    filters = TraceFilter(member.workspace_id, wanted, errors, min_ms)
    rows = await resources.traces.list(filters, paging.limit + 1, paging.after(instant, text))
    items, cursor = paging.page(rows, lambda row: (row.started_at, row.trace_id))
    return Page(items=items, next_cursor=cursor)


@router.get("/ops/traces/{trace_id}")
async def get_trace(member: CurrentOperator, resources: Resources, trace_id: TraceId) -> schemas.Trace:
    """One trace with its spans."""
    found = await resources.traces.get(member.workspace_id, trace_id)
    if found is None:
        raise NotFound.of("trace")
    return found


@router.get("/ops/queues")
async def list_queues(member: CurrentOperator, resources: Resources) -> Page[schemas.QueueState]:
    """The inboxes of all services as they are now."""
    states = await resources.dead_letters.queues(member.workspace_id)
    items = [schemas.QueueState.model_validate(state, from_attributes=True) for state in states]
    return Page(items=items, next_cursor=None)


@router.get("/ops/metrics")
async def list_metrics(member: CurrentOperator, resources: Resources) -> Page[schemas.Metric]:
    """The latest state of every series."""
    return Page(items=await resources.metrics.latest(member.workspace_id), next_cursor=None)


@router.get("/ops/dead-letters")
async def list_dead_letter_groups(
    member: CurrentOperator, resources: Resources, paging: Paging
) -> Page[schemas.DeadLetterGroup]:
    """Dead letters by queue, type and reason; the group with the newest one first."""
    groups = await resources.dead_letters.groups(member.workspace_id)
    return _page(paging, groups, _group_key, schemas.DeadLetterGroup)


@router.get("/ops/dead-letters/{queue}")
async def list_dead_letters(
    member: CurrentOperator,
    resources: Resources,
    paging: Paging,
    queue: QueueName,
    type: Annotated[str | None, Query(max_length=200)] = None,  # noqa: A002 - its public name
    reason: Annotated[str | None, Query(max_length=4096)] = None,
) -> Page[schemas.DeadLetter]:
    """Dead letters of one queue, newest first."""
    letters = await resources.dead_letters.letters(queue, Choice(member.workspace_id, kind=type, reason=reason))
    return _page(paging, letters, _letter_key, schemas.DeadLetter)


@router.get("/ops/dead-letters/{queue}/{letter_id:uuid}")
async def get_dead_letter(
    member: CurrentOperator, resources: Resources, queue: QueueName, letter_id: UUID
) -> schemas.DeadLetterDetail:
    """One dead letter with its body, by the id of its event or of its message."""
    found = await resources.dead_letters.letters(queue, Choice(member.workspace_id, ids=frozenset([str(letter_id)])))
    if not found:
        raise NotFound.of("dead letter")
    return schemas.DeadLetterDetail.model_validate(found[0], from_attributes=True)


@router.post("/ops/dead-letters/{queue}/redrive")
async def redrive_dead_letters(
    member: CurrentOperator, resources: Resources, queue: QueueName, asked: schemas.Selection
) -> schemas.Redriven:
    """Give dead letters back to the inbox they came from, under their event ids; audited."""
    outcome = await resources.dead_letters.redrive(queue, _choice(member, asked), actor=member.auth_id)
    return schemas.Redriven(redriven=outcome.done, remaining=outcome.remaining)


@router.post("/ops/dead-letters/{queue}/discard")
async def discard_dead_letters(
    member: CurrentOperator, resources: Resources, queue: QueueName, asked: schemas.Discarding
) -> schemas.Discarded:
    """Delete dead letters for good; audited with the reason why."""
    outcome = await resources.dead_letters.discard(queue, _choice(member, asked), actor=member.auth_id, why=asked.why)
    return schemas.Discarded(discarded=outcome.done, remaining=outcome.remaining)


@router.get("/ops/audit")
async def list_audit_entries(member: CurrentOperator, resources: Resources, paging: Paging) -> Page[schemas.AuditEntry]:
    """Return the actions on dead letters, newest first."""
    after = paging.after(entry_id)
    rows = await resources.dead_letters.audit(member.workspace_id, paging.limit + 1, after[0] if after else None)
    entries, cursor = paging.page(rows, lambda entry: (entry.id,))
    items = [schemas.AuditEntry.model_validate(entry, from_attributes=True) for entry in entries]
    return Page(items=items, next_cursor=cursor)


def _choice(member: Member, asked: schemas.Selection) -> Choice:
    ids = None if asked.ids is None else frozenset(asked.ids)
    return Choice(member.workspace_id, ids=ids, kind=asked.type, reason=asked.reason)


def _letter_key(letter: DeadLetter) -> tuple[datetime, str]:
    return letter.sent_at, letter.message_id


def _group_key(group: Group) -> tuple[datetime, str]:
    return group.newest_at, group.id


def _page(paging: PageRequest, found: Sequence[T], key: Callable[[T], tuple[datetime, str]], model: type[M]) -> Page[M]:
    """Return a page of what is in memory whole, the newest first."""
    after = paging.after(instant, text)
    rest = sorted((each for each in found if after is None or key(each) < after), key=key, reverse=True)
    rows, cursor = paging.page(rest[: paging.limit + 1], key)
    return Page(items=[model.model_validate(row, from_attributes=True) for row in rows], next_cursor=cursor)
