"""The use cases of labels: one function each, and no other code writes labels."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import Conflict, PreconditionFailed
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import new_id
from smartstack_tasks.labels import domain, events, queries
from smartstack_tasks.labels.models import Label, TaskLabel
from smartstack_tasks.labels.schemas import LabelChanges, NewLabel


async def create_label(transaction: Transaction, new: NewLabel) -> Label:
    """Create a label. Raises Conflict when the workspace has one of this name."""
    now = datetime.now(UTC)
    label = Label(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        name=new.name,
        name_key=domain.name_key(new.name),
        color=new.color,
        version=1,
        created_at=now,
        updated_at=now,
    )
    transaction.session.add(label)
    try:
        await transaction.session.flush()
    except IntegrityError as error:
        raise _name_taken() from error
    set_committed_value(label, "open_tasks", 0)
    events.label_created(transaction, label)
    return label


async def update_label(transaction: Transaction, label_id: UUID, expected: int, changes: LabelChanges) -> Label:
    """Rename or recolour a label that is at version `expected`; the same values again change nothing.

    Raises NotFound, PreconditionFailed when it is at another version, Conflict when another label has the name.
    """
    label = await _get_label_at(transaction, label_id, expected)
    values = {name: value for name, value in changes.as_dict().items() if value != getattr(label, name)}
    if not values:
        return label
    if "name" in values:
        values["name_key"] = domain.name_key(values["name"])
    updated = await _update_label(transaction, label_id, expected, **values)
    events.label_updated(transaction, updated)
    return updated


async def delete_label(transaction: Transaction, label_id: UUID, expected: int) -> None:
    """Delete a label that is at version `expected`, which takes it off all tasks.

    Raises NotFound, or PreconditionFailed when it is at another version.
    """
    await _get_label_at(transaction, label_id, expected)
    deleted = await _update_label(transaction, label_id, expected, deleted_at=datetime.now(UTC))
    events.label_deleted(transaction, deleted)


async def restore_label(transaction: Transaction, label_id: UUID) -> Label:
    """Undo a deletion, which is announced as a change; a label that is there stays as it is.

    Its tasks carry it again, except those whose labels were set since. Raises NotFound, or Conflict when another label
    has the name by now.
    """
    label = await _write_label(transaction, [Label.id == label_id, Label.deleted_at.is_not(None)], deleted_at=None)
    if label is None:
        return await queries.get_label(transaction, label_id)
    events.label_updated(transaction, label)
    return label


async def set_labels(transaction: Transaction, task_id: UUID, label_ids: Collection[UUID]) -> None:
    """Let a task carry these labels and no others. Raises Invalid when one does not exist."""
    await queries.require_labels(transaction, label_ids)
    others = sa.delete(TaskLabel).where(TaskLabel.task_id == task_id, TaskLabel.label_id.not_in(label_ids))
    await transaction.session.execute(others)
    if label_ids:
        rows = [
            {"workspace_id": transaction.workspace_id, "task_id": task_id, "label_id": label_id}
            for label_id in label_ids
        ]
        await transaction.session.execute(insert(TaskLabel).values(rows).on_conflict_do_nothing())


async def _get_label_at(transaction: Transaction, label_id: UUID, expected: int) -> Label:
    label = await queries.get_label(transaction, label_id)
    if label.version != expected:
        raise PreconditionFailed.stale(label.version)
    return label


async def _update_label(transaction: Transaction, label_id: UUID, expected: int, **values: Any) -> Label:
    """Write a label that was just read at version `expected`; the version guards against a concurrent write."""
    label = await _write_label(transaction, [Label.id == label_id, Label.version == expected], **values)
    if label is None:
        raise PreconditionFailed.stale((await queries.get_label(transaction, label_id)).version)
    return label


async def _write_label(transaction: Transaction, where: list[sa.ColumnElement[bool]], **values: Any) -> Label | None:
    written = (
        sa.update(Label)
        .where(*where)
        .values(version=Label.version + 1, updated_at=datetime.now(UTC), **values)
        .returning(Label, queries.OPEN_TASKS)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    try:
        row = (await transaction.session.execute(written)).one_or_none()
    except IntegrityError as error:
        raise _name_taken() from error
    return None if row is None else queries.with_open_tasks(row)


def _name_taken() -> Conflict:
    message = "This workspace has a label of this name already; take another name."
    return Conflict("label_name_taken", message, errors=[{"field": "name", "message": message}])
