"""Where a fact about labels becomes public."""

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.tasks import LabelCreated, LabelDeleted, LabelUpdated
from smartstack_tasks.labels.models import Label


def label_created(transaction: Transaction, label: Label) -> None:
    """Announce a new label."""
    data = LabelCreated(label_id=label.id, label_name=label.name, color=label.color)
    transaction.emit(data, subject=label.id, sequence=label.version)


def label_updated(transaction: Transaction, label: Label) -> None:
    """Announce the state of a label that changed."""
    data = LabelUpdated(label_id=label.id, label_name=label.name, color=label.color)
    transaction.emit(data, subject=label.id, sequence=label.version)


def label_deleted(transaction: Transaction, label: Label) -> None:
    """Announce that a label was taken off all tasks."""
    transaction.emit(LabelDeleted(label_id=label.id), subject=label.id, sequence=label.version)
