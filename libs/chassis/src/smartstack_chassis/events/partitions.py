"""Tables that grow with every event are cut by time: what is old is dropped with its partition, never deleted by row.

The login role owns nothing, so it cannot make or drop a table. Two functions that belong to the migration role do it,
for these tables and for nothing else; the login role may call the outer one. A service's first revision makes them, and
they keep the event log for 30 days at least, whatever the login role asks for.

Where the key is an event's id, partitions are ranges of that id: a UUIDv7 (RFC 9562) starts with its time, so whatever
carries the same id lands in the same partition on any day. What fits no partition goes to `<table>_default`, so that a
write never fails for want of maintenance.
"""

from sqlalchemy import text

from smartstack_chassis.events.uow import UnitOfWork

INBOX_DAYS = 30


class PartitionKeeper:
    """Makes the partitions of the coming days and drops those whose time is over. Any number may run at once."""

    def __init__(self, uow: UnitOfWork, event_log_days: int) -> None:
        self._uow = uow
        self._event_log_days = event_log_days

    async def maintain(self) -> None:
        """Do it once. Waits for nobody: what is busy is left for the next time."""
        async with self._uow.system() as session:
            await session.execute(text("SELECT maintain_partitions(:days)"), {"days": self._event_log_days})
