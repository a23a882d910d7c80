"""Order, for the handlers that need it: the bus keeps none, but an event says which version of its aggregate it made.

Two gates. An event that carries the state is applied when it is newer than what is there (`keep_newest`): so are the
copies of other services' names kept. Where every single event counts, as in a history or a balance, those that come too
early are held back until the ones before them are there (`InOrder`). No service keeps such a thing today; one that
begins to makes the two tables in a revision (the probe of the tests shows how) and asks the gate in its handler:

    changes = InOrder("changes", {model.type(): model for model in (TaskCreated, TaskUpdated)})

    @handlers.on(TaskCreated, TaskUpdated)
    async def on_task_changed(transaction: Transaction, event: Envelope[Any]) -> None:
        for each in await changes.admit(transaction, event):
            await commands.add_to_history(transaction, each)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope, EventData, decode, encode


async def keep_newest(transaction: Transaction, model: type[DeclarativeBase], sequence: int, **state: Any) -> bool:
    """Write the row as of version `sequence`, unless it shows that version or a newer one; tell whether it was written.

    `model` has a column `sequence` beside `workspace_id`; `state` gives every other column, the primary key included.
    """
    table = cast("Table", model.__table__)
    row = insert(table).values(workspace_id=transaction.workspace_id, sequence=sequence, **state)
    key = {column.name for column in table.primary_key}
    newer = row.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: row.excluded[name] for name in (*state, "sequence") if name not in key},
        where=table.c.sequence < row.excluded.sequence,
    )
    return (await transaction.session.execute(newer.returning(table.c.sequence))).first() is not None


# Locks the aggregate's row until the commit: its events pass one at a time.
_POSITION = text(
    "INSERT INTO event_positions AS known (stream, subject, workspace_id, sequence) "
    "VALUES (:stream, :subject, :workspace_id, 0) "
    "ON CONFLICT (stream, subject) DO UPDATE SET sequence = known.sequence RETURNING sequence"
)
_HOLD = text(
    "INSERT INTO held_events (stream, subject, sequence, workspace_id, body) "
    "VALUES (:stream, :subject, :sequence, :workspace_id, :body) ON CONFLICT DO NOTHING"
)
# Rows that follow one another have the same difference to their rank; those wanted begin right after :sequence.
_RELEASE = text(
    "WITH held AS (SELECT sequence, sequence - row_number() OVER (ORDER BY sequence) AS before FROM held_events "
    "WHERE stream = :stream AND subject = :subject), "
    "ready AS (DELETE FROM held_events WHERE stream = :stream AND subject = :subject "
    "AND sequence IN (SELECT sequence FROM held WHERE before = :sequence) RETURNING sequence, body) "
    "SELECT body FROM ready ORDER BY sequence"
)
_ADVANCE = text("UPDATE event_positions SET sequence = :sequence WHERE stream = :stream AND subject = :subject")


@dataclass(frozen=True, slots=True)
class InOrder:
    """Lets the events of each aggregate through one after the other, without gaps and without repetitions.

    `stream` names who asks: each has its own position. `types` are those that can be held back, by type. An event that
    never comes holds back the later ones of its aggregate; replaying it from its publisher's log lets them through.
    """

    stream: str
    types: Mapping[str, type[EventData]]

    async def admit(self, transaction: Transaction, event: Envelope[Any]) -> list[Envelope[Any]]:
        """Return the events that may be handled now, in order: none when this one is old or comes too early."""
        key = {"stream": self.stream, "subject": event.subject, "workspace_id": transaction.workspace_id}
        position = int(await transaction.session.scalar(_POSITION, key) or 0)
        if event.sequence <= position:
            return []
        at = key | {"sequence": event.sequence}
        if event.sequence > position + 1:
            await transaction.session.execute(_HOLD, at | {"body": encode(event).decode()})
            return []
        held = (await transaction.session.scalars(_RELEASE, at)).all()
        await transaction.session.execute(_ADVANCE, key | {"sequence": event.sequence + len(held)})
        return [event, *(decode(body, self.types) for body in held)]
