"""Reads labels. Row-level security limits each read to the workspace of the transaction."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import Invalid, NotFound
from smartstack_chassis.database.statements import Value
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest, text
from smartstack_contracts.values import TaskStatus
from smartstack_tasks.labels.models import Label, TaskLabel

# Tasks are built on labels, so their table is named here by the columns that are counted.
_TASKS = sa.table("tasks", sa.column("id"), sa.column("status"), sa.column("deleted_at"))
OPEN_TASKS = (
    sa.select(sa.func.count())
    .select_from(TaskLabel)
    .join(_TASKS, _TASKS.c.id == TaskLabel.task_id)
    .where(TaskLabel.label_id == Label.id, _TASKS.c.deleted_at.is_(None), _TASKS.c.status == TaskStatus.OPEN.value)
    .correlate(Label)
    .scalar_subquery()
)


def with_open_tasks(row: sa.Row[Label, int]) -> Label:
    """Return the label of a (label, number of open tasks) row with the number in place."""
    label, open_tasks = row
    set_committed_value(label, "open_tasks", open_tasks)
    return label


async def list_labels(transaction: Transaction, paging: PageRequest) -> tuple[list[Label], str | None]:
    """Return a page of labels by name, and the next cursor."""
    query = sa.select(Label, OPEN_TASKS).where(Label.deleted_at.is_(None))
    if after := paging.after(text, UUID):
        query = query.where(sa.tuple_(Label.name_key, Label.id) > after)
    rows = await transaction.session.execute(query.order_by(Label.name_key, Label.id).limit(paging.limit + 1))
    return paging.page([with_open_tasks(row) for row in rows], lambda label: (label.name_key, label.id))


async def get_label(transaction: Transaction, label_id: UUID) -> Label:
    """Return a label; raises NotFound when there is none, or it was deleted."""
    found = sa.select(Label, OPEN_TASKS).where(Label.id == label_id, Label.deleted_at.is_(None))
    row = (await transaction.session.execute(found)).one_or_none()
    if row is None:
        raise NotFound.of("label")
    return with_open_tasks(row)


async def require_labels(transaction: Transaction, label_ids: Iterable[UUID]) -> None:
    """Raise Invalid unless each of these labels exists."""
    wanted = set(label_ids)
    if not wanted:
        return
    known = sa.select(sa.func.count()).where(Label.id.in_(wanted), Label.deleted_at.is_(None))
    if await transaction.session.scalar(known) != len(wanted):
        raise Invalid.field("label_ids", "One of these labels does not exist in this workspace.", "unknown_label")


def labels_of(task_id: InstrumentedAttribute[UUID]) -> sa.ScalarSelect[list[dict[str, str]]]:
    """Return the subquery for the labels by name of the task in the column `task_id`, as a JSON array."""
    shown = sa.func.jsonb_build_object("id", Label.id, "name", Label.name, "color", Label.color)
    by_name = sa.func.jsonb_agg(aggregate_order_by(shown, Label.name_key))
    labels = sa.select(sa.func.coalesce(by_name, sa.literal_column("'[]'::jsonb"), type_=sa.JSON)).select_from(Label)
    carried = labels.join(TaskLabel, TaskLabel.label_id == Label.id)
    return (
        carried.where(TaskLabel.task_id == task_id, Label.deleted_at.is_(None))
        .correlate(task_id.class_)
        .scalar_subquery()
    )


def carries_all(task_id: InstrumentedAttribute[UUID], label_ids: Value) -> sa.ColumnElement[bool]:
    """Return the condition that the task in the column `task_id` carries each of these labels: no id stands twice."""
    wanted = sa.cast(label_ids, sa.ARRAY(sa.Uuid))
    carried = sa.select(TaskLabel.task_id).join(Label, Label.id == TaskLabel.label_id)
    found = carried.where(TaskLabel.label_id == sa.any_(wanted), Label.deleted_at.is_(None))
    return task_id.in_(found.group_by(TaskLabel.task_id).having(sa.func.count() == sa.func.cardinality(wanted)))
