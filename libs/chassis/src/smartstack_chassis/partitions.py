"""Tables that grow with every event are cut by time: what is old is dropped with its partition, never deleted by row.

The login role owns nothing, so it cannot make or drop a table. Two functions that belong to the migration role do it,
for these tables and for nothing else; the login role may call the outer one.

Where the key is an event's id, partitions are ranges of that id: a UUIDv7 (RFC 9562) starts with its time, so whatever
carries the same id lands in the same partition on any day. What fits no partition goes to `<table>_default`, so that a
write never fails for want of maintenance.
"""

import asyncio
import logging
import re

from alembic import op
from sqlalchemy import text

from smartstack_chassis.uow import UnitOfWork

logger = logging.getLogger(__name__)

INBOX_DAYS = 30
EVERY_SECONDS = 3600.0
RETRY_SECONDS = 5.0

_PARTITION = re.compile(r"^(inbox|event_log|idempotency_keys)_(default|p\d{8})$")


def is_partition(table: str) -> bool:
    """Tell whether this is the name of a partition that the chassis made."""
    return _PARTITION.match(table) is not None


def create_partitions(*tables: str) -> None:
    """Give partitioned tables their default partition and today's; called from a migration, once they are there."""
    for statement in _FUNCTIONS:
        op.execute(statement)
    for table in tables:
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        # Forced and without a policy: rows are reached through the parent and its policy, and in no other way.
        op.execute(f"ALTER TABLE {table}_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(_LOCK_DOWN)
    op.execute("SELECT maintain_partitions(36500)")


class PartitionKeeper:
    """Makes the partitions of the coming days and drops those whose time is over. Any number may run at once."""

    def __init__(self, uow: UnitOfWork, event_log_days: int) -> None:
        self._uow = uow
        self._event_log_days = event_log_days

    async def run(self) -> None:
        """Look every hour until cancelled; a failing database is logged and tried again soon."""
        while True:
            try:
                await self.maintain()
                pause = EVERY_SECONDS
            except Exception:
                logger.warning("partitions are not maintained; trying again", exc_info=True)
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)

    async def maintain(self) -> None:
        """Do it once. Waits for nobody: what is busy is left for the next time."""
        async with self._uow.system() as session:
            await session.execute(text("SELECT maintain_partitions(:days)"), {"days": self._event_log_days})


# One statement each: asyncpg prepares what it executes, and a prepared statement is a single one.
_FUNCTIONS = (
    """
CREATE FUNCTION partition_bound(parent text, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE parent
        WHEN 'idempotency_keys' THEN (at AT TIME ZONE 'UTC')::date::text
        ELSE regexp_replace(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0'), '^(.{8})', '\\1-')
            || '-0000-0000-000000000000'
    END
$$
""",
    # LIKE and ATTACH let others write meanwhile; CREATE … PARTITION OF would lock the parent against everybody.
    """
CREATE FUNCTION keep_partitions(parent text, period text, kept interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    width interval := ('1 ' || period)::interval;
    start timestamptz := date_trunc(period, now());
    name text;
BEGIN
    FOR ahead IN 0..3 LOOP
        name := parent || to_char(start, '"_p"YYYYMMDD');
        IF to_regclass(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent);
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
                EXECUTE format(
                    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                    parent, name, partition_bound(parent, start), partition_bound(parent, start + width)
                );
            EXCEPTION WHEN check_violation OR lock_not_available THEN
                RAISE WARNING 'partition % is not made: %', name, SQLERRM;
            END;
        END IF;
        start := start + width;
    END LOOP;
    FOR name IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = parent::regclass AND relname ~ '_p[0-9]{8}$'
        AND to_timestamp(right(relname, 8), 'YYYYMMDD') + width <= now() - kept
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE %I', name);
        EXCEPTION WHEN lock_not_available THEN
            RAISE WARNING 'partition % is not dropped: %', name, SQLERRM;
        END;
    END LOOP;
END
$$
""",
    # A key is claimed for the day of its first use and for the next (see edge.py): later nobody asks for it.
    f"""
CREATE FUNCTION maintain_partitions(event_log_days integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF pg_try_advisory_xact_lock(hashtext(current_schema() || ' partitions')) THEN
        PERFORM keep_partitions('inbox', 'day', '{INBOX_DAYS} days');
        PERFORM keep_partitions('idempotency_keys', 'day', '1 day');
        PERFORM keep_partitions('event_log', 'month', greatest(event_log_days, 1) * '1 day'::interval);
    END IF;
END
$$
""",
)

# The search path is fixed, so that nothing that the caller makes can stand in for these tables and functions.
_LOCK_DOWN = """
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'partition_bound(text, timestamptz)', 'keep_partitions(text, text, interval)', 'maintain_partitions(integer)'
    ] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
    ALTER FUNCTION maintain_partitions SET timezone = 'UTC';
    ALTER FUNCTION maintain_partitions SET lock_timeout = '500ms';
    EXECUTE format('GRANT EXECUTE ON FUNCTION maintain_partitions TO %I', current_schema() || '_app');
END
$$
"""
