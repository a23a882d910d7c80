"""Writes the ledger; no other code does."""

import dataclasses
from uuid import UUID

from smartstack_ai.ledger.models import ModelCall
from smartstack_ai.llm import port
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import new_id


def record_call(transaction: Transaction, message_id: UUID, call: port.ModelCall) -> UUID:
    """Record what one attempt to have a message read came to; return the row's id."""
    row = ModelCall(
        id=new_id(), workspace_id=transaction.workspace_id, message_id=message_id, **dataclasses.asdict(call)
    )
    transaction.session.add(row)
    return row.id
